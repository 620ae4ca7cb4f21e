//go:build !unix

package durable

// SyncDir does nothing: the system offers no way to flush a folder.
func SyncDir(string) error { return nil }

//go:build !unix

package durable

// syncDir does nothing: the system offers no way to flush a folder.
func syncDir(string) error { return nil }

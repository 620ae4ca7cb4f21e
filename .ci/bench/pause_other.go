//go:build !linux

package main

import "time"

// pause waits a little longer than it is told.
func pause(d time.Duration) { time.Sleep(d) }

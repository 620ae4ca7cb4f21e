package main

import (
	"syscall"
	"time"
)

// pause waits as long as it is told. The clock of the language looks only once a
// millisecond, and what an apply waits for would be that, a hundred times.
func pause(d time.Duration) {
	left := syscall.NsecToTimespec(int64(d))
	for d > 0 && syscall.Nanosleep(&left, &left) == syscall.EINTR {
	}
}

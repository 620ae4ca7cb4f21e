//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// enableCursor makes the terminal understand what moves the cursor: here it does.
func enableCursor(int) (restore func(), ok bool) { return func() {}, true }

// foreground tells whether the terminal is this program's at present.
func foreground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp() // without job control it is nobody else's
}

// watchSuspension takes the picture away before the program is stopped from the
// keyboard, and shows it again when it goes on.
func watchSuspension(n *notes, shown picture) (stop func()) {
	stops, goesOn := make(chan os.Signal, 1), make(chan os.Signal, 1)
	done, ended := make(chan struct{}), make(chan struct{})
	signal.Notify(stops, syscall.SIGTSTP)
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-stops:
			}
			if leader, err := unix.Getsid(0); err == nil && leader == unix.Getpgrp() {
				continue // there is no shell that could let it go on, so the system would not stop it either
			}
			signal.Notify(goesOn, syscall.SIGCONT)
			n.hideSoon(lastWords)
			_ = unix.Kill(unix.Getpid(), unix.SIGSTOP) // it may always do that to itself
			select {
			case <-goesOn:
			case <-time.After(lastWords): // it has not been stopped
			}
			signal.Stop(goesOn)
			n.show(shown)
		}
	}()
	return func() {
		signal.Stop(stops)
		close(done)
		<-ended
	}
}

package cli

import "golang.org/x/sys/windows"

// enableCursor makes the console understand what moves the cursor; old ones
// cannot.
func enableCursor(fd int) (restore func(), ok bool) {
	console := windows.Handle(fd)
	var before uint32
	if windows.GetConsoleMode(console, &before) != nil {
		return nil, false
	}
	if windows.SetConsoleMode(console, before|windows.ENABLE_PROCESSED_OUTPUT|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) != nil {
		return nil, false
	}
	return func() { _ = windows.SetConsoleMode(console, before) }, true // a console that has gone needs no mode
}

// foreground: a console has no background.
func foreground(int) bool { return true }

// watchSuspension: a console does not stop programs.
func watchSuspension(*notes, picture) (stop func()) { return func() {} }

package cli

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
)

// browse opens an address in a browser: the program that the environment
// variable BROWSER names, else the one of the machine. It does not wait for it;
// what is sent on the channel is why there is none.
func (a *app) browse(address string) <-chan error {
	failed := make(chan error, 1)
	command, err := a.browser(address)
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		failed <- err
		return failed
	}
	go func() {
		if err := command.Wait(); err != nil {
			failed <- fmt.Errorf("%s: %w", command.Args[0], err)
		}
	}()
	return failed
}

// browser is the command that opens an address. No shell sees it.
func (a *app) browser(address string) (*exec.Cmd, error) {
	if chosen := strings.TrimSpace(a.getenv("BROWSER")); chosen != "" {
		words := []string{chosen} // a path can have spaces
		if _, err := exec.LookPath(chosen); err != nil {
			words = strings.Fields(chosen)
		}
		command := exec.Command(words[0], append(words[1:], address)...)
		command.Env = a.Environ
		return command, nil
	}
	var openers [][]string
	switch runtime.GOOS {
	case "darwin":
		openers = [][]string{{"open"}}
	case "windows":
		openers = [][]string{{"rundll32", "url.dll,FileProtocolHandler"}}
	default:
		openers = [][]string{{"xdg-open"}, {"x-www-browser"}, {"www-browser"}, {"wslview"}}
	}
	for _, words := range openers {
		if _, err := exec.LookPath(words[0]); err == nil {
			return exec.Command(words[0], append(words[1:], address)...), nil
		}
	}
	return nil, errors.New("no browser was found; BROWSER can name one")
}

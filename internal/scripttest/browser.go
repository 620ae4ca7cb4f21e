package scripttest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// Browse is the program that scripts open the login page with:
//
//	browser [forge|gone] ADDRESS
//
// It goes to the address, and to where that leads, as a person's browser does.
// With forge it comes back with the state of another login; with gone it is
// closed before anything happens. BROWSER_LOG in the environment names a file for
// the address, the status and the page that it ended at.
func Browse(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: browser [forge|gone] ADDRESS")
	}
	how, address := "", args[len(args)-1]
	if len(args) > 1 {
		how = args[0]
	}
	if how == "gone" {
		return nil
	}
	client := http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if how == "forge" {
			query := r.URL.Query()
			query.Set("state", "of-another-login")
			r.URL.RawQuery = query.Encode()
		}
		return nil
	}}
	answer, err := client.Get(address)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if log := os.Getenv("BROWSER_LOG"); log != "" {
		return os.WriteFile(log, fmt.Appendf(nil, "%s\n%d\n%s\n", address, answer.StatusCode, page), 0o600)
	}
	return nil
}

package cli

import (
	"io"
	"os"

	"golang.org/x/term"

	"setpoint/config/diag"
	"setpoint/plan/render"
)

// isTerminal tells whether a stream is one that a person sits at.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// width is the number of columns of a stream, render.DefaultWidth where it is
// no terminal, so that what goes into a file does not depend on a window.
func width(stream io.Writer) int {
	if file, ok := stream.(*os.File); ok {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return render.DefaultWidth
}

func (a *app) color(stream io.Writer) bool {
	return !a.noColor && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb" && isTerminal(stream)
}

// diagnose shows diagnostics.
func (a *app) diagnose(list diag.List) {
	if len(list) > 0 {
		a.tell(diagnosed{list: list})
	}
}

// warn shows one warning.
func (a *app) warn(summary, detail string) {
	a.diagnose(diag.List{{Severity: diag.Warning, Summary: summary, Detail: detail}})
}

// answer writes to standard output. A reader that went away (a closed pipe) or
// a full disk behind it must not look like success.
func (a *app) answer(text string) error {
	a.answered = a.answered || text != ""
	return a.deliver(text)
}

// deliver writes to standard output, and may be used on a goroutine of its own.
func (a *app) deliver(text string) error { return a.deliverTo(a.Stdout, text) }

func (a *app) deliverTo(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fail("Answer not written", "Standard output: %s.", cause(err))
	}
	return nil
}

package cli

import (
	"errors"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// linesFlag is --json of a command that is shown by a jsonView, from the moment
// the flag is read on: also what is wrong with the flags after it is JSON.
type linesFlag struct {
	app *app
	on  *bool
}

func (a *app) addLinesFlag(flags *pflag.FlagSet, on *bool) {
	flags.VarPF(&linesFlag{a, on}, "json", "", "as JSON, one object a line, in the shape of Terraform's UI stream").NoOptDefVal = "true"
}

func (f *linesFlag) String() string { return "false" }

// Type is that of a switch, for the help text.
func (f *linesFlag) Type() string { return "bool" }

func (f *linesFlag) Set(text string) error {
	on, err := strconv.ParseBool(text)
	if err != nil {
		return errors.New("it is true or false")
	}
	*f.on = on
	f.app.showAsLines(on)
	return nil
}

// showAsLines chooses the jsonView, or text again.
func (a *app) showAsLines(on bool) {
	if on {
		a.view = &jsonView{app: a, out: &steady{app: a}}
		return
	}
	a.view = &textView{app: a}
}

// meantAsLines tells whether a command line that was not understood asks for JSON
// after the mistake.
func (a *app) meantAsLines(cmd *cobra.Command) bool {
	flag := cmd.Flags().Lookup("json")
	if flag == nil || flag.Changed {
		return false
	}
	_, ok := flag.Value.(*linesFlag)
	return ok && a.saysJSON()
}

// Package cli is the command line: commands, flags, streams and exit codes. It
// is the only place that knows every concrete type, and it decides nothing that
// another package could.
//
// What is printed where: standard output carries the answer (a plan, an
// account, a value, a document); standard error carries diagnostics, progress
// and prompts. With --json standard output is JSON only, diagnostics included.
package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan/render"
	"setpoint/provider"
)

// Version is this program's version.
const Version = "0.1.0"

// Exit codes, the same in every output format.
const (
	codeDone        = 0
	codeError       = 1
	codeChanges     = 2
	codeUnformatted = 3
	codeIncomplete  = 4
	codePerson      = 5
	codeQuota       = 6
	codeInterrupted = 130
)

// System is what the program is given by its surroundings.
type System struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string
	// Files is where state, plans and other files are written; nil: on the
	// machine's own file system.
	Files durable.FS
	// Verify are the waits of apply --verify before it reads back; nil: 2 s, 5 s, 15 s.
	Verify []time.Duration
	// Transport carries the calls to the API; nil: the network.
	Transport http.RoundTripper
}

// Run runs one command and returns its exit code.
func Run(s System) int {
	if s.Files == nil {
		s.Files = durable.OS()
	}
	if s.Verify == nil {
		s.Verify = []time.Duration{2 * time.Second, 5 * time.Second, 15 * time.Second}
	}
	a := &app{System: s, plain: s, now: time.Now().UTC().Truncate(time.Second), configured: config.Backend{Path: config.DefaultStatePath}}
	a.view = &textView{app: a}
	if a.onGitHub() {
		a.disarm()
	}
	root := a.root()
	root.SetArgs(s.Args)
	root.SetIn(s.Stdin)
	root.SetOut(s.Stdout)
	root.SetErr(s.Stderr)
	cmd, err := root.ExecuteC()
	if unwritten := a.profiling.stop(); err == nil {
		err = unwritten
	}
	if err != nil && a.meantAsLines(cmd) {
		a.showAsLines(true)
	}
	return a.end(cmd, a.diagnoseExit(cmd, err))
}

// end tells that a command has ended with a code and returns that of the program.
// The view is told last: what goes wrong with a report is shown before its last words.
func (a *app) end(cmd *cobra.Command, code int) int {
	var problems []error
	for _, o := range a.observers {
		problems = append(problems, o.observe(ended{code}))
	}
	reported := a.diagnoseExit(cmd, together(problems...))
	return cmp.Or(code, reported, a.diagnoseExit(cmd, a.view.observe(ended{code})))
}

// diagnoseExit shows what went wrong and returns the exit code of it.
func (a *app) diagnoseExit(cmd *cobra.Command, err error) int {
	if err == nil {
		return codeDone
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = misused(cmd, err)
	}
	if len(exit.diags) > 0 && !a.failedAsJSON(cmd, exit) {
		a.tell(diagnosed{exit.diags, exit.retry})
	}
	return exit.code
}

// misused makes a diagnostic of what the library says of a command line.
func misused(cmd *cobra.Command, err error) *exitError {
	summary, rest, _ := strings.Cut(err.Error(), "\n")
	detail := strings.Join(strings.Fields(rest), " ")
	if _, word, ok := strings.Cut(summary, " in -"); ok && strings.HasPrefix(summary, "unknown shorthand flag") {
		word, _, _ = strings.Cut(word, "=")
		if cmd.Flags().Lookup(word) != nil || cmd.InheritedFlags().Lookup(word) != nil {
			detail = fmt.Sprintf("Flags have two dashes here: --%s.", word)
		}
	}
	if word, ok := strings.CutPrefix(summary, "unknown command \""); ok {
		word, _, _ = strings.Cut(word, "\"")
		if instead := otherwise()[word]; instead != "" {
			detail = instead
		}
		if !cmd.HasSubCommands() {
			summary, detail = fmt.Sprintf("unexpected argument %q", word), cmd.CommandPath()+" takes none."
			if info, err := os.Stat(word); err == nil && info.IsDir() {
				detail += " To run it as if started in that folder: --chdir " + diag.ShellWord(word)
			}
		}
	}
	if strings.HasPrefix(summary, "accepts ") || strings.HasPrefix(summary, "requires at least ") {
		summary, detail = "Wrong number of arguments", "It is used as: "+cmd.UseLine()
	}
	if detail != "" {
		detail += "\n"
	}
	detail += fmt.Sprintf("For how it is used: %s --help", cmd.CommandPath())
	return &exitError{code: codeError, diags: diag.List{{Severity: diag.Error, Summary: diag.Capital(summary), Detail: detail}}}
}

// exitError ends a command with a code, and with diagnostics that have not been
// printed yet.
type exitError struct {
	code  int
	diags diag.List
	retry render.Retry // when to come back, where that is known
}

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

func exit(code int) error { return &exitError{code: code} }

// fail ends a command with code 1 and one error.
func fail(summary, format string, args ...any) error {
	return failWith(codeError, summary, format, args...)
}

func failWith(code int, summary, format string, args ...any) error {
	return &exitError{code: code, diags: diag.List{{Severity: diag.Error, Summary: summary, Detail: fmt.Sprintf(format, args...)}}}
}

// app is one run of the program: what it was given and the flags that every
// command has.
type app struct {
	System
	plain      System    // the same, but for what is done to its streams
	now        time.Time // the planning instant, UTC, to the second as cloud and record know it
	chdir      string
	noColor    bool
	simulate   bool
	allow      []string
	inputs     []config.Input
	answered   bool // something was written to standard output
	view       view
	observers  []observer     // besides the view
	configured config.Backend // where the configuration has its state, as far as it was read
	profiling  profiling
}

func (a *app) getenv(name string) string {
	for i := len(a.Environ) - 1; i >= 0; i-- {
		if key, value, _ := strings.Cut(a.Environ[i], "="); key == name {
			return value
		}
	}
	return ""
}

// onGitHub tells whether a workflow of GitHub's, or of a forge that does as it
// does, runs the program.
func (a *app) onGitHub() bool { return a.getenv("GITHUB_ACTIONS") == "true" }

// inCI tells whether a pipeline runs the program.
func (a *app) inCI() bool {
	switch strings.ToLower(a.getenv("CI")) {
	case "", "0", "false", "no":
		return false
	}
	return true
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "setpoint",
		Short: "Keep Smarther thermostats as declared in HCL files",
		Long: `Setpoint keeps Legrand/BTicino Smarther thermostats as declared in HCL files.

It compares the files with what was last applied, shows what would change, and
makes the calls to the cloud, in order and with retries.`,
		Example: `  setpoint init                     # write a starter configuration
  setpoint plan                     # show what would change
  setpoint apply                    # show it, ask, do it
  setpoint apply --simulate         # the same against a simulated house`,
		Version:       Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := refuseEmpty(cmd.Flags()); err != nil {
				return err
			}
			if err := a.profiling.start(); err != nil { // before --chdir: FILE is where the caller is
				return err
			}
			if a.chdir == "" {
				return nil
			}
			if err := os.Chdir(a.chdir); err != nil {
				return fail("Folder not usable", "--chdir %s: %s.", a.chdir, cause(err))
			}
			return nil
		},
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&a.chdir, "chdir", "C", "", "run as if started in `DIR`")
	flags.BoolVar(&a.noColor, "no-color", false, "no colours, also on a terminal")
	flags.BoolVar(&a.simulate, "simulate", false, "run against an embedded, simulated cloud; the real record is not touched")
	flags.StringArrayVar(&a.allow, "allow-dir", nil, "let file functions read `DIR` besides the repository (repeatable)")
	a.profiling.add(flags)
	root.SetVersionTemplate("setpoint {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return err })
	root.AddCommand(
		a.initCommand(), a.validateCommand(), a.fmtCommand(),
		a.planCommand(), a.applyCommand(), a.destroyCommand(), a.statusCommand(),
		a.showCommand(), a.outputCommand(), a.stateCommand(),
		a.discoverCommand(), a.importCommand(), a.programsCommand(),
		a.consoleCommand(), a.graphCommand(), a.schemaCommand(),
		a.loginCommand(), a.logoutCommand(), a.authCommand(), a.doctorCommand(),
		a.simulatorCommand(), a.forceUnlockCommand(), a.versionCommand(),
	)
	return root
}

// refuseEmpty refuses text flags that were given with nothing in them: an unset
// variable of a script must not take a guard away (--expect) or mean another
// folder or file (--chdir, --state, --out).
func refuseEmpty(flags *pflag.FlagSet) error {
	var empty []string
	flags.Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" {
			empty = append(empty, "--"+f.Name)
		}
	})
	if len(empty) == 0 {
		return nil
	}
	return fail("Empty flag", "Nothing was given with %s. Give a value, or leave the flag away.", strings.Join(empty, " and "))
}

// variableFlags adds --var and --var-file, whose order among each other counts.
func (a *app) variableFlags(flags *pflag.FlagSet) {
	flags.Var(&inputFlag{&a.inputs, false}, "var", "set a variable, as in --var `NAME=VALUE` (repeatable)")
	flags.Var(&inputFlag{&a.inputs, true}, "var-file", "set variables from `FILE` (repeatable; later ones win)")
}

type inputFlag struct {
	inputs *[]config.Input
	file   bool
}

func (f *inputFlag) String() string { return "" }

func (f *inputFlag) Type() string { return "variables" }

func (f *inputFlag) Set(text string) error {
	if f.file {
		if text == "" {
			return errors.New("the name of a file is missing")
		}
		*f.inputs = append(*f.inputs, config.Input{File: text})
		return nil
	}
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return errors.New("a variable is given as NAME=VALUE")
	}
	*f.inputs = append(*f.inputs, config.Input{Name: name, Value: value})
	return nil
}

// load reads the configuration of the present folder and prints its warnings.
// It fails with its errors. Where it names no endpoint, the environment's counts.
func (a *app) load(o config.Options) (*config.Config, error) {
	c, diags := config.Load(a.options(o))
	a.configured = c.Backend
	if diags.HasErrors() {
		return nil, &exitError{code: codeError, diags: diags}
	}
	a.diagnose(diags)
	if err := a.applyEndpoint(c); err != nil {
		return nil, err
	}
	a.tell(configured{c})
	return c, nil
}

// applyEndpoint sets the endpoint of SMARTHER_ENDPOINT where the configuration
// names none, so that every command asks the same cloud.
func (a *app) applyEndpoint(c *config.Config) error {
	endpoint := a.getenv("SMARTHER_ENDPOINT")
	if endpoint == "" || c.Provider.EndpointRange != nil {
		return nil
	}
	if _, err := provider.ParseEndpoint(endpoint); err != nil {
		return fail("Invalid endpoint", "SMARTHER_ENDPOINT: %s.", err)
	}
	c.Provider.Endpoint = endpoint
	return nil
}

// options completes what every command gives to config.Load.
func (a *app) options(o config.Options) config.Options {
	o.Version, o.Environ, o.Inputs, o.AllowDirs = Version, a.Environ, a.inputs, a.allow
	if o.Now.IsZero() {
		o.Now = a.now
	}
	return o
}

// cause is what went wrong, without the operation and path in front.
func cause(err error) string {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

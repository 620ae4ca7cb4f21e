package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan/state"
)

//go:embed starter.hcl
var starter string

// ignored are the patterns of files that do not belong into a repository: what is
// beside the state, which itself may be versioned, saved plans, and the report that
// is made where none is named.
func ignored(statePath string) []string {
	always := []string{".setpoint/", "*.plan", defaultWidget}
	if statePath == "" { // it is on a server, and its working copy below .setpoint
		return always
	}
	name := filepath.Base(statePath)
	if strings.HasSuffix(name, ".state.json") {
		name = "*.state.json"
	}
	return append(always, state.IgnorePatterns(name)...)
}

func (a *app) initCommand() *cobra.Command {
	var m migration
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a starter configuration and an empty state",
		Long: `Writes a commented starter configuration, an empty state and the lines that .gitignore needs. In a folder that has a
configuration it writes only what is missing. Nothing is overwritten.

When the backend of a configuration was changed, --migrate-state takes the state over from where it was: it is copied,
read back and compared, and only then the old one is left. A file is renamed to a backup; on a server the state stays,
unless --delete-old is given. Interrupted, run it again. Where it was is known in the folder in which it was last used;
--from says so where there are several.`,
		Example: `  setpoint init
  setpoint init house
  setpoint init --migrate-state
  setpoint init --migrate-state --from old.state.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			if a.simulate {
				return fail("Nothing to simulate", "What init writes is the real record and what belongs to it. Leave out --simulate; a rehearsal makes a record of its own.")
			}
			if m.wanted {
				return a.migrate(dir, &m)
			}
			if m.from != "" || m.deleteOld {
				return fail("Flags do not fit", "--from and --delete-old belong to --migrate-state.")
			}
			return a.initialize(dir)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&m.wanted, "migrate-state", false, "take the state over from the backend before")
	flags.StringVar(&m.from, "from", "", "where it was: a `FILE`, or an address that was used in this folder")
	flags.BoolVar(&m.deleteOld, "delete-old", false, "delete the state on the server that it was on")
	flags.DurationVar(&m.flags.lockTimeout, "lock-timeout", 0, "wait up to `D` for the locks, as in 30s")
	return cmd
}

func (a *app) initialize(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fail("Folder not made", "%s: %s.", dir, cause(err))
	}
	var made []string
	configured, err := config.Exists(dir)
	if err != nil {
		return fail("Folder not readable", "%s: %s.", dir, cause(err))
	}
	backend := config.Backend{Path: config.DefaultStatePath}
	if configured {
		c, list := config.Load(a.options(config.Options{Dir: dir, AllowMissing: true}))
		if list.HasErrors() {
			return &exitError{code: codeError, diags: list}
		}
		backend = c.Backend
	} else {
		path := filepath.Join(dir, "main.hcl")
		if err := durable.ReplaceBytes(a.Files, path, 0o644, []byte(starter)); err != nil {
			return fail("Configuration not written", "%s.", diag.Capital(err.Error()))
		}
		made = append(made, path+" (a starter configuration: put your own ids into it)")
	}
	begun, err := a.beginState(dir, backend)
	if err != nil {
		return err
	}
	made = append(made, begun...)
	added, err := a.ignore(filepath.Join(dir, ".gitignore"), ignored(backend.Path))
	if err != nil {
		return err
	}
	if added {
		made = append(made, filepath.Join(dir, ".gitignore")+" (journal, lock, backup, saved plans and rehearsals stay out of git)")
	}
	if len(made) == 0 {
		return a.answer("Everything is there already; nothing was written.\n")
	}
	text := "Written:\n"
	for _, line := range made {
		text += "  " + line + "\n"
	}
	if !configured {
		text += "\nNext: edit main.hcl, then setpoint plan. To try it first: setpoint apply --simulate\n"
	}
	return a.answer(text)
}

// beginState writes an empty state where there is none, and was none, and says so.
func (a *app) beginState(dir string, backend config.Backend) (made []string, err error) {
	store, err := a.backend(dir, backend)
	if err != nil {
		return nil, err
	}
	snapshot, err := store.Read()
	if err != nil {
		return nil, stateError(err)
	}
	if err := a.checkElsewhere(&recordFlags{}, dir, snapshot.Absent, backend); err != nil || !snapshot.Absent {
		return nil, err
	}
	signals := watchInterrupts(a.Stderr, 0)
	defer signals.stop()
	session, err := a.open(signals, store, &recordFlags{}, state.OpenOptions{Operation: "init", Create: true})
	if err != nil {
		return nil, err
	}
	unmade := session.Make()
	_, unclosed := session.Close()
	if err := errors.Join(unmade, unclosed); err != nil {
		return nil, stateError(err)
	}
	if backend.HTTP != nil {
		return []string{a.address(backend.HTTP) + " (an empty state)"}, nil
	}
	return []string{store.Path() + " (an empty state: commit it, and again after every apply)"}, nil
}

// ignore adds the patterns that are missing to a .gitignore.
func (a *app) ignore(path string, patterns []string) (added bool, err error) {
	content, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return false, fail("Not readable", "%s: %s.", path, cause(err))
	}
	var present []string
	for line := range strings.Lines(string(content)) {
		present = append(present, strings.TrimRight(line, " \r\n"))
	}
	var missing []string
	for _, pattern := range patterns {
		if !slices.Contains(present, pattern) {
			missing = append(missing, pattern)
		}
	}
	if len(missing) == 0 {
		return false, nil
	}
	text := string(content)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	text += fmt.Sprintf("# setpoint\n%s\n", strings.Join(missing, "\n"))
	if err := durable.ReplaceBytes(a.Files, path, 0o644, []byte(text)); err != nil {
		return false, fail("Not written", "%s.", diag.Capital(err.Error()))
	}
	return true, nil
}

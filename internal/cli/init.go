package cli

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"setpoint/config"
	"setpoint/internal/durable"
	"setpoint/plan/state"
)

//go:embed starter.hcl
var starter string

// ignored are the patterns of files that do not belong into a repository. The
// state itself may be versioned.
func ignored(statePath string) []string {
	name := filepath.Base(statePath)
	if strings.HasSuffix(name, ".state.json") {
		name = "*.state.json"
	}
	return []string{".setpoint/", name + ".lock", name + ".lock.info", name + ".journal", name + ".backup", name + ".*.backup", "." + name + "*.tmp"}
}

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a starter configuration and an empty state",
		Long: `Writes a commented starter configuration, an empty state and the lines that .gitignore needs. In a folder that has a
configuration it writes only what is missing. Nothing is overwritten.`,
		Example: "  setpoint init\n  setpoint init house",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			return a.initialize(dir)
		},
	}
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
	statePath := filepath.Join(dir, config.DefaultStatePath)
	if configured {
		o := a.options(config.Options{Dir: dir, AllowMissing: true})
		c, list := config.Load(o)
		if list.HasErrors() {
			return &exitError{codeError, list}
		}
		if statePath = c.Backend.Path; !filepath.IsAbs(statePath) {
			statePath = filepath.Join(dir, statePath)
		}
	} else {
		path := filepath.Join(dir, "main.hcl")
		if err := durable.ReplaceBytes(a.Files, path, 0o644, []byte(starter)); err != nil {
			return fail("Configuration not written", "%s.", upperFirst(err.Error()))
		}
		made = append(made, path+" (a starter configuration: put your own ids into it)")
	}
	snapshot, err := state.NewStore(a.Files, statePath, Version).Read()
	if err != nil {
		return stateError(err)
	}
	if snapshot.Absent {
		if _, err := state.Create(a.Files, statePath, Version); err != nil {
			return stateError(err)
		}
		made = append(made, statePath+" (an empty state: commit it, and again after every apply)")
	}
	added, err := a.ignore(filepath.Join(dir, ".gitignore"), ignored(statePath))
	if err != nil {
		return err
	}
	if added {
		made = append(made, filepath.Join(dir, ".gitignore")+" (journal, lock, backup and rehearsals stay out of git)")
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
		return false, fail("Not written", "%s.", upperFirst(err.Error()))
	}
	return true, nil
}

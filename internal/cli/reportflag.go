package cli

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"setpoint/plan/state"
	"setpoint/plan/summary"
)

// The kinds of reports, as --report names them.
const (
	reportGitHub   = "github"
	reportGitLab   = "gitlab"
	reportMarkdown = "markdown"
	reportNone     = "none"
)

// defaultWidget is the file of GitLab's widget where none is named.
const defaultWidget = "setpoint.gitlab.json"

// wantedReport is one report to be made of a run.
type wantedReport struct {
	kind string
	file string // "" for github
}

// addReports reads --report and sees to it that the reports are made. What would
// keep one from being written later is an error now, before anything is done.
// Planfile is the plan that is written or applied, "" for none.
func (a *app) addReports(f *planFlags, operation, planfile string) error {
	wanted, problems := wantedReports(f.reports)
	asked := len(f.reports) > 0
	if !asked {
		wanted = a.usualReports()
	}
	r := &reports{app: a, flags: f, wanted: wanted, asked: asked, operation: operation, planfile: planfile}
	if asked {
		problems = append(problems, r.checkAll()...)
	}
	if len(problems) > 0 {
		return together(problems...)
	}
	if slices.ContainsFunc(wanted, func(w wantedReport) bool { return w.kind == reportGitHub }) {
		a.disarm() // a runner reads along, also where its variables do not reach, as in a container
	}
	if len(wanted) > 0 {
		signal.Ignore(syscall.SIGPIPE) // they are made also where nobody takes the answer
		a.observers = append(a.observers, r)
	}
	return nil
}

// usualReports are those that a pipeline has where none is asked for.
func (a *app) usualReports() []wantedReport {
	var usual []wantedReport
	if a.onGitHub() {
		usual = append(usual, wantedReport{kind: reportGitHub})
	}
	if a.getenv("GITLAB_CI") == "true" {
		usual = append(usual, wantedReport{reportGitLab, defaultWidget})
	}
	return usual
}

// wantedReports reads what --report was given.
func wantedReports(texts []string) (wanted []wantedReport, problems []error) {
	wrong := func(format string, args ...any) { problems = append(problems, fail("Invalid flag", format, args...)) }
	for _, text := range texts {
		kind, file, named := strings.Cut(text, "=")
		switch {
		case kind == reportNone && !named:
			if len(texts) > 1 {
				wrong("--report none turns reports off: leave out the others, or none.")
			}
			continue
		case kind == reportGitHub && named:
			wrong("--report github writes where GitHub Actions says and takes no file.")
			continue
		case kind == reportGitLab && !named:
			file = defaultWidget
		case (kind == reportGitLab || kind == reportMarkdown) && file == "":
			wrong("--report %s needs a file: --report %s=FILE", kind, kind)
			continue
		case kind != reportGitHub && kind != reportGitLab && kind != reportMarkdown:
			wrong("There is no report %q. There are: github, gitlab=FILE, markdown=FILE and none.", text)
			continue
		}
		if w := (wantedReport{kind, file}); !slices.Contains(wanted, w) {
			wanted = append(wanted, w)
		}
	}
	return wanted, problems
}

// checkAll gives an error for each report that cannot be written.
func (r *reports) checkAll() []error {
	var problems []error
	for i, w := range r.wanted {
		if err := r.check(w); err != nil {
			problems = append(problems, fail("Report not possible", "--report %s=%s: %s.", w.kind, w.file, err))
		}
		same := func(other wantedReport) bool { return other.file != "" && sameFile(other.file, w.file) }
		if w.file != "" && slices.ContainsFunc(r.wanted[:i], same) {
			problems = append(problems, fail("Report not possible", "Two reports are to be written to %s. Name a file for each.", w.file))
		}
	}
	return problems
}

// check tells what keeps a report from being written: a report takes the place of
// an earlier one, and of nothing else that somebody may need.
func (r *reports) check(w wantedReport) error {
	if w.file == "" {
		return nil
	}
	switch {
	case r.planfile != "" && sameFile(r.planfile, w.file):
		return errors.New("this is the file of the plan. Name another one")
	case state.Companion(w.file), sameFile(r.place(&r.flags.recordFlags, r.configured), w.file):
		return errors.New("this name belongs to the state. Name another one")
	case strings.HasSuffix(w.file, ".hcl"), strings.HasSuffix(w.file, ".hcl.json"):
		return errors.New("it would become a part of the configuration. Name another one")
	}
	info, err := os.Stat(w.file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if folder, err := os.Stat(filepath.Dir(w.file)); err != nil || !folder.IsDir() {
			return errors.New("there is no folder " + filepath.Dir(w.file) + ". Make it first")
		}
		return nil
	case err != nil:
		return errors.New(cause(err))
	case info.IsDir():
		return errors.New("this is a folder. Name a file in it")
	case !info.Mode().IsRegular():
		return errors.New("this is not a regular file. Name another one")
	}
	there, err := os.ReadFile(w.file)
	if err != nil {
		return errors.New(cause(err))
	}
	if len(there) > 0 && !(w.kind == reportGitLab && summary.IsGitLab(there)) && !(w.kind == reportMarkdown && summary.IsMarkdown(there)) {
		return errors.New("it is there already and is not such a report, so it is left alone. Name another one")
	}
	return nil
}

// sameFile tells whether two names mean one file, which need not be there.
func sameFile(one, other string) bool {
	return realName(one) == realName(other)
}

// realName is a name as the file system knows it, as far as that is there.
func realName(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		return real
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(full)); err == nil {
		return filepath.Join(folder, filepath.Base(full))
	}
	return full
}

package cli

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"

	"setpoint/apply/report"
	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan"
	"setpoint/plan/render"
	"setpoint/plan/summary"
)

// reports remembers what a command says and makes the reports of it at its end.
// A report tells how a run ended and has no part in it: the exit code stays,
// unless all went well but for a report that was asked for.
//
// Workflow commands for GitHub go to standard error, where its runner finds them
// as well: standard output is the answer, with --json nothing but JSON.
type reports struct {
	*app
	flags     *planFlags
	wanted    []wantedReport
	asked     bool // by --report, not because a pipeline runs the program
	operation string
	planfile  string
	plan      *plan.Plan
	summary   summary.Summary
}

func (r *reports) observe(e event) error {
	switch e := e.(type) {
	case diagnosed:
		r.summary.Diagnostics = append(r.summary.Diagnostics, e.list...)
	case planned:
		r.plan = e.Plan
	case accounted:
		r.summary.Account = report.SummaryOf(r.plan, e.Account, e.at)
	case ended:
		return r.write(e.code)
	default: // nothing that a report has
	}
	return nil
}

// write makes the reports. All that cannot be written are named.
func (r *reports) write(code int) error {
	s := r.reportOf(r.operation, &r.flags.recordFlags, &r.summary)
	s.Exit, s.Interrupted = code, code == codeInterrupted
	if r.plan != nil {
		s.Plan = render.SummaryOf(r.plan)
	}
	markdown := summary.Markdown(s)
	var failed diag.List
	for _, w := range r.wanted {
		for _, err := range r.writeOne(w, markdown) {
			d := diag.Diagnostic{Severity: diag.Error, Summary: "Report not written", Detail: diag.Capital(err.Error()) + "."}
			if !r.asked {
				d.Severity, d.Detail = diag.Warning, d.Detail+" It is made because a pipeline runs this; --report none turns it off."
			}
			failed = append(failed, d)
		}
	}
	switch {
	case len(failed) == 0:
		return nil
	case r.asked:
		return &exitError{code: codeError, diags: failed}
	}
	return &exitError{code: codeDone, diags: failed}
}

func (r *reports) writeOne(w wantedReport, markdown string) []error {
	if w.kind == reportGitHub {
		return r.writeGitHub(markdown)
	}
	text := markdown
	if w.kind == reportGitLab {
		text = summary.GitLab(&r.summary)
	}
	if err := r.check(w); err != nil {
		return []error{errors.New(w.file + ": " + err.Error())}
	}
	if err := durable.ReplaceBytes(r.Files, w.file, 0o644, []byte(text)); err != nil {
		return []error{err}
	}
	return nil
}

// writeGitHub writes annotations, and adds to the files that the runner names.
func (r *reports) writeGitHub(markdown string) []error {
	r.annotate(summary.Annotations(&r.summary))
	var failed []error
	for _, f := range []struct{ variable, text string }{
		{"GITHUB_STEP_SUMMARY", markdown},
		{"GITHUB_OUTPUT", summary.StepOutputs(&r.summary, markdown)},
	} {
		path := r.getenv(f.variable)
		if path == "" {
			continue
		}
		if err := add(path, f.text); err != nil {
			failed = append(failed, errors.New(f.variable+": "+path+": "+cause(err)))
		}
	}
	return failed
}

// annotate writes workflow commands.
func (r *reports) annotate(text string) {
	_ = sayLast(r.summary.Exit, func() error {
		_, _ = io.WriteString(r.plain.Stderr, text) // if nobody reads there is nobody to tell
		return nil
	})
}

// add appends to a file, on a line of its own.
func add(path, text string) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, file.Close()) }()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size > 0 {
		last := make([]byte, 1)
		if _, err := file.ReadAt(last, size-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			text = "\n" + text
		}
	}
	_, err = io.WriteString(file, text)
	return err
}

// reportOf completes what a report says of the run: what it is of, and where.
func (a *app) reportOf(command string, f *recordFlags, s *summary.Summary) *summary.Summary {
	path := a.place(f, a.configured)
	if a.simulate {
		path += " (simulated)"
	}
	s.Command, s.Folder, s.State = command, a.folder(), filepath.ToSlash(path)
	return s
}

package summary

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config/diag"
)

// command is a workflow command as the runner of GitHub Actions reads it.
type command struct {
	kind       string
	properties map[string]string
	message    string
}

func unescape(text string, property bool) string {
	if property {
		text = strings.NewReplacer("%3A", ":", "%2C", ",", "%25", "%", "%0D", "\r", "%0A", "\n").Replace(text)
		return text
	}
	return strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n").Replace(text)
}

// readCommands reads workflow commands. Any line that is none fails.
func readCommands(t *testing.T, text string) []command {
	t.Helper()
	var all []command
	for line := range strings.Lines(text) {
		parts := regexp.MustCompile(`^::(error|warning|notice) ([^:]*)::(.*)\n$`).FindStringSubmatch(line)
		if parts == nil || strings.ContainsAny(line, "\r\x00\x1b") {
			t.Fatalf("no command: %q", line)
		}
		c := command{parts[1], map[string]string{}, unescape(parts[3], false)}
		for pair := range strings.SplitSeq(parts[2], ",") {
			name, value, ok := strings.Cut(pair, "=")
			if !ok {
				t.Fatalf("no property: %q in %q", pair, line)
			}
			c.properties[name] = unescape(value, true)
		}
		all = append(all, c)
	}
	return all
}

func TestAnnotations(t *testing.T) {
	s := &Summary{
		Folder: "infra/house",
		Diagnostics: diag.List{
			{Severity: diag.Warning, Summary: "Old", Detail: "Since, 2020: 100%", Range: &diag.Range{Filename: "rooms/main.hcl", Start: diag.Pos{Line: 3, Column: 5}, End: diag.Pos{Line: 5, Column: 2}}},
			{Severity: diag.Error, Summary: "Wrong", Detail: "So.\nDo this.", Address: "thermostat.a", Range: &diag.Range{Filename: "../shared/main.hcl", Start: diag.Pos{Line: 7, Column: 5}, End: diag.Pos{Line: 7, Column: 9}}},
			{Severity: diag.Error, Summary: "Elsewhere", Detail: "x", Range: &diag.Range{Filename: "/etc/vars.hcl", Start: diag.Pos{Line: 1}}},
			{Severity: diag.Error, Summary: "Nowhere", Detail: "x"},
		},
		Plan: &Plan{
			Rows: []Row{
				{Sign: '+', Name: "thermostat.new", Text: "heating, off", Reason: "newly declared", File: "main.hcl", Line: 10},
				{Sign: '-', Name: "thermostat.old", Text: "no longer managed"},
				{Sign: '~', Name: "thermostat.room", Keys: []string{"1", "2", "3", "4", "5", "6", "7", "8"}, Text: "heating, off", File: "main.hcl", Line: 20},
				{Sign: '~', Name: "thermostat.room[9]", Text: "heating, manual 20 °C", File: "main.hcl", Line: 20},
			},
			Outside: []Row{{Name: "thermostat.knob", Text: "heating, manual 19 → 24 °C", File: "main.hcl", Line: 30}},
		},
	}
	want := []command{
		{"error", map[string]string{"title": "Nowhere"}, "x"},
		{"error", map[string]string{"file": "infra/shared/main.hcl", "line": "7", "col": "5", "endColumn": "8", "title": "Wrong: thermostat.a"}, "So.\nDo this."},
		{"error", map[string]string{"title": "Elsewhere"}, "x\nAt /etc/vars.hcl:1."},
		{"warning", map[string]string{"file": "infra/house/rooms/main.hcl", "line": "3", "endLine": "5", "title": "Old"}, "Since, 2020: 100%"},
		{"warning", map[string]string{"file": "infra/house/main.hcl", "line": "30", "title": "Changed outside"}, "thermostat.knob: heating, manual 19 → 24 °C"},
		{"notice", map[string]string{"title": "Planned"}, "thermostat.old: no longer managed"},
		{"notice", map[string]string{"file": "infra/house/main.hcl", "line": "20", "title": "Planned (9 thermostats)"}, "thermostat.room (8): 1, 2, 3, 4, 5, 6 and 2 more: heating, off\nthermostat.room[9]: heating, manual 20 °C"},
		{"notice", map[string]string{"file": "infra/house/main.hcl", "line": "10", "title": "Planned"}, "thermostat.new: heating, off (newly declared)"},
	}
	if diff := cmp.Diff(want, readCommands(t, Annotations(s)), cmp.AllowUnexported(command{})); diff != "" {
		t.Errorf("(-want +read):\n%s", diff)
	}
	s.Diagnostics, s.Plan.Outside = nil, nil
	s.Command, s.Account = "apply", &Account{
		Next: "Run it again.", Counts: AccountCounts{Applied: 1, Failed: 1, NotAttempted: 2},
		Unfinished: []Row{
			{Name: "thermostat.a", Text: "after 1 attempt: 400", Reason: "failed", File: "main.hcl", Line: 1, Grave: true},
			{Keys: []string{"thermostat.b", "thermostat.c"}, Text: "because the run ended before", Reason: "not attempted", File: "main.hcl", Line: 2},
		},
		Done: []Row{{Sign: '+', Name: "thermostat.d", Text: "heating, off", File: "main.hcl", Line: 3}},
	}
	want = []command{
		{"error", map[string]string{"title": "setpoint apply: not complete, 1 done, 1 failed, 2 not attempted"}, "Run it again."},
		{"error", map[string]string{"file": "infra/house/main.hcl", "line": "1", "title": "Not done"}, "thermostat.a: failed: after 1 attempt: 400"},
		{"warning", map[string]string{"file": "infra/house/main.hcl", "line": "2", "title": "Not done (2 thermostats)"}, "2 thermostats: thermostat.b, thermostat.c: not attempted: because the run ended before"},
		{"notice", map[string]string{"file": "infra/house/main.hcl", "line": "3", "title": "Done"}, "thermostat.d: heating, off"},
	}
	if diff := cmp.Diff(want, readCommands(t, Annotations(s)), cmp.AllowUnexported(command{})); diff != "" {
		t.Errorf("after a run (-want +read):\n%s", diff)
	}
}

// TestAnnotationsAreFew holds that the tenth of a kind says how many more there are.
func TestAnnotationsAreFew(t *testing.T) {
	for _, count := range []int{9, 10, 11, 400} {
		s := &Summary{Plan: &Plan{}}
		for i := range count {
			s.Plan.Rows = append(s.Plan.Rows, Row{Sign: '+', Name: fmt.Sprintf("thermostat.t%d", i), File: "main.hcl", Line: i + 1})
			s.Diagnostics = append(s.Diagnostics, diag.Diagnostic{Severity: diag.Error, Summary: strconv.Itoa(i), Range: &diag.Range{Filename: "main.hcl", Start: diag.Pos{Line: i + 1, Byte: i}}})
		}
		of := map[string][]command{}
		for _, c := range readCommands(t, Annotations(s)) {
			of[c.kind] = append(of[c.kind], c)
		}
		for _, kind := range []string{"error", "notice"} {
			if len(of[kind]) != min(count, mostAnnotations) {
				t.Errorf("%d of %d: %d", count, mostAnnotations, len(of[kind]))
			}
			last := of[kind][len(of[kind])-1].properties["title"]
			if said := strings.HasSuffix(last, " more"); said != (count > mostAnnotations) || said && last != fmt.Sprintf("%d more", count-mostAnnotations+1) {
				t.Errorf("%d: the last is %q", count, last)
			}
		}
	}
}

func FuzzAnnotations(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	for _, text := range []string{"::error::x", "%0A::stop-commands::x", "a,b=c:d::e", "%", "%25", "\r\n::debug::x", "file=x,line=2::"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := everywhere(text)
		all := readCommands(t, Annotations(s))
		kinds := ""
		for _, c := range all {
			kinds += c.kind[:1]
			for name := range c.properties {
				switch name {
				case "file", "line", "title", "endLine", "col", "endColumn":
				default:
					t.Fatalf("%q: property %q", text, name)
				}
			}
		}
		if kinds != "ewwn" && kinds != "ewwnn" {
			t.Fatalf("%q: %s", text, kinds)
		}
		if title := cut(printable(text+": "+text), mostName); text != "" && all[0].properties["title"] != title {
			t.Fatalf("title %q, want %q", all[0].properties["title"], title)
		}
	})
}

// readOutputs reads a file of outputs as the runner does.
func readOutputs(t *testing.T, text string) map[string]string {
	t.Helper()
	all := map[string]string{}
	rest := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for len(rest) > 0 {
		line := rest[0]
		rest = rest[1:]
		equals, heredoc := strings.Index(line, "="), strings.Index(line, "<<")
		if heredoc < 0 || equals >= 0 && equals < heredoc {
			all[line[:equals]] = line[equals+1:]
			continue
		}
		name, end := line[:heredoc], line[heredoc+2:]
		var value []string
		for rest[0] != end {
			value = append(value, rest[0])
			rest = rest[1:]
		}
		rest = rest[1:]
		all[name] = strings.Join(value, "\n")
	}
	return all
}

func FuzzStepOutputs(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Add("end_")
	f.Add("x\nexit_code=0\n")
	f.Fuzz(func(t *testing.T, text string) {
		s := everywhere(text)
		s.Exit, s.Account = 4, &Account{Counts: AccountCounts{Failed: 3}}
		markdown := Markdown(s) + text + "\n"
		all := readOutputs(t, StepOutputs(s, markdown))
		if len(all) != 24 || all["exit_code"] != "4" || all["failed"] != "3" || all["has_changes"] != "true" || all["digest"] != "0123456789abcdef" || all["complete"] != "false" {
			t.Fatalf("%q: %d outputs: %q", text, len(all), all)
		}
		if all["markdown"]+"\n" != markdown {
			t.Fatalf("%q: markdown is %q, want %q", text, all["markdown"], markdown)
		}
	})
}

// TestDelimiter holds that a text which has the first choice in it gets another.
func TestDelimiter(t *testing.T) {
	if one, other := delimiter("a"), delimiter("b"); one == other {
		t.Errorf("%s for two texts", one)
	}
}

func BenchmarkDraw(b *testing.B) {
	s := everywhere("x")
	s.Plan.Rows = nil
	for i := range 10_000 {
		row := Row{Sign: '~', Name: fmt.Sprintf(`thermostat.room["%d"]`, i), Text: "heating, manual 19 → 20 °C", Reason: "declared differently", File: "main.hcl", Line: 8}
		s.Plan.Rows = append(s.Plan.Rows, row)
	}
	b.Run("markdown", func(b *testing.B) {
		for b.Loop() {
			_ = Markdown(s)
		}
	})
	b.Run("annotations", func(b *testing.B) {
		for b.Loop() {
			_ = Annotations(s)
		}
	})
}

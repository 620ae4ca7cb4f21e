package render

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"setpoint/config/diag"
)

// streamed are the lines that are written, each as the schema of streams says,
// without the time.
func streamed(t *testing.T, write func(*Stream) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(NewStream(&b)); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile("../../testdata/stream.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b.Bytes()) {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	return regexp.MustCompile(`"@timestamp":"[^"]*"`).ReplaceAllString(b.String(), `"@timestamp":"T"`)
}

func TestStreamLines(t *testing.T) {
	wrong := diag.Diagnostic{Severity: diag.Error, Summary: "Quota used up", Detail: "Run it again <later> & \x1b[2J."}
	odd := diag.Diagnostic{Severity: diag.Warning, Summary: "Odd", Address: "thermostat.hall"}
	made := 3
	now := time.Date(2026, 11, 23, 7, 0, 0, 1, time.UTC)
	got := streamed(t, func(s *Stream) error {
		return errors.Join(
			s.Version("0.1.0"),
			s.Log(LevelWarn, "a line\nof two \u202e"),
			s.Diagnostic(wrong, RetryAfter(9999*time.Second+time.Millisecond, now)),
			s.Diagnostic(odd, RetryAfter(0, now)),
			s.CallBudget(CallBudget{Calls: 5, Most: 3}),
			s.CallBudget(CallBudget{Calls: 5, Most: 25, Made: &made}),
		)
	})
	want := `
{"@level":"info","@message":"setpoint 0.1.0","@module":"setpoint.ui","@timestamp":"T","type":"version","setpoint":"0.1.0","ui":"1.2"}
{"@level":"warn","@message":"a line\\u000aof two \\u202e","@module":"setpoint.ui","@timestamp":"T","type":"log"}
{"@level":"error","@message":"Error: Quota used up","@module":"setpoint.ui","@timestamp":"T","type":"diagnostic","diagnostic":{"severity":"error","summary":"Quota used up","detail":"Run it again <later> & \u001b[2J."},"retry_after":10000,"retry_at":"2026-11-23T09:46:40Z"}
{"@level":"warn","@message":"Warning: Odd","@module":"setpoint.ui","@timestamp":"T","type":"diagnostic","diagnostic":{"severity":"warning","summary":"Odd","detail":"","address":"thermostat.hall"}}
{"@level":"info","@message":"API calls: 5, of which --max-calls allows 3.","@module":"setpoint.ui","@timestamp":"T","type":"call_budget","call_budget":{"calls":5,"most":3}}
{"@level":"info","@message":"API calls: 3.","@module":"setpoint.ui","@timestamp":"T","type":"call_budget","call_budget":{"calls":5,"most":25,"made":3}}
`
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// writes counts the calls of Write.
type writes struct {
	strings.Builder
	calls int
}

func (w *writes) Write(b []byte) (int, error) {
	w.calls++
	return w.Builder.Write(b)
}

// Lines of several goroutines mix, but never within a line.
func TestStreamWritesWholeLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w writes
		if err := errors.Join(NewStream(&w).Log(LevelInfo, "one"), NewStream(&w).Version("1")); err != nil {
			t.Fatal(err)
		}
		if w.calls != 2 || strings.Count(w.String(), "\n") != 2 {
			t.Errorf("%d writes of %q", w.calls, w.String())
		}
		if !strings.Contains(w.String(), `"@timestamp":"2000-01-01T00:00:00.000000Z"`) {
			t.Errorf("not in microseconds, UTC: %s", w.String())
		}
	})
}

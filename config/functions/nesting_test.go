package functions_test

import (
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"setpoint/config/functions"
)

// TestNesting: what stands in texts does not hide how deep the rest is.
func TestNesting(t *testing.T) {
	table := functions.Table(time.Time{}, &functions.Files{}, ".")
	const n = 30_000
	for _, test := range []struct {
		function, src string
		want          string // of the error, "" for none
	}{
		{"jsondecode", strings.Repeat(`["]",`, n), "nested too deeply"},
		{"jsondecode", strings.Repeat(`{"\"]}":`, n), "nested too deeply"},
		{"jsondecode", "[" + strings.Repeat(`"[{",`, n) + "1]", ""},
		{"yamldecode", strings.Repeat(`["]",`, n), "brackets"},
		{"yamldecode", strings.Repeat(`{"]":`, n), "brackets"},
		{"templatestring", "${" + strings.Repeat(`["]",`, n), "nested too deeply"},
		{"templatestring", "${" + strings.Repeat("!", n) + "true}", "nested too deeply"},
		{"templatestring", "${" + strings.Repeat("1+", n) + "1}", "nested too deeply"},
		{"templatestring", strings.Repeat("[(- ", n), ""},
	} {
		t.Run(test.function, func(t *testing.T) {
			args := []cty.Value{cty.StringVal(test.src)}
			if test.function == "templatestring" {
				args = append(args, cty.EmptyObjectVal)
			}
			_, err := table[test.function].Call(args)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("%.200v, want %q", err, test.want)
			}
		})
	}
}

package cli

import (
	"errors"
	"strings"
	"testing"

	"setpoint/config"
)

// TestRetriesOfTheEnvironment: they hold where the configuration says nothing, within
// its bounds, and none that is wrong is passed over.
func TestRetriesOfTheEnvironment(t *testing.T) {
	for _, test := range []struct {
		environ string
		named   []string // variables in the error; none: it is fine
		want    [3]int   // -1: left to the default
	}{
		{"", nil, [3]int{-1, -1, -1}},
		{"TF_HTTP_RETRY_MAX= TF_HTTP_RETRY_WAIT_MAX=", nil, [3]int{-1, -1, -1}},
		{"TF_HTTP_RETRY_MAX=0 TF_HTTP_RETRY_WAIT_MIN=1 TF_HTTP_RETRY_WAIT_MAX=3600", nil, [3]int{0, 1, 3600}},
		{"TF_HTTP_RETRY_MAX=100", nil, [3]int{100, -1, -1}},
		{"TF_HTTP_RETRY_MAX=two", []string{"TF_HTTP_RETRY_MAX must be a whole number from 0 to 100."}, [3]int{}},
		{"TF_HTTP_RETRY_MAX=101 TF_HTTP_RETRY_WAIT_MIN=0 TF_HTTP_RETRY_WAIT_MAX=3601", []string{
			"TF_HTTP_RETRY_MAX", "TF_HTTP_RETRY_WAIT_MIN must be a whole number from 1 to 3600.", "TF_HTTP_RETRY_WAIT_MAX",
		}, [3]int{}},
		{"TF_HTTP_RETRY_MAX=-1 TF_HTTP_RETRY_WAIT_MAX=30s", []string{"TF_HTTP_RETRY_MAX", "TF_HTTP_RETRY_WAIT_MAX"}, [3]int{}},
	} {
		a := &app{System: System{Environ: strings.Fields(test.environ)}}
		c, err := a.completed(&config.HTTPBackend{})
		if test.named != nil {
			failed, ok := errors.AsType[*exitError](err)
			if !ok || failed.code != codeError || len(failed.diags) != 1 {
				t.Errorf("%s: %v; want it refused", test.environ, err)
				continue
			}
			for _, name := range test.named {
				if !strings.Contains(failed.diags[0].Detail, name) {
					t.Errorf("%s: %q does not say %q", test.environ, failed.diags[0].Detail, name)
				}
			}
			continue
		}
		got := [3]int{-1, -1, -1}
		for i, n := range []*int{c.RetryMax, c.RetryWaitMin, c.RetryWaitMax} {
			if n != nil {
				got[i] = *n
			}
		}
		if err != nil || got != test.want {
			t.Errorf("%s: %v, %v; want %v", test.environ, got, err, test.want)
		}
	}
	six := 6
	a := &app{System: System{Environ: []string{"TF_HTTP_RETRY_MAX=two"}}}
	if c, err := a.completed(&config.HTTPBackend{RetryMax: &six}); err != nil || *c.RetryMax != 6 {
		t.Errorf("what the configuration says: %v, %v", *c.RetryMax, err)
	}
}

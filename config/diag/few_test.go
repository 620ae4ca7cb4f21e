package diag_test

import (
	"testing"

	"setpoint/config/diag"
)

func TestFirst(t *testing.T) {
	if got := diag.First([]string{"a", "b", "c"}, 2); got != "a, b and 1 more" {
		t.Errorf("%q", got)
	}
}

func TestFewNamesAreListedAndTheRestIsCounted(t *testing.T) {
	for want, names := range map[string][]string{
		"":                         nil,
		"a":                        {"a"},
		"a, b, c, d, e":            {"a", "b", "c", "d", "e"},
		"a, b, c, d, e and 2 more": {"a", "b", "c", "d", "e", "f", "g"},
	} {
		if got := diag.Few(names); got != want {
			t.Errorf("%v: %q, want %q", names, got, want)
		}
	}
}

package summary

import "testing"

// TestCode holds what the parser of the other tests does not look for, but those
// of code hosts do: they make links of short names and of addresses whose
// characters were escaped, too.
func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		`thermostat.room["201"]`: "`thermostat.room[\"201\"]`",
		"":                       "",
		"`http://localhost/x":    "<code>&#96;http&#58;//localhost/x</code>",
		"`a@b.example":           "<code>&#96;a@&#8203;b&#46;example</code>",
		"a\u202eb":               "<code>a&#92;u202eb</code>",
	} {
		if got := code(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for want, text := range map[string]string{"": "", "äöü": "äöü", "äöüx": "äöüx", "äöü…": "äöüxy"} {
		if got := cut(text, 4); got != want {
			t.Errorf("%q is cut to %q, want %q", text, got, want)
		}
	}
}

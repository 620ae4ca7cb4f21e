package diag_test

import (
	"os/exec"
	"testing"

	"setpoint/config/diag"
)

func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{
		"house.plan":                   "house.plan",
		"../a-b_c/2026.json":           "../a-b_c/2026.json",
		"https://host.example:8443/a":  "https://host.example:8443/a",
		"":                             "''",
		"my house":                     "'my house'",
		"a;b":                          "'a;b'",
		"*":                            "'*'",
		"~/x":                          "'~/x'",
		"$(date)":                      "'$(date)'",
		`thermostat.room["o'clock 2"]`: `'thermostat.room["o'\''clock 2"]'`,
		"Küche":                        "'Küche'",
	} {
		if got := diag.ShellWord(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func FuzzShellWord(f *testing.F) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"", "a b", "'", "\\'", "$x`y`", "-n", "\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range []byte(text) {
			if c == 0 || c >= 0x80 {
				return // no path; and what is no ASCII may mean something in a locale
			}
		}
		out, err := exec.CommandContext(t.Context(), shell, "-c", "printf %s. "+diag.ShellWord(text)).Output()
		if err != nil || string(out) != text+"." {
			t.Errorf("%q is read as %q, %v", text, out, err)
		}
	})
}

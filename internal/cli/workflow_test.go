package cli

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func disarmedText(t *testing.T, parts ...string) string {
	t.Helper()
	var b strings.Builder
	d := &disarmed{w: &b}
	for _, part := range parts {
		if n, err := d.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("wrote %d of %d: %v", n, len(part), err)
		}
	}
	return b.String()
}

func TestForeignTextIsNoWorkflowCommand(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"a: b::c # [d]":               "a: b::c # [d]",
		"::error::a":                  `:\u003aerror::a`,
		"a\n  ::error::a\n":           "a\n  :\\u003aerror::a\n",
		"a\r::error::a":               "a\r:\\u003aerror::a",
		"\t\u00a0\u200b::error::a":    "\t\u00a0\u200b:\\u003aerror::a",
		":\u00ad:error::a":            ":\u00ad\\u003aerror::a",
		": ::a::b":                    ": ::a::b",
		"- ::a::b":                    "- ::a::b",
		"a ##[group]b ##[endgroup]":   `a ##\u005bgroup]b ##\u005bendgroup]`,
		"###[group]":                  `###\u005bgroup]`,
		"##\u200b[group]":             "##\u200b\\u005bgroup]",
		"::##[group]":                 `:\u003a##\u005bgroup]`,
		"# #[a] #[b] ## [c] ##\n[d] ": "# #[a] #[b] ## [c] ##\n[d] ",
	} {
		if diff := cmp.Diff(want, disarmedText(t, text)); diff != "" {
			t.Errorf("%q: -want +got:\n%s", text, diff)
		}
	}
}

func TestTextOfJSONStaysTheSame(t *testing.T) {
	const text = "##[add-mask]e, \\##[add-mask]e and ::error::a"
	document, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	written := disarmedText(t, string(document))
	var read string
	if err := json.Unmarshal([]byte(written), &read); err != nil || read != text || strings.Contains(written, "##[") {
		t.Errorf("%s is read as %q, %v", written, read, err)
	}
}

// The oracle is how the runner looks for commands, with what has no width left out.
func FuzzDisarmed(f *testing.F) {
	for _, text := range []string{"::error::a", " :\u00ad:a\n\r##[b]", "a##\u200b[", ":", "\u2028::", "#:[:#:\n:"} {
		f.Add(text, 1, 2)
	}
	lineEnd := regexp.MustCompile(`\r|\n`)
	f.Fuzz(func(t *testing.T, text string, from, length int) {
		from = min(max(from, 0), len(text))
		to := min(max(from+length, from), len(text))
		written := disarmedText(t, text[:from], text[from:to], text[to:])
		for _, line := range lineEnd.Split(written, -1) {
			seen := strings.Map(func(r rune) rune {
				if unicode.IsPrint(r) && (r == ' ' || !unicode.IsSpace(r)) && r <= unicode.MaxASCII {
					return r
				}
				return -1
			}, line)
			if strings.HasPrefix(strings.TrimSpace(seen), "::") || strings.Contains(seen, "##[") {
				t.Fatalf("%q becomes %q, and the runner reads %q", text, written, line)
			}
		}
		if again := disarmedText(t, written); again != written {
			t.Fatalf("%q is written as %q and then as %q", text, written, again)
		}
		if back := strings.NewReplacer(`\u003a`, ":", `\u005b`, "[").Replace(written); !strings.Contains(text, `\u00`) && back != text {
			t.Fatalf("%q becomes %q, of which %q is read", text, written, back)
		}
	})
}

package language_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"setpoint/config/language"
)

func reference(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	err := language.Reference(&out, []language.Function{
		{Signature: "abs(number)", Sentence: "The number without its sign."},
		{Signature: "regexall(pattern, text)", Sentence: "All matches, as in `a|b`."},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// With -update testdata/reference.md is written instead.
func TestReference(t *testing.T) {
	const golden = "testdata/reference.md"
	got := reference(t)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run the test with -update and look at the difference (-want +got):\n%s", diff)
	}
}

func TestReferenceIsWhole(t *testing.T) {
	got := reference(t)
	for _, want := range []string{
		"| `regexall(pattern, text)` | All matches, as in `a\\|b`. |\n",
		"### `thermostat \"NAME\"`\n", "#### `precondition` in `thermostat lifecycle`\n", "### `provider \"smarther\"`\n",
		"| `setpoint` | number | for `manual` |", "Possible: 3 to 40 °C.", "| any other | any | |",
		"| `boost_minutes` | number | for `boost` |", "Possible: `30`, `60`, `90`.", "| `source` | string, constant | yes |",
		"Possible: `\"heating\"`, `\"cooling\"`. Default: the plant's.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the reference", want)
		}
	}
	if strings.Contains(got, "<!--") {
		t.Error("a place was not filled")
	}
	if strings.Contains(got, "\n\n\n") {
		t.Error("two empty lines in a row")
	}
	for _, row := range regexp.MustCompile(`(?m)^\|.*$`).FindAllString(got, -1) {
		bars := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|")
		if bars != 3 && bars != 5 {
			t.Errorf("a row of %d bars: %s", bars, row)
		}
	}
}

// Links within the reference lead somewhere, and every chapter is in the contents.
func TestReferenceLinks(t *testing.T) {
	got := reference(t)
	anchors := map[string]bool{}
	drop := regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(got, -1) {
		anchor := strings.ReplaceAll(drop.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-")
		if anchors[anchor] {
			t.Errorf("two headings %q", heading[1])
		}
		anchors[anchor] = true
		chapter := strings.HasPrefix(heading[0], "## ") && heading[1] != "Contents"
		if chapter && !strings.Contains(got, "\n- ["+heading[1]+"](#"+anchor+")\n") {
			t.Errorf("%q is not in the contents", heading[1])
		}
	}
	links := regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(got, -1)
	if len(links) < 15 {
		t.Errorf("only %d links", len(links))
	}
	for _, link := range links {
		if !anchors[link[1]] {
			t.Errorf("#%s leads nowhere", link[1])
		}
	}
}

// All HCL in the reference is what fmt makes of it, and what the decoder knows.
func TestReferenceExamples(t *testing.T) {
	blocks := fenced(reference(t), "hcl")
	if len(blocks) < 15 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, src := range blocks {
		if got := string(hclwrite.Format([]byte(src))); got != src {
			t.Errorf("not in canonical format:\n%s", cmp.Diff(got, src))
		}
		file, diags := hclsyntax.ParseConfig([]byte(src), "example.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Errorf("%s in\n%s", diags, src)
			continue
		}
		if _, diags := file.Body.JustAttributes(); !diags.HasErrors() { // a file of variables
			continue
		}
		decodes(t, src, file.Body)
	}
}

// fenced are the code blocks of a language.
func fenced(markdown, language string) []string {
	var found []string
	for _, m := range regexp.MustCompile("(?s)\n```"+language+"\n(.*?)```\n").FindAllStringSubmatch(markdown, -1) {
		found = append(found, m[1])
	}
	return found
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestReferenceTellsOfTheWriter(t *testing.T) {
	if err := language.Reference(full{}, nil); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

package functions_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// recordAll asks Terraform's console about every row and writes the answers
// down. The console shows the last result only, so that many rows are asked for
// in one expression, in which try makes errors of single rows results.
func recordAll(t *testing.T, program string) {
	t.Helper()
	table := readRecording(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/files")); err != nil {
		t.Fatal(err)
	}
	var version struct {
		Version string `json:"terraform_version"`
	}
	runJSON(t, dir, &version, program, "version", "-json")
	var known struct {
		Signatures map[string]any `json:"function_signatures"`
	}
	runJSON(t, dir, &known, program, "metadata", "functions", "-json")
	table.Version, table.Functions = version.Version, nil
	for name := range known.Signatures {
		if !strings.Contains(name, "::") {
			table.Functions = append(table.Functions, name)
		}
	}
	slices.Sort(table.Functions)
	const batch = 40
	for from := 0; from < len(table.Rows); from += batch {
		recordRows(t, program, dir, table.Rows[from:min(from+batch, len(table.Rows))])
	}
	writeJSON(t, table)
}

func recordRows(t *testing.T, program, dir string, rows []row) {
	t.Helper()
	var values, kinds []string
	for _, r := range rows {
		values = append(values, `try(jsonencode([`+r.Expr+`]), "error")`)
		kinds = append(kinds, `try([`+r.Expr+`], "error")`)
	}
	said := run(t, dir, `base64encode(nonsensitive(jsonencode([`+strings.Join(values, ", ")+`])))`, program, "console")
	if strings.Contains(said, "(known after apply)") { // one of them is unknown, and hides the others
		if len(rows) == 1 {
			rows[0].outcome = outcome{"unknown", "unknown"}
			return
		}
		for i := range rows {
			recordRows(t, program, dir, rows[i:i+1])
		}
		return
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Trim(strings.TrimSpace(said), `"`))
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	var results []string
	if err := json.Unmarshal(raw, &results); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	types := tupleParts(run(t, dir, `type([`+strings.Join(kinds, ", ")+`])`, program, "console"))
	if len(results) != len(rows) || len(types) != len(rows) {
		t.Fatalf("%d rows, %d results, %d types", len(rows), len(results), len(types))
	}
	for i, result := range results {
		rows[i].outcome = outcome{"error", "error"}
		if result != "error" {
			element := tupleParts(types[i])
			if len(element) != 1 {
				t.Fatalf("%s: %s", rows[i].Expr, types[i])
			}
			rows[i].outcome = outcome{strings.TrimSuffix(strings.TrimPrefix(result, "["), "]"), element[0]}
		}
	}
}

// tupleParts takes the text of a tuple type apart. Spaces are left out where
// they are layout.
func tupleParts(text string) []string {
	text = regexp.MustCompile(`(?m)^\s+|\n|: `).ReplaceAllStringFunc(text, func(s string) string { return strings.TrimSpace(s) })
	text = strings.TrimSuffix(strings.TrimPrefix(strings.ReplaceAll(text, ",)", ")"), "tuple(["), "])")
	var parts []string
	depth, start := 0, 0
	for i, c := range text {
		switch c {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, text[start:i])
				start = i + 1
			}
		}
	}
	return parts
}

func runJSON(t *testing.T, dir string, into any, args ...string) {
	t.Helper()
	if err := json.Unmarshal([]byte(run(t, dir, "", args...)), into); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dir, input string, args ...string) string {
	t.Helper()
	if _, diags := hclsyntax.ParseExpression([]byte(input), "row", hcl.InitialPos); input != "" && diags.HasErrors() {
		t.Fatal(diags)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(input+"\n")
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull)
	said, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s\n%s", args, err, said)
	}
	return string(said)
}

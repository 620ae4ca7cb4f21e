package functions_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/diag"
	"setpoint/config/functions"
)

// house writes a repository with a configuration, a module in it, and a folder
// outside. It returns the folder of all.
func house(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"repo/.git/HEAD": "", "repo/shared.csv": "n\n1\n", "repo/site/rooms.csv": "root", "repo/site/heating/rooms.csv": "module",
		"repo/site/heating/t.tmpl": `${file("rooms.csv")} ${file(given)}`, "repo/site/binary": "\xff\xfe", "repo/site/bom": "\ufeffx",
		"elsewhere/x.txt": "x", "repo/site/heating/deep/x.csv": "",
	} {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	big := filepath.Join(dir, "repo/site/big")
	if err := os.WriteFile(big, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 16<<20+1); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"out": "../../elsewhere/x.txt", "folder": "../../elsewhere", "within": "../shared.csv", "heating/deep/circle": "..",
	} {
		if err := os.Symlink(target, filepath.Join(dir, "repo/site", link)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFiles(t *testing.T) {
	dir := house(t)
	elsewhere := filepath.Join(dir, "elsewhere")
	for _, c := range []struct {
		module, expr, want string
		allow              []string
	}{
		{".", `file("rooms.csv")`, `"root"`, nil},
		{"heating", `file("rooms.csv")`, `"module"`, nil},
		{"heating", `file("${path.module}/rooms.csv")`, `"module"`, nil},
		{"heating", `file("${path.root}/rooms.csv")`, `"root"`, nil},
		{"heating", `file(join("/", [path.module, "rooms.csv"]))`, `"module"`, nil},
		{"heating", `fileexists("deep/x.csv")`, `true`, nil},
		{"heating", `fileexists("${path.root}/deep/x.csv")`, `false`, nil},
		{"heating", `fileset(path.module, "*.csv")`, `["rooms.csv"]`, nil},
		{"heating", `fileset(path.root, "heat*/*.csv")`, `["heating/rooms.csv"]`, nil},
		{"heating", `fileset("deep", "*.csv")`, `["x.csv"]`, nil},
		{"heating", `fileset(".", "../*.csv")`, `["../rooms.csv"]`, nil},
		{"heating", `templatefile("t.tmpl", { given = "rooms.csv" })`, `"module module"`, nil},
		{"heating", `templatefile("${path.module}/t.tmpl", { given = "${path.root}/rooms.csv" })`, `"module root"`, nil},
		{"heating", `templatestring("$${file(p)}", { p = "${path.root}/rooms.csv" })`, `"root"`, nil},
		{"heating", `templatefile("t.tmpl", {})`, `no variable named "given"`, nil},
		{"heating", `file("gone")`, "there is no file heating/gone", nil},
		{"heating", `file("../../shared.csv")`, `"n\n1\n"`, nil},
		{".", `file("bom")`, `"x"`, nil},
		{".", `filebase64("bom")`, `"77u/eA=="`, nil},
		{".", `file("within")`, `"n\n1\n"`, nil},
		{".", `file(".")`, "no ordinary file", nil},
		{".", `file("big")`, "larger than 16 MiB", nil},
		{".", `filesha256("big")`, "larger than 16 MiB", nil},
		{".", `file("binary")`, "not text in UTF-8", nil},
		{".", `file("../../elsewhere/x.txt")`, "outside the repository", nil},
		{".", `file("out")`, "a link that leaves", nil},
		{".", `filemd5("folder/x.txt")`, "a link that leaves", nil},
		{".", `fileexists("out")`, "a link that leaves", nil},
		{".", `fileset(".", "ou*")`, "a link that leaves", nil},
		{".", `fileset(".", "folder/*")`, "a link that leaves", nil},
		{".", `fileset("../..", "*")`, "outside the repository", nil},
		{".", `fileset(".", "../../*")`, "outside the repository", nil},
		{".", `fileset("heating", "**/*.csv")`, "too many levels of symbolic links", nil},
		{".", `fileset(".", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")`, "more than 1000", nil},
		{".", `file("../../elsewhere/x.txt")`, `"x"`, []string{elsewhere}},
		{".", `file("` + filepath.ToSlash(elsewhere) + `/x.txt")`, `"x"`, []string{filepath.Join(dir, "gone/../elsewhere")}},
		{".", `file("/etc/hostname")`, "outside the repository", []string{elsewhere}},
	} {
		fns := tableAt(t, filepath.Join(dir, "repo/site"), c.module, c.allow...)
		parsed, diags := hclsyntax.ParseExpression([]byte(c.expr), "x.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		v, diags := parsed.Value(&hcl.EvalContext{Functions: fns, Variables: map[string]cty.Value{
			"path": cty.ObjectVal(map[string]cty.Value{"module": functions.Path(c.module), "root": functions.Path(".")}),
		}})
		if diags.HasErrors() {
			if !strings.Contains(diags.Error(), c.want) {
				t.Errorf("%s says %s, want %s", c.expr, diags, c.want)
			}
			continue
		}
		if v.HasMark(functions.FromRoot) {
			t.Errorf("%s: the origin of the path passes on to the result", c.expr)
		}
		plain, _ := v.UnmarkDeep()
		encoded, err := fns["jsonencode"].Call([]cty.Value{plain})
		if err != nil || encoded.AsString() != c.want {
			t.Errorf("in %s: %s = %#v %v, want %s", c.module, c.expr, encoded, err, c.want)
		}
	}
	if _, err := functions.NewFiles(dir, []string{filepath.Join(dir, "nowhere")}, func(string, []byte) {}); err == nil || !strings.Contains(err.Error(), "--allow-dir") {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := functions.NewFiles(filepath.Join(dir, "nowhere"), nil, func(string, []byte) {}); err == nil {
		t.Error("no configuration's folder, no error")
	}
}

// Everything that may have influenced a result is told, once.
func TestSeen(t *testing.T) {
	dir := house(t)
	seen := map[string]string{}
	files, err := functions.NewFiles(filepath.Join(dir, "repo/site"), nil, func(name string, content []byte) {
		if _, twice := seen[name]; twice {
			t.Errorf("%s is told twice", name)
		}
		seen[name] = string(content)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{".", "heating"} {
		fns := functions.Table(now, files, module)
		for range 2 {
			for _, expr := range []string{
				`file("rooms.csv")`, `filemd5("bom")`, `try(file("gone"), 1)`, `fileexists("rooms.csv")`, `fileexists("nope")`,
				`fileset(".", "*.csv")`, `can(fileexists("out"))`, `file("${path.root}/rooms.csv")`,
			} {
				evaluate(expr, fns)
			}
		}
	}
	want := map[string]string{
		"rooms.csv": "root", "heating/rooms.csv": "module", "bom": "\ufeffx",
		`file("gone")`: "cannot be read", `file("heating/gone")`: "cannot be read", `file("heating/bom")`: "cannot be read",
		`fileexists("rooms.csv")`: "true", `fileexists("heating/rooms.csv")`: "true", `fileexists("nope")`: "false", `fileexists("heating/nope")`: "false",
		`fileexists("out")`: "cannot be told", `fileexists("heating/out")`: "false",
		`fileset(".", "*.csv")`: "rooms.csv", `fileset("heating", "*.csv")`: "rooms.csv",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(filepath.Join(dir, "repo/site/rooms.csv"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := outcomeOf(`file("rooms.csv")`, functions.Table(now, files, ".")).JSON; got != `"root"` {
		t.Errorf("a file that changed within one run is %s", got)
	}
}

func TestMarksOfPaths(t *testing.T) {
	fns := tableAt(t, "testdata/files", ".")
	for _, name := range []string{"file", "fileexists", "filebase64", "filesha256"} {
		v, err := fns[name].Call([]cty.Value{cty.StringVal("a.csv").WithMarks(cty.NewValueMarks(functions.FromRoot, diag.Sensitive))})
		if err != nil || !maps.Equal(v.Marks(), cty.NewValueMarks(diag.Sensitive)) {
			t.Errorf("%s: %#v %v", name, v, err)
		}
	}
	unknown, err := fns["file"].Call([]cty.Value{cty.UnknownVal(cty.String).Mark(functions.FromRoot)})
	if err != nil || unknown.IsKnown() {
		t.Errorf("file of the unknown: %#v %v", unknown, err)
	}
	if !slices.IsSorted(functions.Names()) {
		t.Error("names are not sorted")
	}
}

package language_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	hcljson "github.com/hashicorp/hcl/v2/json"

	"setpoint/config/language"
)

// walk visits every block with its path.
func walk(blocks []language.Block, path []string, visit func(path []string, b language.Block)) {
	for _, b := range blocks {
		kind := b.Type
		if kind == "backend" {
			kind += "." + strings.Trim(b.Label, `"`)
		}
		at := append(slices.Clone(path), kind)
		visit(at, b)
		walk(b.Blocks, at, visit)
	}
}

func TestBody(t *testing.T) {
	names := func(s *hcl.BodySchema) string {
		var all []string
		for _, a := range s.Attributes {
			if a.Required {
				t.Errorf("%s is required in the schema", a.Name)
			}
			all = append(all, a.Name)
		}
		for _, b := range s.Blocks {
			all = append(all, strings.Join(append([]string{b.Type}, b.LabelNames...), "/")+"{}")
		}
		return strings.Join(all, " ")
	}
	for path, want := range map[string]string{
		"": "thermostat/name{} plant/name{} provider/name{} setpoint{} variable/name{} locals{} output/name{} module/name{} moved{} removed{} import{} check/name{}",
		"thermostat": "plant_id module_id function mode setpoint program boost_minutes until drift for_each count depends_on " +
			"lifecycle{} on_remove{}",
		"thermostat lifecycle":              "ignore_changes prevent_destroy precondition{}",
		"thermostat lifecycle precondition": "condition error_message",
		"thermostat on_remove":              "function mode setpoint program",
		"plant":                             "id time_zone function",
		"provider":                          "endpoint subscription_key access_token time_zone rate_limit parallelism timeout retry{}",
		"provider retry":                    "attempts min_wait max_wait busy_wait",
		"setpoint":                          "required_version backend/type{}",
		"setpoint backend":                  "path",
		"setpoint backend.http": "address lock_address unlock_address update_method lock_method unlock_method " +
			"retry_max retry_wait_min retry_wait_max client_ca_certificate_pem",
		"variable":            "type default description sensitive nullable validation{}",
		"variable validation": "condition error_message",
		"locals":              "",
		"output":              "value description sensitive precondition{}",
		"module":              "source for_each count depends_on",
		"moved":               "from to",
		"removed":             "from lifecycle{} on_remove{}",
		"removed lifecycle":   "destroy",
		"removed on_remove":   "function mode setpoint program",
		"import":              "to id for_each",
		"check":               "assert{}",
		"check assert":        "condition error_message",
		"nosuch":              "",
		"thermostat nosuch":   "",
	} {
		if diff := cmp.Diff(want, names(language.Body(strings.Fields(path)...))); diff != "" {
			t.Errorf("%q: -want +got:\n%s", path, diff)
		}
	}
	language.Body("plant").Attributes[0].Name = "changed"
	if got := language.Body("plant").Attributes[0].Name; got != "id" {
		t.Errorf("a caller's change is seen by others: %q", got)
	}
}

// What the decoder is given by the schemas must be what the table's own
// examples, the reference and the JSON files hold: nothing is unknown.
func decodes(t *testing.T, name string, body hcl.Body, path ...string) {
	t.Helper()
	schema := language.Body(path...)
	content, rest, diags := body.PartialContent(schema)
	if free := len(path) == 1 && (path[0] == "locals" || path[0] == "module"); free {
		_, more := rest.JustAttributes()
		diags = append(diags, more...)
	} else {
		_, diags = body.Content(schema)
	}
	for _, d := range diags {
		t.Errorf("%s, in %v: %s", name, path, d)
	}
	for _, block := range content.Blocks {
		decodes(t, name, block.Body, append(slices.Clone(path), kindOf(block))...)
	}
}

func kindOf(block *hcl.Block) string {
	if block.Type == "backend" {
		return block.Type + "." + block.Labels[0]
	}
	return block.Type
}

func TestExamples(t *testing.T) {
	walk(language.Blocks(), nil, func(path []string, b language.Block) {
		if len(path) == 1 && b.Example == "" {
			t.Errorf("%v has no example", path)
		}
		if b.Example == "" {
			return
		}
		if got := string(hclwrite.Format([]byte(b.Example))); got != b.Example {
			t.Errorf("%v: not in canonical format:\n%s", path, cmp.Diff(got, b.Example))
		}
		file, diags := hclsyntax.ParseConfig([]byte(b.Example), "example.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%v: %s", path, diags)
		}
		decodes(t, strings.Join(path, "."), file.Body)
		for _, block := range file.Body.(*hclsyntax.Body).Blocks {
			if block.Type != path[0] {
				t.Errorf("the example of %v shows a %s block", path, block.Type)
			}
		}
	})
}

func TestGoodFilesDecode(t *testing.T) {
	for name, src := range goodFiles(t) {
		file, diags := hcljson.Parse(src, name)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		decodes(t, name, file.Body)
	}
}

func goodFiles(t *testing.T) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/good/*.hcl.json")
	if err != nil || len(paths) < 4 {
		t.Fatal(paths, err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		if files[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// every_block.hcl.json keeps its name's promise, so that what is tried with it
// is tried for all.
func TestEveryBlockIsInJSON(t *testing.T) {
	name := filepath.Join("testdata", "good", "every_block.hcl.json")
	file, diags := hcljson.Parse(goodFiles(t)[name], name)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	seen := map[string]bool{}
	var look func(body hcl.Body, path []string)
	look = func(body hcl.Body, path []string) {
		content, _, _ := body.PartialContent(language.Body(path...))
		for attr := range content.Attributes {
			seen[strings.Join(append(slices.Clone(path), attr), ".")] = true
		}
		for _, block := range content.Blocks {
			at := append(slices.Clone(path), kindOf(block))
			seen[strings.Join(at, ".")] = true
			look(block.Body, at)
		}
	}
	look(file.Body, nil)
	walk(language.Blocks(), nil, func(path []string, b language.Block) {
		at := strings.Join(path, ".")
		if !seen[at] {
			t.Errorf("no %s in %s", at, name)
		}
		for _, a := range b.Attributes {
			if !seen[at+"."+a.Name] {
				t.Errorf("no %s.%s in %s", at, a.Name, name)
			}
		}
	})
}

// The table itself: everything is documented, in sentences, and bounded in one way.
func TestTable(t *testing.T) {
	sentence := regexp.MustCompile(`^[A-Z\x60].*\.$`)
	walk(language.Blocks(), nil, func(path []string, b language.Block) {
		names := map[string]bool{}
		for _, inner := range b.Blocks {
			names[inner.Type] = true
		}
		if lines := strings.Split(b.Doc, "\n\n"); !sentence.MatchString(lines[0]) {
			t.Errorf("%v: %q is no sentence", path, b.Doc)
		}
		if b.Free != "" && !sentence.MatchString(b.Free) {
			t.Errorf("%v: %q is no sentence", path, b.Free)
		}
		for _, a := range b.Attributes {
			at := strings.Join(append(slices.Clone(path), a.Name), ".")
			if names[a.Name] {
				t.Errorf("%s stands there twice", at)
			}
			names[a.Name] = true
			if !sentence.MatchString(a.Doc) {
				t.Errorf("%s: %q is no sentence", at, a.Doc)
			}
			if a.Type.String() == "" {
				t.Errorf("%s: its type has no name", at)
			}
			if a.Values != nil && a.Range != (language.Range{}) {
				t.Errorf("%s: bounded by values and by a range", at)
			}
			if a.Range != (language.Range{}) && !ordered(a.Type, a.Range) {
				t.Errorf("%s: %v is no range of its type", at, a.Range)
			}
		}
	})
}

func ordered(typ language.Type, r language.Range) bool {
	switch typ {
	case language.Duration:
		least, err := time.ParseDuration(r.Min)
		most, err2 := time.ParseDuration(r.Max)
		return err == nil && err2 == nil && least < most
	case language.Number, language.Whole, language.Program:
		least, err := strconv.ParseFloat(r.Min, 64)
		most, err2 := strconv.ParseFloat(r.Max, 64)
		return err == nil && err2 == nil && least < most
	case language.Text, language.UUID, language.Time, language.Folder, language.Device, language.Bool, language.Any, language.Collection,
		language.TypeName, language.Address, language.AddressList, language.FieldList:
	}
	return false
}

func BenchmarkBody(b *testing.B) {
	for b.Loop() {
		language.Body("thermostat", "lifecycle")
	}
}

package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/config/language"
	"setpoint/internal/house"
)

// asPlain holds what the plain reader gives against what the parser and the
// decoder give, and tells whether it read the source. It starts somewhere in a
// file, as a piece does.
func asPlain(t *testing.T, src []byte) bool {
	t.Helper()
	start := hcl.Pos{Line: 8, Column: 1, Byte: 100}
	got, at, ok := newPlainReader("x.hcl", language.Body("thermostat")).blocks(src, start)
	if !ok {
		return false
	}
	body, sound := parsePiece(src, "x.hcl", start)
	if !sound || len(settle(body)) > 0 {
		t.Fatalf("read, but not sound:\n%s", src)
	}
	e := &evaluation{schemas: map[string]*hcl.BodySchema{}}
	e.decoder()
	var want declarations
	want.take(e, body)
	for i := range want.all {
		if d := &want.all[i]; d.block != nil && d.block.Type == "locals" {
			attrs, diags := d.block.Body.JustAttributes()
			*d, e.diags = declaration{locals: attrs}, append(e.diags, diags...)
		}
	}
	if len(e.diags) > 0 {
		t.Fatalf("read, but: %v\n%s", e.diags, src)
	}
	for i := range got {
		if i >= len(want.all) || !sameDeclaration(got[i], want.all[i]) {
			t.Fatalf("block %d is another in\n%s", i, src)
		}
	}
	if len(got) != len(want.all) || len(at) != len(got) || len(at) > 0 && !reflect.DeepEqual(at, headersOf(body, nil)) {
		t.Fatalf("other blocks in\n%s", src)
	}
	return true
}

func sameDeclaration(a, b declaration) bool {
	if a.locals != nil {
		return sameAttributes(a.locals, b.locals)
	}
	if b.thermostat == nil || !sameAttributes(a.thermostat.body.Attributes, b.thermostat.body.Attributes) {
		return false
	}
	x, y := *a.thermostat, *b.thermostat
	same := x.body.MissingItemRange == y.body.MissingItemRange && len(x.body.Blocks)+len(y.body.Blocks) == 0
	x.body, y.body = nil, nil
	return same && reflect.DeepEqual(x, y)
}

func sameAttributes(a, b hcl.Attributes) bool {
	for name, attr := range a {
		other := b[name]
		if other == nil || attr.Name != other.Name || attr.Range != other.Range || attr.NameRange != other.NameRange || attr.Expr.Range() != other.Expr.Range() {
			return false
		}
		if _, reference := attr.Expr.(*hclsyntax.ScopeTraversalExpr); reference {
			if !reflect.DeepEqual(attr.Expr, other.Expr) {
				return false
			}
			continue
		}
		value, diags := attr.Expr.Value(nil)
		want, more := other.Expr.Value(nil)
		if len(diags)+len(more) > 0 || !value.RawEquals(want) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestPlainBlocks(t *testing.T) {
	const block = "thermostat \"a-1\" {\n  plant_id = plant.home.id\n  module_id =    \"x y\"\n  setpoint = 20.50\n  until = local.x\n  program = 0\n}\n"
	with := func(old, now string) string { return strings.Replace(block, old, now, 1) }
	for name, c := range map[string]struct {
		src   string
		plain bool
	}{
		"block":                   {block, true},
		"blocks":                  {"\n" + block + "\n\n" + with("a-1", "_B") + with("}\n", "}"), true},
		"bare reference":          {with("local.x", "local"), true},
		"empty":                   {"thermostat \"a\" {\n}\n", true},
		"long decimal":            {with("20.50", "0020.50000000000000"), true},
		"generated":               {string(house.Files(house.Literal, 30)["rooms_000.hcl"]), true},
		"other block":             {with("thermostat", "plant"), false},
		"quoted name":             {with("a-1", "a\\u0041"), false},
		"impossible name":         {with("a-1", "1a"), false},
		"other letters":           {with("x y", "é"), false},
		"template":                {with("x y", "${x}"), false},
		"dollar":                  {with("x y", "$x"), false},
		"escape":                  {with("x y", "\\n"), false},
		"open text":               {with("x y\"", "x y"), false},
		"comment":                 {with("20.50", "20.5 # warm"), false},
		"number with exponent":    {with("20.50", "2e1"), false},
		"number without decimals": {with("20.50", "20."), false},
		"two points":              {with("20.50", "20.5.0"), false},
		"negative":                {with("20.50", "-20"), false},
		"null":                    {with("20.50", "null"), false},
		"index":                   {with("local.x", "local.x[0]"), false},
		"number index":            {with("local.x", "local.x.0"), false},
		"splat":                   {with("local.x", "local.x.*"), false},
		"call":                    {with("local.x", "f(x)"), false},
		"operator":                {with("local.x", "local.x + 1"), false},
		"other attribute":         {with("until", "colour"), false},
		"twice":                   {with("until", "setpoint"), false},
		"nested":                  {with("  program = 0\n", "  lifecycle {\n  }\n"), false},
		"one line":                {"thermostat \"a\" { mode = \"off\" }\n", false},
		"carriage return":         {with("\"x y\"\n", "\"x y\"\r\n"), false},
		"tab":                     {with("  until", "\tuntil"), false},
		"locals inside":           {"thermostat \"a\" {\nlocals {\n}\n", false},
		"cut off":                 {with("}\n", ""), false},
		"more":                    {with("}\n", "} \n"), false},
	} {
		if got := asPlain(t, []byte(c.src)); got != c.plain {
			t.Errorf("%s: read %v, want %v\n%s", name, got, c.plain, c.src)
		}
	}
}

func FuzzPlainBlocks(f *testing.F) {
	f.Add(house.Files(house.Literal, 2)["rooms_000.hcl"])
	f.Add([]byte("thermostat \"a-1\" {\n  plant_id = plant.home.id\n  module_id =    \"x y\"\n  setpoint = 20.50\n  until = local\n}\n"))
	names, err := filepath.Glob(filepath.Join("..", "examples", "*", "*.hcl"))
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) { asPlain(t, src) })
}

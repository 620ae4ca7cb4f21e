package config

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/internal/house"
)

// asValues holds what is read as plain values against what the parser gives, and
// tells whether it was.
func asValues(t *testing.T, src []byte) bool {
	t.Helper()
	got, ok := plainAttributes(src, "x.hcl")
	if !ok {
		return false
	}
	file, diags := hclsyntax.ParseConfig(src, "x.hcl", hcl.InitialPos)
	want, more := file.Body.JustAttributes()
	if diags = append(diags, more...); len(diags) > 0 || len(got) != len(want) {
		t.Fatalf("read, but %d instead of %d attributes, %v\n%s", len(got), len(want), diags, src)
	}
	for name, attr := range want {
		value, diags := attr.Expr.Value(nil)
		if len(diags) > 0 {
			t.Fatalf("read, but: %v\n%s", diags, src)
		}
		g := got[name]
		if g == nil {
			t.Fatalf("no %s in\n%s", name, src)
		}
		mine, _ := g.Expr.Value(nil)
		if !mine.RawEquals(value) || g.Name != name || g.NameRange != attr.NameRange || g.Range != attr.Range || g.Expr.Range() != attr.Expr.Range() {
			t.Fatalf("%s is %#v at %v %v, want %#v at %v %v\n%s", name, mine, g.Range, g.Expr.Range(), value, attr.Range, attr.Expr.Range(), src)
		}
	}
	return true
}

func TestPlainAttributes(t *testing.T) {
	for src, plain := range map[string]bool{
		"": true,
		"\n  a = \"x\"\nb=20.50\n\nc   =   true\nd = null\n":       true,
		"a = {}\nb = []\nc = [ ]\n":                                true,
		"a = [1, \"b\", [ true ,\n  {}, ],\n]\n":                   true,
		"a = { b = 1, \"c d\" = {\n  e = 2\n\n  f = [\n3]\n}, }\n": true,
		"a = {\n  b = 1,\n  c = 2, d = 3 }\n":                      true,
		string(house.Files(house.Module, 20)["setpoint.vars.hcl"]): true,
		"a = 1":                          false,
		"a = 1 # one\n":                  false,
		"a = 1\na = 2\n":                 false,
		"a = x\n":                        false,
		"a = trueish\n":                  false,
		"a = true.x\n":                   false,
		"a = \"x\"[0]\n":                 false,
		"a = -1\n":                       false,
		"a = [1 2]\n":                    false,
		"a = [,]\n":                      false,
		"a = {,}\n":                      false,
		"a = { b = 1 c = 2}\n":           false,
		"a = { b = 1,, }\n":              false,
		"a = { b\n= 1 }\n":               false,
		"a = { b =\n1 }\n":               false,
		"a = { b = 1\n, }\n":             false,
		"a = { b = 1, b = 2 }\n":         false,
		"a = { (b) = 1 }\n":              false,
		"a = { b.c = 1 }\n":              false,
		"a = { for b in [] : b => b }\n": false,
		"a = [for b in [] : b]\n":        false,
		"a = { 1 = 1 }\n":                false,
		"a = { b : 1 }\n":                false,
		"a = { \"${b}\" = 1 }\n":         false,
		"a = (1)\n":                      false,
		"a = 1 + 1\n":                    false,
		"a = 1e3\n":                      false,
		"a = {\r\n}\r\n":                 false,
		"a = {\n":                        false,
		"a {}\n":                         false,
	} {
		if got := asValues(t, []byte(src)); got != plain {
			t.Errorf("read %v, want %v\n%s", got, plain, src)
		}
	}
}

func FuzzPlainAttributes(f *testing.F) {
	f.Add([]byte("a = [1, \"b\", [ true ,\n  {}, ],\n]\nb = { b = 1, \"c d\" = {\n  e = null\n\n  f = [\n3]\n}, }\n"))
	f.Add(house.Files(house.Module, 2)["setpoint.vars.hcl"])
	f.Fuzz(func(t *testing.T, src []byte) {
		if checkNesting(src, "x.hcl") == nil {
			asValues(t, src)
		}
	})
}

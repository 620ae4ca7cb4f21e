package config_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config/functions"
	"setpoint/config/language"
	"setpoint/provider"
)

// The table of the language says in words what the vocabulary says in code.
func TestLanguageAgreesWithTheVocabulary(t *testing.T) {
	attribute := func(name string, path ...string) language.Attribute {
		t.Helper()
		blocks := language.Blocks()
		for i, step := range path {
			at := slices.IndexFunc(blocks, func(b language.Block) bool { return b.Type == step })
			if at < 0 {
				t.Fatalf("no block %s", step)
			}
			if i < len(path)-1 {
				blocks = blocks[at].Blocks
				continue
			}
			for _, a := range blocks[at].Attributes {
				if a.Name == name {
					return a
				}
			}
		}
		t.Fatalf("%v has no attribute %s", path, name)
		return language.Attribute{}
	}
	var modes, functions []string
	for _, m := range provider.Modes() {
		modes = append(modes, string(m))
	}
	for _, f := range provider.Functions() {
		functions = append(functions, string(f))
	}
	if got := attribute("mode", "thermostat").Values; !slices.Equal(got, modes) {
		t.Errorf("mode is one of %v, want %v", got, modes)
	}
	lasting := slices.DeleteFunc(slices.Clone(modes), func(m string) bool { return m == string(provider.Boost) })
	if got := attribute("mode", "thermostat", "on_remove").Values; !slices.Equal(got, lasting) {
		t.Errorf("on_remove: mode is one of %v, want %v", got, lasting)
	}
	for _, block := range []string{"thermostat", "plant"} {
		if got := attribute("function", block).Values; !slices.Equal(got, functions) {
			t.Errorf("%s: function is one of %v, want %v", block, got, functions)
		}
	}
	if r := attribute("setpoint", "thermostat").Range; r.Min != provider.MinSetpoint.String() || r.Max != provider.MaxSetpoint.String() {
		t.Errorf("setpoint from %s to %s, want %s to %s", r.Min, r.Max, provider.MinSetpoint, provider.MaxSetpoint)
	}
	if r := attribute("program", "thermostat").Range; r.Min != fmt.Sprint(provider.MinProgram) || r.Max != fmt.Sprint(provider.MaxProgram) {
		t.Errorf("program from %s to %s, want %d to %d", r.Min, r.Max, provider.MinProgram, provider.MaxProgram)
	}
}

// README.md is made from the table of the language and that of the functions.
// With -update it is written anew.
func TestReferenceIsCurrent(t *testing.T) {
	var all []language.Function
	for _, name := range functions.Names() {
		signature, sentence := functions.Describe(name)
		all = append(all, language.Function{Signature: signature, Sentence: sentence})
	}
	var b strings.Builder
	if err := language.Reference(&b, all); err != nil {
		t.Fatal(err)
	}
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile("README.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("config/README.md is not what go test ./config -run Reference -update writes (-have +want):\n%s", diff)
	}
}

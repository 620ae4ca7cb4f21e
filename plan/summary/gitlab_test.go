package summary

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestGitLab(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../testdata/report/gitlab.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]*Summary{
		`{"create":1,"update":2,"delete":3}`: {Plan: &Plan{Counts: Counts{Add: 1, Change: 2, Destroy: 3, Forget: 4, Import: 5, Move: 6}}},
		`{"create":0,"update":0,"delete":0}`: {Plan: &Plan{}, Account: &Account{}},
		`{}`:                                 {Exit: 1},
	} {
		got := GitLab(s)
		if got != want+"\n" {
			t.Errorf("%s, want %s", got, want)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(got))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil || !IsGitLab([]byte(got)) {
			t.Errorf("%s: %v", got, err)
		}
	}
	for _, other := range []string{`{"create":1}`, `{"create":1,"update":2,"delete":-3}`, `{"create":1,"update":2,"delete":3,"more":4}`, `[]`} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(other))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(value) == nil {
			t.Errorf("%s is valid", other)
		}
	}
	for _, other := range []string{"", "null", "[]", "{", `{"version":1}`, `{"create":"1"}`, `{"create":1} x`} {
		if IsGitLab([]byte(other)) {
			t.Errorf("%s is taken for a report", other)
		}
	}
}

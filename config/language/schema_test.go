package language_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"setpoint/config/language"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := language.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler() // also checks the schema against its draft's
	if err := c.AddResource("memory:setpoint", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("memory:setpoint")
	if err != nil {
		t.Fatal(err)
	}
	if schema.DraftVersion != 2020 {
		t.Errorf("draft %d", schema.DraftVersion)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, src string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(src))
	if err != nil {
		t.Fatalf("%s in %s", err, src)
	}
	return schema.Validate(doc)
}

// places are where the schema found something wrong: the deepest ones.
func places(err error) []string {
	var wrong *jsonschema.ValidationError
	if !errors.As(err, &wrong) {
		return nil
	}
	found := map[string]bool{}
	var look func(*jsonschema.ValidationError)
	look = func(e *jsonschema.ValidationError) {
		if _, name := e.ErrorKind.(*kind.PropertyNames); name || len(e.Causes) == 0 {
			found["/"+strings.Join(e.InstanceLocation, "/")] = true
			return
		}
		for _, cause := range e.Causes {
			look(cause)
		}
	}
	look(wrong)
	return slices.Sorted(maps.Keys(found))
}

// TestSchemaTakesNames: every name that HCL takes, and in ASCII no other, by a
// pattern that needs no tables of Unicode, which not every engine has.
func TestSchemaTakesNames(t *testing.T) {
	src, err := language.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(src, []byte(`\\p`)) {
		t.Error("a pattern has a class of Unicode")
	}
	schema := compiled(t)
	names := []string{"", "büro", "Ω-1", "𐐀", "e\u0301", "١", "x١", "a\u203fb", "//"}
	for c := range rune(0x80) {
		names = append(names, string(c), "x"+string(c))
	}
	for _, name := range names {
		doc, err := json.Marshal(map[string]any{"locals": map[string]any{name: 1}})
		if err != nil {
			t.Fatal(err)
		}
		valid, passes := hclsyntax.ValidIdentifier(name) || name == "//", validate(t, schema, string(doc)) == nil
		if valid && !passes || passes && !valid && len(name) == len([]rune(name)) {
			t.Errorf("%q: a name %t, passes %t", name, valid, passes)
		}
	}
}

func TestSchemaAcceptsGoodFiles(t *testing.T) {
	schema := compiled(t)
	for name, src := range goodFiles(t) {
		if err := validate(t, schema, string(src)); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
	examples := fenced(reference(t), "json")
	if len(examples) == 0 {
		t.Error("no JSON in the reference")
	}
	for _, src := range examples {
		if err := validate(t, schema, src); err != nil {
			t.Errorf("%s: %#v", src, err)
		}
	}
}

// Each of these is one mistake, found where it is and nowhere else.
func TestSchemaRejects(t *testing.T) {
	schema := compiled(t)
	const thermostat = `"plant_id": "${plant.home.id}", "module_id": "${local.id}"`
	for _, c := range []struct{ where, src string }{
		{"/", `{"thermostats": {}}`},
		{"/", `"text"`},
		{"/0", `["text"]`},
		{"/1", `[{}, {"plants": {}}]`},
		{"/thermostat/hall", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "setpiont": 20}}}`},
		{"/thermostat/hall/0", `{"thermostat": {"hall": [{` + thermostat + `, "mode": "off", "setpiont": 20}]}}`},
		{"/thermostat/hall", `{"thermostat": {"hall": {` + thermostat + `}}}`},
		{"/thermostat/hall/mode", `{"thermostat": {"hall": {` + thermostat + `, "mode": "maunal"}}}`},
		{"/thermostat/hall/mode", `{"thermostat": {"hall": {` + thermostat + `, "mode": null}}}`},
		{"/thermostat/hall/function", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "function": "heat"}}}`},
		{"/thermostat/hall/setpoint", `{"thermostat": {"hall": {` + thermostat + `, "mode": "manual", "setpoint": 41}}}`},
		{"/thermostat/hall/setpoint", `{"thermostat": {"hall": {` + thermostat + `, "mode": "manual", "setpoint": 2.9}}}`},
		{"/thermostat/hall/setpoint", `{"thermostat": {"hall": {` + thermostat + `, "mode": "manual", "setpoint": "warm"}}}`},
		{"/thermostat/hall/setpoint", `{"thermostat": {"hall": {` + thermostat + `, "mode": "manual", "setpoint": [20]}}}`},
		{"/thermostat/hall/program", `{"thermostat": {"hall": {` + thermostat + `, "mode": "automatic", "program": 12}}}`},
		{"/thermostat/hall/program", `{"thermostat": {"hall": {` + thermostat + `, "mode": "automatic", "program": 1.5}}}`},
		{"/thermostat/hall/boost_minutes", `{"thermostat": {"hall": {` + thermostat + `, "mode": "boost", "boost_minutes": 45}}}`},
		{"/thermostat/hall/until", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "until": "tomorrow"}}}`},
		{"/thermostat/hall/module_id", `{"thermostat": {"hall": {"plant_id": "${plant.home.id}", "module_id": "2a9d", "mode": "off"}}}`},
		{"/thermostat/hall/for_each", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "for_each": ["a"]}}}`},
		{"/thermostat/hall/for_each", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "for_each": "local.rooms"}}}`},
		{"/thermostat/hall/count", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "count": -1}}}`},
		{"/thermostat/hall/count", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "count": null}}}`},
		{"/thermostat/hall/for_each", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "for_each": null}}}`},
		{"/thermostat/hall/depends_on", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "depends_on": "thermostat.bath"}}}`},
		{"/thermostat/hall/depends_on/0", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "depends_on": ["plant.home"]}}}`},
		{"/thermostat/hall/lifecycle/ignore_changes/0", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "lifecycle": {"ignore_changes": ["module_id"]}}}}`},
		{"/thermostat/hall/lifecycle/ignore_changes", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "lifecycle": {"ignore_changes": "mode"}}}}`},
		{"/thermostat/hall/lifecycle/prevent_destroy", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "lifecycle": {"prevent_destroy": "${var.x}"}}}}`},
		{"/thermostat/hall/lifecycle", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "lifecycle": {"postcondition": {}}}}}`},
		{"/thermostat/hall/lifecycle/precondition/condition", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "lifecycle": {"precondition": {"condition": "var.x", "error_message": "No."}}}}}`},
		{"/thermostat/hall/on_remove/mode", `{"thermostat": {"hall": {` + thermostat + `, "mode": "off", "on_remove": {"mode": "boost"}}}}`},
		{"/thermostat", `{"thermostat": {"2nd": {` + thermostat + `, "mode": "off"}}}`},
		{"/thermostat", `{"thermostat": {}}`},
		{"/plant/home", `{"plant": {"home": {"time_zone": "Europe/Rome"}}}`},
		{"/provider", `{"provider": {"netatmo": {}}}`},
		{"/provider/smarther", `{"provider": {"smarther": {"subscription": "x"}}}`},
		{"/provider/smarther/timeout", `{"provider": {"smarther": {"timeout": "30 seconds"}}}`},
		{"/provider/smarther/timeout", `{"provider": {"smarther": {"timeout": 30}}}`},
		{"/provider/smarther/rate_limit", `{"provider": {"smarther": {"rate_limit": -1}}}`},
		{"/provider/smarther/retry/attempts", `{"provider": {"smarther": {"retry": {"attempts": 0}}}}`},
		{"/setpoint/backend", `{"setpoint": {"backend": {"s3": {}}}}`},
		{"/setpoint/backend/http", `{"setpoint": {"backend": {"http": {"path": "x"}}}}`},
		{"/setpoint/backend/local", `{"setpoint": {"backend": {"local": {"address": "x"}}}}`},
		{"/setpoint/backend/http/retry_max", `{"setpoint": {"backend": {"http": {"retry_max": -1}}}}`},
		{"/variable/x/type", `{"variable": {"x": {"type": "numbr"}}}`},
		{"/variable/x/type", `{"variable": {"x": {"type": ["number"]}}}`},
		{"/variable/x/sensitive", `{"variable": {"x": {"sensitive": "yes"}}}`},
		{"/variable/x", `{"variable": {"x": {"validations": {}}}}`},
		{"/variable/x/validation/1", `{"variable": {"x": {"validation": [{"condition": true, "error_message": "a"}, {"condition": true}]}}}`},
		{"/locals", `{"locals": {"a b": 1}}`},
		{"/locals", `{"locals": 1}`},
		{"/output/x", `{"output": {"x": {"description": "x"}}}`},
		{"/module/x/source", `{"module": {"x": {"source": "floor"}}}`},
		{"/module/x", `{"module": {"x": {"rooms": 1}}}`},
		{"/moved", `{"moved": {"from": "thermostat.a"}}`},
		{"/moved/to", `{"moved": {"from": "thermostat.a", "to": "plant.b"}}`},
		{"/removed/lifecycle/destroy", `{"removed": {"from": "thermostat.a", "lifecycle": {"destroy": "no"}}}`},
		{"/import/id", `{"import": {"to": "thermostat.a", "id": "1f3c6b1e-0000-4000-8000-000000000001"}}`},
		{"/check/x", `{"check": {"x": {"asserts": {}}}}`},
	} {
		// Where a value may be one of several things, each is named at the same place.
		if diff := cmp.Diff([]string{c.where}, places(validate(t, schema, c.src))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.src, diff)
		}
	}
}

func TestSchemaIsStable(t *testing.T) {
	first, err := language.Schema()
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, err := language.Schema(); err != nil || !bytes.Equal(again, first) {
			t.Fatalf("other bytes, or %v", err)
		}
	}
	var doc map[string]any
	if err := json.Unmarshal(first, &doc); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(first, []byte("](#")) || !bytes.Contains(first, []byte("see Times in the reference.")) {
		t.Error("a link to a chapter that an editor does not have")
	}
	if doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("$schema is %v", doc["$schema"])
	}
}

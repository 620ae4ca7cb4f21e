package interop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
	"github.com/open-policy-agent/opa/v1/rego"
)

// denied evaluates the example's policies, with the query of its comment.
func denied(t *testing.T, plan []byte) []string {
	t.Helper()
	var input any
	if err := json.Unmarshal(plan, &input); err != nil {
		t.Fatal(err)
	}
	found, err := rego.New(rego.Query("data.main.deny[message]"), rego.Load([]string{root + "/examples/hotel/policy"}, nil), rego.Input(input)).Eval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	for _, f := range found {
		messages = append(messages, f.Bindings["message"].(string))
	}
	return messages
}

// TestPolicies lets the policies of the hotel judge what may be wanted of it.
func TestPolicies(t *testing.T) {
	dir := copied(t, root+"/examples/hotel")
	setpoint(t, dir, "apply", "--auto-approve")
	rooms, err := os.ReadFile(filepath.Join(dir, "rooms.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, from, to string
		flags          []string
		count          int
		says           string
	}{
		{name: "nothing"},
		{name: "one floor", from: ",21.5\n", to: ",22.5\n"},
		{name: "too warm", from: ",21.5\n", to: ",24.5\n", count: 1, says: `thermostat.room["112"]: 24.5 °C is above 24 °C`},
		{name: "a room less", from: "101,1,", to: "9101,1,", count: 1, says: `module.floor["1"].thermostat.room["101"]: would no longer be managed`},
		{name: "every floor", flags: []string{"--var", "season=closed"}, count: 1,
			says: `changes more than one floor: module.floor["1"], module.floor["2"], module.floor["3"], module.floor["4"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := string(rooms)
			if test.from != "" {
				if !strings.Contains(changed, test.from) {
					t.Fatalf("rooms.csv has no %q", test.from)
				}
				changed = strings.Replace(changed, test.from, test.to, 1)
			}
			if err := os.WriteFile(filepath.Join(dir, "rooms.csv"), []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			messages := denied(t, planned(t, dir, test.flags...))
			if len(messages) != test.count || !strings.Contains(strings.Join(messages, "\n"), test.says) {
				t.Errorf("denied: %q", messages)
			}
		})
	}
}

// TestWidget counts as the widget of merge requests does: a thermostat in the
// place of another one counts as one to create.
func TestWidget(t *testing.T) {
	const recipe = `([.resource_changes[]?.change.actions?]|flatten)|{"create":(map(select(.=="create"))|length),` +
		`"update":(map(select(.=="update"))|length),"delete":(map(select(.=="delete"))|length)}`
	query, err := gojq.Parse(recipe)
	if err != nil {
		t.Fatal(err)
	}
	_, plan := changedHouse(t)
	var input any
	if err := json.Unmarshal(plan, &input); err != nil {
		t.Fatal(err)
	}
	answer, ok := query.Run(input).Next()
	counts, err := json.Marshal(answer)
	if want := `{"create":2,"delete":1,"update":1}`; !ok || err != nil || string(counts) != want {
		t.Errorf("counted %s (%v), want %s", counts, err, want)
	}
}

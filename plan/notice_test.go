package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
)

// TestNoticesHoldData: the text of these is made from what they hold.
func TestNoticesHoldData(t *testing.T) {
	renamed := load(t, block("z", 1, "mode = \"manual\"\nsetpoint = 20"))
	onRemove := entry(2, state.Confirmed, manual(200))
	onRemove.OnRemove = ptr(protection(provider.Heating))
	off := entry(3, state.Confirmed, provider.Settings{Function: provider.Heating, Mode: provider.Off})
	bySettings := cmp.Comparer(func(a, b provider.Settings) bool { return a == b })
	for name, test := range map[string]struct {
		in   Input
		want Notice
	}{
		"half renamed": {Input{Config: renamed, State: known(t, "thermostat.a=1"), Now: now(), Targets: []string{"thermostat.a"}},
			Notice{Kind: NoticeHalfRenamed, Concerns: []Concern{{Address: "thermostat.z", Was: "thermostat.a"}}}},
		"left": {Input{Config: renamed, State: record(map[string]state.Entry{"thermostat.a": off}), Now: now(), Destroy: true},
			Notice{Kind: NoticeLeft, Concerns: []Concern{{Address: "thermostat.a", Mode: provider.Off}}, Destroy: true}},
		"many given up": {Input{Config: renamed, State: record(map[string]state.Entry{"thermostat.b": onRemove, "thermostat.c": off}), Now: now()},
			Notice{Kind: NoticeManyGivenUp, Given: 2, Set: 1, Managed: 2}},
	} {
		_, notices := Make(test.in)
		test.want.Severity = diag.Warning
		found := false
		for _, n := range notices {
			found = found || n.Kind == test.want.Kind
			if diff := cmp.Diff(test.want, n, bySettings); n.Kind == test.want.Kind && diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if !found {
			t.Errorf("%s: %v", name, summaries(notices))
		}
	}
}

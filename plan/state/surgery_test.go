package state

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/provider"
)

// holding is a state with these addresses, each with settings of its own.
func holding(addresses ...string) *State {
	s := baseState()
	s.Thermostats = map[string]Entry{}
	for i, a := range addresses {
		s.Thermostats[a] = entry(device1, provider.Celsius(100+5*i), Confirmed)
	}
	return s
}

func TestMove(t *testing.T) {
	for name, tt := range map[string]struct {
		state, from, to string
		want            string // the addresses after, in the order of those before
	}{
		"rename":                   {`thermostat.a thermostat.c`, `thermostat.a`, `thermostat.b`, `thermostat.b thermostat.c`},
		"into count":               {`thermostat.a`, `thermostat.a`, `thermostat.a[0]`, `thermostat.a[0]`},
		"into for_each":            {`thermostat.a thermostat.a["2"]`, `thermostat.a`, `thermostat.a["1"]`, `thermostat.a["1"] thermostat.a["2"]`},
		"count to for_each":        {`thermostat.a[0] thermostat.a[1]`, `thermostat.a[1]`, `thermostat.a["x"]`, `thermostat.a[0] thermostat.a["x"]`},
		"out of count":             {`thermostat.a[0] thermostat.a[1]`, `thermostat.a[0]`, `thermostat.a`, `thermostat.a thermostat.a[1]`},
		"single beside instances":  {`thermostat.a thermostat.b["1"]`, `thermostat.a`, `thermostat.b`, `thermostat.b thermostat.b["1"]`},
		"block":                    {`thermostat.a["1"] thermostat.a["2"] thermostat.ab`, `thermostat.a`, `thermostat.b`, `thermostat.b["1"] thermostat.b["2"] thermostat.ab`},
		"block with and without":   {`thermostat.a thermostat.a["2"]`, `thermostat.a`, `thermostat.b`, `thermostat.b thermostat.b["2"]`},
		"block into module":        {`thermostat.a[0] thermostat.a[1]`, `thermostat.a`, `module.m["x"].thermostat.a`, `module.m["x"].thermostat.a[0] module.m["x"].thermostat.a[1]`},
		"only that module's":       {`thermostat.a module.m.thermostat.a`, `module.m.thermostat.a`, `module.m.thermostat.b`, `thermostat.a module.m.thermostat.b`},
		"module":                   {`module.m["1"].thermostat.a module.m["2"].module.k.thermostat.b[0] module.mm.thermostat.a`, `module.m`, `module.n`, `module.n["1"].thermostat.a module.n["2"].module.k.thermostat.b[0] module.mm.thermostat.a`},
		"module instance":          {`module.m["1"].thermostat.a module.m["2"].thermostat.a`, `module.m["1"]`, `module.m["3"]`, `module.m["3"].thermostat.a module.m["2"].thermostat.a`},
		"module into count":        {`module.m.thermostat.a`, `module.m`, `module.m[0]`, `module.m[0].thermostat.a`},
		"wrap a module":            {`module.m.thermostat.a module.m.module.k.thermostat.a`, `module.m`, `module.m.module.k`, `module.m.module.k.thermostat.a module.m.module.k.module.k.thermostat.a`},
		"unwrap a module":          {`module.m.module.k.thermostat.a`, `module.m.module.k`, `module.m`, `module.m.thermostat.a`},
		"not as canonical is read": {`thermostat.a["A"]`, `thermostat.a["\u0041"]`, `thermostat.a["\u0042"]`, `thermostat.a["B"]`},
	} {
		t.Run(name, func(t *testing.T) {
			before := strings.Split(tt.state, " ")
			s := holding(before...)
			next, moved, err := s.Move(tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(holding(before...), s); diff != "" {
				t.Errorf("the source was written: %s", diff)
			}
			if diff := cmp.Diff(holding(strings.Split(tt.want, " ")...), next); diff != "" {
				t.Error(diff)
			}
			for _, m := range moved {
				if !s.Thermostats[m.From].Equal(next.Thermostats[m.To]) || !slices.Contains(before, m.From) {
					t.Errorf("%v", m)
				}
			}
		})
	}
}

func TestMoveRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ state, from, to, says string }{
		"not there":                {`thermostat.a`, `thermostat.x`, `thermostat.y`, "state list"},
		"no such instance":         {`thermostat.a["1"]`, `thermostat.a[1]`, `thermostat.b`, `which has thermostat.a["1"]`},
		"block to instance":        {`thermostat.a["1"] thermostat.a["2"]`, `thermostat.a`, `thermostat.b[0]`, `which has thermostat.a["1"], thermostat.a["2"]`},
		"taken":                    {`thermostat.a thermostat.b`, `thermostat.a`, `thermostat.b`, "thermostat.b stands there"},
		"taken instance":           {`thermostat.a[0] thermostat.a[1]`, `thermostat.a[0]`, `thermostat.a[1]`, "thermostat.a[1] stands there"},
		"block taken":              {`thermostat.a[0] thermostat.b["7"]`, `thermostat.a`, `thermostat.b`, `thermostat.b["7"] stands there`},
		"module taken":             {`module.m[0].thermostat.a module.n.thermostat.z`, `module.m`, `module.n`, "module.n.thermostat.z stands there"},
		"module instance taken":    {`module.m[0].thermostat.a module.m[1].thermostat.z`, `module.m[0]`, `module.m[1]`, "module.m[1].thermostat.z stands there"},
		"same":                     {`thermostat.a["A"]`, `thermostat.a["A"]`, `thermostat.a["\u0041"]`, "same place"},
		"thermostat to module":     {`thermostat.a`, `thermostat.a`, `module.m`, "module.m.thermostat.NAME"},
		"module to thermostat":     {`module.m.thermostat.a`, `module.m`, `thermostat.a`, "module.NAME"},
		"both malformed (source)":  {`thermostat.a`, `hall`, `thermostat.b[x]`, `"hall" is not`},
		"both malformed (target)":  {`thermostat.a`, `hall`, `thermostat.b[x]`, `"thermostat.b[x]" is not`},
		"module keyed to be whole": {`module.m["1"].thermostat.a`, `module.m`, `module.n[0]`, `which has module.m["1"]`},
	} {
		s := holding(strings.Split(tt.state, " ")...)
		next, moved, err := s.Move(tt.from, tt.to)
		if err == nil || !strings.Contains(err.Error(), tt.says) || next != nil || moved != nil {
			t.Errorf("%s: %v, %v", name, err, moved)
		}
	}
}

func TestRemoveAndSelect(t *testing.T) {
	all := []string{`thermostat.a`, `thermostat.b[2]`, `thermostat.b[10]`, `module.m["1"].thermostat.a`, `module.m["2"].thermostat.a`}
	for names, want := range map[string][]string{
		`thermostat.a`:    {`thermostat.a`},
		`thermostat.b`:    {`thermostat.b[2]`, `thermostat.b[10]`},
		`thermostat.b[2]`: {`thermostat.b[2]`},
		`module.m`:        all[3:],
		`module.m["2"] thermostat.a thermostat.a`: {`thermostat.a`, `module.m["2"].thermostat.a`},
		`module.m["2"].thermostat.a`:              all[4:],
	} {
		s := holding(all...)
		next, removed, err := s.Remove(strings.Split(names, " ")...)
		if diff := cmp.Diff(want, removed); diff != "" || err != nil {
			t.Errorf("%s: %v%s", names, err, diff)
			continue
		}
		left := slices.DeleteFunc(slices.Clone(all), func(a string) bool { return slices.Contains(want, a) })
		if diff := cmp.Diff(left, must(next.Select())); diff != "" || len(s.Thermostats) != len(all) {
			t.Errorf("%s: left %s", names, diff)
		}
	}
	s := holding(all...)
	next, removed, err := s.Remove("hall", "thermostat.a", "thermostat.x", "thermostat.b[3]")
	for _, says := range []string{`"hall"`, "thermostat.x is not", "which has thermostat.b[2], thermostat.b[10]"} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("no %q in: %v", says, err)
		}
	}
	if next != nil || removed != nil || !maps.EqualFunc(s.Thermostats, holding(all...).Thermostats, Entry.Equal) {
		t.Error("half done")
	}
	if _, _, err := s.Remove(); err == nil {
		t.Error("everything is forgotten for want of a name")
	}
}

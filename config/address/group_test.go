package address_test

import (
	"strings"
	"testing"

	"setpoint/config/address"
)

func group(t *testing.T, s string) address.Group {
	t.Helper()
	g, err := address.ParseGroup(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestParseGroup(t *testing.T) {
	for s, want := range map[string]struct {
		text   string
		module bool
		key    address.Key
	}{
		`thermostat.room`:                      {module: false},
		`thermostat.room["a.b"]`:               {key: address.String("a.b")},
		`thermostat.room[3]`:                   {key: address.Int(3)},
		`module.floor`:                         {module: true},
		`module.floor["2"]`:                    {module: true, key: address.String("2")},
		`module.a[1].module.b`:                 {module: true},
		`module.floor["2"].thermostat.room`:    {},
		`module.floor["\u0032"].module.x["é"]`: {text: `module.floor["2"].module.x["é"]`, module: true, key: address.String("é")},
	} {
		g := group(t, s)
		if want.text == "" {
			want.text = s
		}
		if g.String() != want.text || g.IsModule() != want.module || g.Key() != want.key {
			t.Errorf("%s: %s, module %t, key %s", s, g, g.IsModule(), g.Key())
		}
		if again := group(t, g.String()); again != g {
			t.Errorf("%s: %v read again is %v", s, g, again)
		}
	}
}

func TestParseGroupRefuses(t *testing.T) {
	for s, says := range map[string]string{
		"": "looks like", "thermostat": "looks like", "thermostat.": "looks like", "module": "looks like", "module.": "looks like",
		"thermostat.a.b": "looks like", "thermostat.a.module.b": "looks like", "module.a.": "looks like", " thermostat.a": "looks like",
		"thermostat.*": "looks like", "thermostat.room[]": "looks like", "room": "looks like", "module.a[01]": "looks like", "module.a\xff": "looks like",
		"thermostat.room[bath]": "single ones", "module.floor[up].thermostat.a": "single ones", `thermostat.room["a"`: "looks like",
	} {
		g, err := address.ParseGroup(s)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q is read as %v, %v", s, g, err)
		}
	}
}

func TestGroupHas(t *testing.T) {
	for g, want := range map[string]string{
		`thermostat.room`:                        `100000`,
		`thermostat.room["1"]`:                   `000000`,
		`module.f`:                               `011110`,
		`module.f["1"]`:                          `001100`,
		`module.f["1"].module.g`:                 `000100`,
		`module.f["1"].module.g[0]`:              `000100`,
		`module.f["1"].thermostat.room`:          `001000`,
		`module.f.thermostat.room["x"]`:          `010000`,
		`module.f["1"].module.g.thermostat.room`: `000000`,
		`module.floor`:                           `000001`,
		`module.flo`:                             `000000`,
	} {
		got := ""
		for _, a := range []string{
			`thermostat.room`, `module.f.thermostat.room["x"]`, `module.f["1"].thermostat.room["x"]`,
			`module.f["1"].module.g[0].thermostat.room`, `module.f["]."].thermostat.room`, `module.floor.thermostat.room`,
		} {
			if group(t, g).Has(parse(t, a)) {
				got += "1"
			} else {
				got += "0"
			}
		}
		if got != want {
			t.Errorf("%s: has %s, want %s", g, got, want)
		}
	}
}

func TestGroupRename(t *testing.T) {
	for _, tt := range []struct{ from, to, address, want string }{
		{`thermostat.a`, `thermostat.b`, `thermostat.a`, `thermostat.b`},
		{`thermostat.a`, `thermostat.b`, `thermostat.a["1"]`, `thermostat.b["1"]`},
		{`thermostat.a`, `thermostat.b["1"]`, `thermostat.a`, `thermostat.b["1"]`},
		{`thermostat.a["1"]`, `thermostat.b`, `thermostat.a["1"]`, `thermostat.b`},
		{`thermostat.a[0]`, `module.m["x"].thermostat.a["y"]`, `thermostat.a[0]`, `module.m["x"].thermostat.a["y"]`},
		{`module.m["x"].thermostat.a`, `thermostat.c`, `module.m["x"].thermostat.a[1]`, `thermostat.c[1]`},
		{`module.thermostat.thermostat.a`, `module.thermostat.thermostat.thermostat`, `module.thermostat.thermostat.a`, `module.thermostat.thermostat.thermostat`},
		{`module.m`, `module.n`, `module.m["x"].thermostat.a[1]`, `module.n["x"].thermostat.a[1]`},
		{`module.m["x"]`, `module.n["y"]`, `module.m["x"].module.k[0].thermostat.a`, `module.n["y"].module.k[0].thermostat.a`},
		{`module.m["x"]`, `module.n`, `module.m["x"].thermostat.a[1]`, `module.n.thermostat.a[1]`},
		{`module.m`, `module.n.module.m`, `module.m["x"].thermostat.a`, `module.n.module.m["x"].thermostat.a`},
		{`module.m`, `module.n`, `module.mm.thermostat.a`, `module.mm.thermostat.a`},
		{`module.m`, `thermostat.n`, `module.m.thermostat.a`, `module.m.thermostat.a`},
	} {
		got := group(t, tt.from).Rename(parse(t, tt.address), group(t, tt.to))
		if got != parse(t, tt.want) {
			t.Errorf("%s, %s to %s: %s, want %s", tt.address, tt.from, tt.to, got, tt.want)
		}
	}
}

// FuzzParseGroup holds groups against addresses: what is an address is a group,
// which holds that address and what is below it.
func FuzzParseGroup(f *testing.F) {
	f.Add(`module.floor["2"].thermostat.room["201"]`)
	f.Add(`module.a[0].module.b`)
	f.Add(`thermostat.thermostat`)
	f.Fuzz(func(t *testing.T, s string) {
		g, err := address.ParseGroup(s)
		a, single := address.Parse(s)
		if err != nil {
			if single == nil {
				t.Fatalf("%q is an address, but no group", s)
			}
			return
		}
		below := a
		if g.IsModule() {
			if below, err = address.Parse(g.String() + ".thermostat.x"); err != nil {
				t.Fatal(err)
			}
		} else if single != nil || a.String() != g.String() {
			t.Fatalf("%q is %v as a group and %v as an address", s, g, a)
		}
		if again, err := address.ParseGroup(g.String()); err != nil || again != g || !g.Has(below) || g.Rename(below, g) != below {
			t.Fatalf("%q: read again %v, %v; has %v: %t", s, again, err, below, g.Has(below))
		}
	})
}

package address_test

import (
	"slices"
	"strings"
	"testing"

	"setpoint/config/address"
)

func parse(t *testing.T, s string) address.Address {
	t.Helper()
	a, err := address.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestParse(t *testing.T) {
	for s, want := range map[string]address.Address{
		`thermostat.hall`:                               {Name: "hall"},
		`thermostat._`:                                  {Name: "_"},
		`thermostat.thermostat`:                         {Name: "thermostat"},
		`thermostat.module`:                             {Name: "module"},
		`thermostat.Küche-2_b`:                          {Name: "Küche-2_b"},
		`thermostat.room[0]`:                            {Name: "room", Key: address.Int(0)},
		`thermostat.room[12]`:                           {Name: "room", Key: address.Int(12)},
		`thermostat.room["12"]`:                         {Name: "room", Key: address.String("12")},
		`thermostat.room[""]`:                           {Name: "room", Key: address.String("")},
		`thermostat.room["]"]`:                          {Name: "room", Key: address.String("]")},
		`thermostat.room["a.b[\"c\"]"]`:                 {Name: "room", Key: address.String(`a.b["c"]`)},
		`module.floor.thermostat.hall`:                  {Module: "module.floor", Name: "hall"},
		`module.floor["2"].thermostat.room["201"]`:      {Module: `module.floor["2"]`, Name: "room", Key: address.String("201")},
		`module.a[1].module.b["x\ny"].thermostat.c[0]`:  {Module: `module.a[1].module.b["x\ny"]`, Name: "c", Key: address.Int(0)},
		`module.module.module.thermostat.thermostat.it`: {Module: `module.module.module.thermostat`, Name: "it"},
	} {
		got, err := address.Parse(s)
		if err != nil || got != want {
			t.Errorf("Parse(%s) = %+v, %v; want %+v", s, got, err, want)
		}
		if got.String() != s {
			t.Errorf("Parse(%s) prints as %s", s, got)
		}
	}
}

// What is legal but not as Quote writes it is read, and printed in the one form.
func TestParsePrintsTheCanonicalForm(t *testing.T) {
	for s, want := range map[string]string{
		`thermostat.room["\u0041\U00000042"]`:        `thermostat.room["AB"]`,
		`module.f["\u0032"].thermostat.room`:         `module.f["2"].thermostat.room`,
		"thermostat.room[\"\t\"]":                    `thermostat.room["\t"]`,
		`thermostat.room["\u000A\u00E9\U0001F6CB"]`:  `thermostat.room["\né🛋"]`,
		`thermostat.room["\u0024{\u0025{$\u007b"]`:   `thermostat.room["$${%%{$${"]`,
		`module.f["$${a}"].thermostat.room["%%{b}"]`: `module.f["$${a}"].thermostat.room["%%{b}"]`,
	} {
		if got := parse(t, s).String(); got != want {
			t.Errorf("Parse(%s) prints as %s, want %s", s, got, want)
		}
	}
}

// malformed are texts that look like addresses and are none.
func malformed() []string {
	return []string{
		``, `.`, `hall`, `thermostat`, `thermostat.`, `.hall`, `thermostat..hall`, `thermostats.hall`, `Thermostat.hall`,
		` thermostat.hall`, `thermostat.hall `, `thermostat .hall`, `thermostat. hall`, "thermostat.hall\n",
		`thermostat.hall.`, `thermostat.hall.setpoint`, `thermostat.hall.thermostat.hall`, `thermostat.1st`, `thermostat.-x`, `thermostat.a b`, `thermostat.a"b`, `thermostat.a]`, `thermostat.a$b`,
		"thermostat.\xff", "thermostat.a\xc3", "module.\xff.thermostat.a", "thermostat.a[\"\xff\"]", "module.a[\"\xff\"].thermostat.b",
		`thermostat.a[`, `thermostat.a[]`, `thermostat.a[0`, `thermostat.a0]`, `thermostat.a[0]]`, `thermostat.a[0][1]`, `thermostat.a[0]b`, `thermostat.a[0].`, `thermostat.[0]`,
		`thermostat.a[ 0]`, `thermostat.a[0 ]`, `thermostat.a[-1]`, `thermostat.a[-0]`, `thermostat.a[+1]`, `thermostat.a[01]`, `thermostat.a[1.0]`, `thermostat.a[1e3]`, `thermostat.a[0x1]`, `thermostat.a[1_000]`,
		`thermostat.a[99999999999999999999]`, `thermostat.a[b]`, `thermostat.a[*]`, `thermostat.a['b']`,
		`thermostat.a["b]`, `thermostat.a["b"`, `thermostat.a["b" ]`, `thermostat.a[ "b"]`, `thermostat.a[b"]`, `thermostat.a["b"]c`, `thermostat.a["b"]["c"]`, `thermostat.a["b""c"]`, `thermostat.a"b"`,
		`thermostat.a["\"]`, `thermostat.a["\`, `thermostat.a["\x41"]`, `thermostat.a["\'"]`, `thermostat.a["\0"]`,
		`thermostat.a["\u"]`, `thermostat.a["\u41"]`, `thermostat.a["\u004`, `thermostat.a["\u00g1"]`, `thermostat.a["\u+041"]`, `thermostat.a["\U0041"]`,
		`thermostat.a["\ud800"]`, `thermostat.a["\udfff"]`, `thermostat.a["\U00110000"]`, `thermostat.a["\Uffffffff"]`,
		"thermostat.a[\"b\nc\"]", "thermostat.a[\"b\rc\"]", `thermostat.a["${b}"]`, `thermostat.a["%{if b}"]`, `module.a["${b}"].thermostat.c`,
		`module`, `module.`, `module.a`, `module.a["b"]`, `module.a.b`, `module.a.`, `module.a.module.b`, `module.a.thermostat`, `module..thermostat.a`, `module.a[0]thermostat.b`, `module.a[0]..thermostat.b`, `module.a[x].thermostat.b`,
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range malformed() {
		got, err := address.Parse(s)
		if err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", s, got)
			continue
		}
		if got != (address.Address{}) {
			t.Errorf("Parse(%q) gives %+v beside the error", s, got)
		}
		if !strings.Contains(err.Error(), "thermostat.NAME") {
			t.Errorf("Parse(%q): %v; want the error to show what an address looks like", s, err)
		}
	}
}

func TestKey(t *testing.T) {
	for _, c := range []struct {
		key   address.Key
		text  string
		value any
		none  bool
	}{
		{address.Key{}, ``, nil, true},
		{address.Int(0), `[0]`, 0, false},
		{address.Int(10), `[10]`, 10, false},
		{address.String(""), `[""]`, "", false},
		{address.String(`a"b`), `["a\"b"]`, `a"b`, false},
	} {
		if c.key.String() != c.text || c.key.Value() != c.value || c.key.IsNone() != c.none {
			t.Errorf("%#v: String %s, Value %#v, IsNone %v; want %s, %#v, %v", c.key, c.key, c.key.Value(), c.key.IsNone(), c.text, c.value, c.none)
		}
	}
}

func TestCompareOrders(t *testing.T) {
	inOrder := []string{
		`thermostat.Z`,
		`thermostat.a`,
		`thermostat.a[2]`,
		`thermostat.a[10]`,
		`thermostat.a[""]`,
		`thermostat.a["10"]`,
		`thermostat.a["2"]`,
		`thermostat.a["B"]`,
		`thermostat.a["a"]`,
		`thermostat.a["ä"]`,
		`thermostat.a-b`,
		`thermostat.b`,
		`module.a.thermostat.z`,
		`module.a.module.b.thermostat.a`,
		`module.a[2].thermostat.a`,
		`module.a[2].thermostat.b`,
		`module.a[2].module.z.thermostat.a`,
		`module.a[10].thermostat.a`,
		`module.a["10"].thermostat.a`,
		`module.a["2"].thermostat.a`,
		`module.a-b.thermostat.a`,
		`module.b.thermostat.a`,
	}
	for i, a := range inOrder {
		for j, b := range inOrder {
			want := min(max(i-j, -1), 1)
			if got := address.Compare(parse(t, a), parse(t, b)); got != want {
				t.Errorf("Compare(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestBlockAndGroups(t *testing.T) {
	for s, want := range map[string][]string{
		`thermostat.hall`:                          {`thermostat.hall`},
		`thermostat.room["a"]`:                     {`thermostat.room`},
		`module.floor.thermostat.hall`:             {`module.floor`, `module.floor.thermostat.hall`},
		`module.floor["2"].thermostat.room["201"]`: {`module.floor`, `module.floor["2"].thermostat.room`},
		`module.a[1].module.b["."].thermostat.c[0]`: {
			`module.a`, `module.a[1].module.b`, `module.a[1].module.b["."].thermostat.c`,
		},
	} {
		a := parse(t, s)
		if got := a.Groups(); !slices.Equal(got, want) {
			t.Errorf("groups of %s: %q, want %q", s, got, want)
		}
		if got := a.Block(); got != want[len(want)-1] {
			t.Errorf("block of %s: %s, want %s", s, got, want[len(want)-1])
		}
	}
}

// Whatever can be parsed prints as something that parses to the same address
// and compares equal to it, and its key means what HCL takes it for.
func FuzzParse(f *testing.F) {
	for _, s := range malformed() {
		f.Add(s)
	}
	for text := range quotedTexts() {
		f.Add(`thermostat.room[` + address.Quote(text) + `]`)
		f.Add(`module.floor[` + address.Quote(text) + `].module.wing[3].thermostat.hall`)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := address.Parse(s)
		if err != nil {
			return
		}
		again := parse(t, a.String())
		if again != a || again.String() != a.String() || address.Compare(a, again) != 0 {
			t.Errorf("%q is %+v and prints as %s, which is %+v", s, a, a, again)
		}
		for _, group := range a.Groups() {
			if !strings.HasPrefix(a.String(), group) {
				t.Errorf("%s is not in its group %s", a, group)
			}
		}
		if key, ok := a.Key.Value().(string); ok {
			// Inside a literal the quote would have a backslash before it.
			written := s[strings.LastIndex(s, `["`)+1 : len(s)-1]
			if got, want := evaluate(t, written), meant(key); got != want {
				t.Errorf("the key of %q is %q, HCL takes it for %q", s, want, got)
			}
		}
	})
}

// Whatever an address is made of, it parses back, as far as it is UTF-8.
func FuzzAddress(f *testing.F) {
	f.Add("floor", "2", "room", "201", 0, true)
	f.Add("a", "", "b", "${x}", 7, false)
	f.Add("a", "].thermostat.c[", "b", "\"\\\n\x00", 12, true)
	f.Fuzz(func(t *testing.T, module, moduleKey, name, key string, index int, counted bool) {
		if _, err := address.Parse("module." + module + ".thermostat." + name); err != nil || strings.ContainsAny(module+name, ".[") {
			return
		}
		k := address.String(key)
		if counted {
			k = address.Int(max(index, 0))
		}
		a := address.Address{Module: "module." + module + address.String(moduleKey).String(), Name: name, Key: k}
		got := parse(t, a.String())
		if got.String() != a.String() || got.Name != name || got.Module != a.Module {
			t.Errorf("%+v comes back as %+v", a, got)
		}
		if string([]rune(key)) == key && got != a {
			t.Errorf("%+v comes back as %+v", a, got)
		}
	})
}

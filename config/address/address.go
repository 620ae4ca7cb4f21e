// Package address names thermostats: module.floor["2"].thermostat.room["201"].
// It reads, prints and orders such names.
//
// It stands at the lowest floor because configuration, state and plan all speak
// of addresses; it knows neither HCL nor what is at an address.
package address

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Address is where a thermostat is declared. Addresses are compared with
// Compare and with ==.
type Address struct {
	Module string // the module instance in canonical form, "" for the root: module.floor["2"]
	Name   string
	Key    Key
}

// Key is what follows a name in brackets: nothing, a count index or a for_each key.
type Key struct {
	kind keyKind
	num  int
	text string
}

type keyKind uint8

const (
	noKey keyKind = iota
	intKey
	stringKey
)

// Int is a count index, 0 or more.
func Int(n int) Key { return Key{kind: intKey, num: n} }

// String is a for_each key.
func String(s string) Key { return Key{kind: stringKey, text: s} }

// IsNone tells whether nothing follows the name.
func (k Key) IsNone() bool { return k.kind == noKey }

// Value is nil, an int or a string.
func (k Key) Value() any {
	switch k.kind {
	case intKey:
		return k.num
	case stringKey:
		return k.text
	case noKey:
	}
	return nil
}

// String is the key as it follows the name, brackets included; "" for none.
func (k Key) String() string {
	switch k.kind {
	case intKey:
		return "[" + strconv.Itoa(k.num) + "]"
	case stringKey:
		return "[" + Quote(k.text) + "]"
	case noKey:
	}
	return ""
}

// Compare orders keys: none, then indexes as numbers, then texts bytewise.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.kind, o.kind), cmp.Compare(k.num, o.num), cmp.Compare(k.text, o.text))
}

// String is the address in canonical form.
func (a Address) String() string { return a.Block() + a.Key.String() }

// Block is the address without its key: the name of the declaration as a whole
// within its module instance.
func (a Address) Block() string {
	if a.Module == "" {
		return "thermostat." + a.Name
	}
	return a.Module + ".thermostat." + a.Name
}

// Declaration is the block in the files that the address comes from, without
// any key: module.floor.thermostat.room.
func (a Address) Declaration() string {
	text := "thermostat." + a.Name
	if a.Module == "" {
		return text
	}
	steps, _ := parse(a.Module)
	for i := len(steps) - 1; i >= 0; i-- {
		text = "module." + steps[i].name + "." + text
	}
	return text
}

// Compare orders addresses: those of the root module first, module by module
// after them, then by name bytewise, then by key.
func Compare(a, b Address) int {
	if a.Module != b.Module {
		return compareModules(a.Module, b.Module)
	}
	return cmp.Or(cmp.Compare(a.Name, b.Name), a.Key.Compare(b.Key))
}

func compareModules(a, b string) int {
	as, _ := parse(a)
	bs, _ := parse(b)
	for i := range min(len(as), len(bs)) {
		if c := cmp.Or(cmp.Compare(as[i].name, bs[i].name), as[i].key.Compare(bs[i].key)); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(as), len(bs))
}

// Groups are the names under which others can depend on the address as a part
// of a whole: each module call that it lies in, and its own block.
func (a Address) Groups() []string {
	var groups []string
	if a.Module != "" {
		steps, _ := parse(a.Module)
		var prefix string
		for _, s := range steps {
			groups = append(groups, prefix+"module."+s.name)
			prefix += "module." + s.name + s.key.String() + "."
		}
	}
	return append(groups, a.Block())
}

// Modules are the module instances that the address lies in, the outermost first,
// each in canonical form: module.wing, module.wing.module.floor["2"].
func (a Address) Modules() []string {
	if a.Module == "" {
		return nil
	}
	steps, _ := parse(a.Module)
	modules := make([]string, 0, len(steps))
	var prefix string
	for _, s := range steps {
		prefix += "module." + s.name + s.key.String()
		modules = append(modules, prefix)
		prefix += "."
	}
	return modules
}

// Parse reads an address. There is no space in it outside a key; a key in quotes
// may be any HCL string literal without templates, not only what Quote writes.
// The error says what is expected.
func Parse(s string) (Address, error) {
	steps, err := parse(s)
	if err != nil {
		return Address{}, err
	}
	last := len(steps) - 1
	if steps[last].kind != "thermostat" {
		return Address{}, fmt.Errorf("%q names a module, not a thermostat: an address looks like thermostat.NAME or thermostat.NAME[\"KEY\"]", s)
	}
	var modules []string
	for _, m := range steps[:last] {
		modules = append(modules, "module."+m.name+m.key.String())
	}
	return Address{Module: strings.Join(modules, "."), Name: steps[last].name, Key: steps[last].key}, nil
}

type step struct {
	kind, name string
	key        Key
}

func parse(s string) ([]step, error) {
	bad := func() ([]step, error) {
		return nil, fmt.Errorf("%q is not the address of a thermostat: it looks like thermostat.NAME, thermostat.NAME[\"KEY\"] or module.NAME.thermostat.NAME", s)
	}
	if !utf8.ValidString(s) {
		return bad()
	}
	var steps []step
	for rest := s; ; {
		kind, after, ok := strings.Cut(rest, ".")
		if !ok || (kind != "module" && kind != "thermostat") {
			return bad()
		}
		end := strings.IndexAny(after, ".[")
		if end < 0 {
			end = len(after)
		}
		next := step{kind: kind, name: after[:end]}
		if !isName(next.name) {
			return bad()
		}
		rest = after[end:]
		if strings.HasPrefix(rest, "[") {
			key, tail, err := parseKey(rest[1:])
			if err != nil {
				return bad()
			}
			next.key, rest = key, tail
		}
		steps = append(steps, next)
		switch {
		case rest == "":
			return steps, nil
		case rest[0] != '.' || kind == "thermostat":
			return bad()
		}
		rest = rest[1:]
	}
}

func parseKey(s string) (key Key, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		digits, rest, ok := strings.Cut(s, "]")
		n, err := strconv.Atoi(digits)
		if !ok || err != nil || n < 0 || strconv.Itoa(n) != digits {
			return Key{}, "", fmt.Errorf("bad index in %q", s)
		}
		return Int(n), rest, nil
	}
	text, rest, err := unquote(s)
	if err != nil || !strings.HasPrefix(rest, "]") {
		return Key{}, "", fmt.Errorf("bad key in %q", s)
	}
	return String(text), rest[1:], nil
}

func isName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r > 127:
		case i > 0 && (r == '-' || r >= '0' && r <= '9'):
		default:
			return false
		}
	}
	return s != ""
}

// MarshalText is the canonical form.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads the canonical form.
func (a *Address) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err == nil && parsed.String() != string(text) {
		err = fmt.Errorf("%q is not in canonical form, which is %s", text, parsed)
	}
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

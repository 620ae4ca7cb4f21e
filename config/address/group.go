package address

import (
	"fmt"
	"strings"
)

// Group is a name for one thermostat or several, as commands take it:
//
//	thermostat.NAME         a block: all its instances, or the one without key
//	thermostat.NAME["KEY"]  one instance of a block
//	module.NAME             a module with all its instances and all in them
//	module.NAME["KEY"]      one instance of a module with all in it
//
// Each may lie in a module instance: module.floor["2"].thermostat.room. Groups
// are compared with ==.
type Group struct {
	path string // without the key: module.floor["2"].thermostat.room
	last string // "thermostat" or "module"
	key  Key
}

// ParseGroup reads a group as strictly as Parse reads an address. The error says
// what is expected.
func ParseGroup(s string) (Group, error) {
	steps, err := parse(s)
	if err != nil {
		hint := ""
		if strings.Contains(s, "[") && !strings.Contains(s, `"`) {
			hint = `. A key stands in double quotes, which a shell takes away unless the whole address stands in single ones: 'thermostat.NAME["KEY"]'`
		}
		return Group{}, fmt.Errorf(`%q is not an address: it looks like thermostat.NAME, thermostat.NAME["KEY"], module.NAME or module.NAME.thermostat.NAME%s`, s, hint)
	}
	var path strings.Builder
	last := len(steps) - 1
	for _, m := range steps[:last] {
		path.WriteString("module." + m.name + m.key.String() + ".")
	}
	path.WriteString(steps[last].kind + "." + steps[last].name)
	return Group{path: path.String(), last: steps[last].kind, key: steps[last].key}, nil
}

// String is the group in canonical form.
func (g Group) String() string { return g.path + g.key.String() }

// IsModule tells a module or an instance of one from thermostats.
func (g Group) IsModule() bool { return g.last == "module" }

// Key is the key of the instance that is named, none where the name has none.
func (g Group) Key() Key { return g.key }

// KeyOf tells whether an address lies in the block or the module of this name,
// whatever the group's own key, and in which instance of it.
func (g Group) KeyOf(a Address) (key Key, ok bool) {
	key, _, ok = g.split(a)
	return key, ok
}

// Has tells whether the group holds an address: a group without key holds all
// instances.
func (g Group) Has(a Address) bool {
	key, ok := g.KeyOf(a)
	return ok && (g.key.IsNone() || g.key == key)
}

// Rename gives an address that g holds its place in another group of the same
// kind. Between two groups without key the key of the instance is kept, else it
// becomes that of the other group. An address that g does not hold stays as it is.
func (g Group) Rename(a Address, to Group) Address {
	key, below, ok := g.split(a)
	if !ok || g.last != to.last {
		return a
	}
	if !g.key.IsNone() || !to.key.IsNone() {
		key = to.key
	}
	if g.IsModule() {
		return Address{Module: to.path + key.String() + below, Name: a.Name, Key: a.Key}
	}
	cut := strings.LastIndex(to.path, "thermostat.")
	return Address{Module: strings.TrimSuffix(to.path[:cut], "."), Name: to.path[cut+len("thermostat."):], Key: key}
}

// split cuts what g names off an address: the key that follows, and the module
// instances below it. Both texts are canonical, so comparing them is enough.
func (g Group) split(a Address) (key Key, below string, ok bool) {
	if !g.IsModule() {
		return a.Key, "", a.Block() == g.path
	}
	rest, ok := strings.CutPrefix(a.Module, g.path)
	switch {
	case !ok:
		return Key{}, "", false
	case rest == "" || rest[0] == '.':
		return Key{}, rest, true
	case rest[0] != '[': // a longer name
		return Key{}, "", false
	}
	key, below, err := parseKey(rest[1:])
	return key, below, err == nil
}

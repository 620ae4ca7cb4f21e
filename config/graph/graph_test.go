package graph

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"setpoint/config"
	"setpoint/config/address"
)

// TestGraphIsValid draws names that are hard to quote: what comes out has the
// grammar of DOT, every arrow ends at nodes that are drawn, and at boxes that
// are drawn around them.
func TestGraphIsValid(t *testing.T) {
	keys := []string{"", "a", `"`, `\`, `\"`, `"]; evil [label="`, "a\nb", "a -> b", "}", "{", "<b>", "&amp;", "é😀", "\u2028", "//", "#", "/*", "${x}", `\N`}
	var all []config.Thermostat
	for i, key := range keys {
		module := "module.m[" + address.Quote(key) + "].module.größe"
		for _, in := range []string{"", module} {
			previous := address.Address{Module: in, Name: "graph", Key: address.String(key)}
			all = append(all,
				config.Thermostat{Address: address.Address{Module: in, Name: "node"}, After: []string{previous.Block()}, DependsOn: []string{"thermostat.nowhere"}},
				config.Thermostat{Address: previous})
		}
		all = append(all, config.Thermostat{Address: address.Address{Name: fmt.Sprintf("r%d", i)}, DependsOn: []string{"module.m", module}})
	}
	for _, full := range []bool{false, true} {
		text := newGraph(all, full).dot()
		drawn := parseDOT(t, text)
		if len(drawn.nodes) != len(newGraph(all, full).nodes) {
			t.Errorf("%d nodes drawn:\n%s", len(drawn.nodes), text)
		}
		if len(drawn.arrows) < 2*len(keys) {
			t.Errorf("only %d arrows drawn:\n%s", len(drawn.arrows), text)
		}
		for _, a := range drawn.arrows {
			from, known := drawn.nodes[a.from]
			to, knownTo := drawn.nodes[a.to]
			if !known || !knownTo {
				t.Errorf("%s -> %s, but these are not both drawn", a.from, a.to)
			}
			if a.into != "" && (!strings.Contains(to, a.into+"\x00") || strings.Contains(from, a.into+"\x00")) {
				t.Errorf("%s -> %s at the box %s, which is around %q, not around %q", a.from, a.to, a.into, from, to)
			}
		}
		for range 10 {
			if again := newGraph(all, full).dot(); again != text {
				t.Fatalf("drawn again, it is another graph:\n%s", again)
			}
		}
	}
}

func TestGraphCountsAndReduces(t *testing.T) {
	at := func(text string) address.Address {
		a, err := address.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	all := []config.Thermostat{
		{Address: at("thermostat.a")},
		{Address: at("thermostat.b[0]"), After: []string{"thermostat.a"}},
		{Address: at("thermostat.b[1]"), After: []string{"thermostat.a"}},
		{Address: at("thermostat.c"), After: []string{"thermostat.a", "thermostat.b"}},
		{Address: at("thermostat.d"), After: []string{"thermostat.a", "thermostat.b"}, DependsOn: []string{"thermostat.a"}},
		{Address: at("module.x[0].thermostat.e")},
		{Address: at("module.x[2].thermostat.e")},
	}
	for range 20 {
		if text := newGraph(all, false).dot(); !strings.Contains(text, `"thermostat.d" -> "thermostat.a"`+"\n") {
			t.Fatalf("a dependency is drawn as a reference:\n%s", text)
		}
	}
	for full, wants := range map[bool][]string{
		false: {
			`"thermostat.b" [label = "thermostat.b (2)"]`, `label = "module.x (2)"`, `[label = "thermostat.e (2)"]`, `"thermostat.b" -> "thermostat.a" [style = "dashed"]`,
			`"thermostat.c" -> "thermostat.b" [style = "dashed"]`, `"thermostat.d" -> "thermostat.a"` + "\n",
		},
		true: {
			`"thermostat.b[1]" [label = "thermostat.b[1]"]`, `subgraph "cluster_module.x[2]"`, `"thermostat.b[1]" -> "thermostat.a" [style = "dashed"]`,
			`"thermostat.c" -> "thermostat.b[0]" [lhead = "cluster_thermostat.b", style = "dashed"]`, `"thermostat.d" -> "thermostat.a"` + "\n",
		},
	} {
		text := newGraph(all, full).dot()
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("full %t: no %s in\n%s", full, want, text)
			}
		}
		if strings.Contains(text, `"thermostat.c" -> "thermostat.a"`) {
			t.Errorf("full %t: what follows from other references is drawn:\n%s", full, text)
		}
	}
}

type drawing struct {
	nodes  map[string]string // the names of the boxes around each, ended by zeros
	arrows []drawnArrow
}

type drawnArrow struct{ from, to, into string }

// parseDOT reads as much of the language as graphs are written in, and fails on
// anything else.
func parseDOT(t *testing.T, text string) drawing {
	t.Helper()
	const quoted = `"((?:[^"\\\n]|\\[\\"])*)"`
	patterns := map[string]*regexp.Regexp{}
	for name, pattern := range map[string]string{
		"box":   `^subgraph ` + quoted + ` \{$`,
		"node":  `^` + quoted + ` \[label = ` + quoted + `\]$`,
		"arrow": `^` + quoted + ` -> ` + quoted + `(?: \[(?:lhead = ` + quoted + `)?(?:, )?(?:style = "dashed")?\])?$`,
		"set":   `^(?:label|rankdir) = ` + quoted + `$|^compound = true$|^node \[shape = "box"\]$`,
	} {
		patterns[name] = regexp.MustCompile(pattern)
	}
	drawn := drawing{nodes: map[string]string{}}
	var open []string
	lines := strings.Split(strings.TrimSuffix(text, "}\n"), "\n")
	for _, line := range lines[2 : len(lines)-1] {
		line = strings.TrimSpace(line)
		if m := patterns["box"].FindStringSubmatch(line); m != nil {
			if !strings.HasPrefix(m[1], "cluster") {
				t.Errorf("no box is drawn for %q", m[1])
			}
			open = append(open, m[1]+"\x00")
		} else if m := patterns["node"].FindStringSubmatch(line); m != nil {
			if _, twice := drawn.nodes[m[1]]; twice {
				t.Errorf("%q is drawn twice", m[1])
			}
			drawn.nodes[m[1]] = strings.Join(open, "")
		} else if m := patterns["arrow"].FindStringSubmatch(line); m != nil {
			drawn.arrows = append(drawn.arrows, drawnArrow{m[1], m[2], m[3]})
		} else if line == "}" && len(open) > 0 {
			open = open[:len(open)-1]
		} else if !patterns["set"].MatchString(line) {
			t.Errorf("no DOT: %s", line)
		}
	}
	if len(open) > 0 || !strings.HasPrefix(text, "//") || lines[1] != "digraph {" {
		t.Errorf("not one graph:\n%s", text)
	}
	return drawn
}

// TestGraphGathersArrows: modules that refer to all instances of another have one
// arrow each, however many there are; those that refer to some have theirs.
func TestGraphGathersArrows(t *testing.T) {
	const instances = 300
	var all []config.Thermostat
	var every []string
	at := func(module string, i int) address.Address {
		return address.Address{Module: fmt.Sprintf("module.%s[%d]", module, i), Name: "t"}
	}
	for i := range instances {
		all = append(all, config.Thermostat{Address: at("first", i)})
		every = append(every, at("first", i).Block())
	}
	for i := range instances {
		all = append(all, config.Thermostat{Address: at("then", i), After: every})
	}
	all = append(all, config.Thermostat{Address: address.Address{Name: "some"}, After: every[1:], DependsOn: every[1:3]})
	arrows := parseDOT(t, newGraph(all, true).dot()).arrows
	if len(arrows) != instances+instances-1 {
		t.Fatalf("%d arrows", len(arrows))
	}
	for _, a := range arrows {
		if strings.HasPrefix(a.from, "module.then") != (a.into == "cluster_module.first") {
			t.Errorf("%+v", a)
		}
	}
}

// TestGraphOfAChain: each of many blocks refers to all before it through the last,
// which is the only arrow that is drawn.
func TestGraphOfAChain(t *testing.T) {
	const blocks = 1000
	var all []config.Thermostat
	var before []string
	for i := range blocks {
		a := address.Address{Name: fmt.Sprintf("t%d", i)}
		all = append(all, config.Thermostat{Address: a, After: before[:i:i]})
		before = append(before, a.Block())
	}
	for _, full := range []bool{false, true} {
		if n := len(parseDOT(t, newGraph(all, full).dot()).arrows); n != blocks-1 {
			t.Errorf("full %t: %d arrows", full, n)
		}
	}
}

// TestGraphFollowsFarther: what follows in several steps is left out too, and what
// does not follow is not; in a time that grows as the graph does.
func TestGraphFollowsFarther(t *testing.T) {
	const blocks = 10_000
	name := func(i int) string { return fmt.Sprintf("thermostat.t%d", i) }
	var all []config.Thermostat
	for i := range blocks {
		var before []string
		for _, back := range []int{1, 2, 7} {
			if i >= back {
				before = append(before, name(i-back))
			}
		}
		all = append(all, config.Thermostat{Address: address.Address{Name: name(i)[len("thermostat."):]}, After: before})
	}
	all = append(all,
		config.Thermostat{Address: address.Address{Name: "u"}},
		config.Thermostat{Address: address.Address{Name: "v"}, After: []string{name(5), name(9), "thermostat.u"}})
	text := newGraph(all, true).dot()
	if n := len(parseDOT(t, text).arrows); n != blocks-1+2 {
		t.Errorf("%d arrows", n)
	}
	for _, want := range []string{`"thermostat.v" -> "thermostat.u"`, `"thermostat.v" -> "thermostat.t9"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

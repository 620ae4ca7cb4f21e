package main

import (
	"slices"
	"testing"
)

// own and other are imports by product code, with a line that no test is about.
func own(path string) imported   { return imported{path: path, own: true, at: "x.go:1"} }
func other(path string) imported { return imported{path: path, at: "x.go:1"} }

func inTest(i imported) imported {
	i.test = true
	return i
}

func TestCheck(t *testing.T) {
	rows := []row{
		{pkg: "ground", floor: 0, stdOnly: true},
		{pkg: "cellar", floor: 0},
		{pkg: "left", floor: 1},
		{pkg: "right", floor: 1},
		{pkg: "roof", floor: 2},
		{pkg: "planned", floor: 3},
	}
	bans := []ban{
		{imported: "net/http", only: []string{"left"}, why: "left speaks", instead: "ask left"},
		{imported: "os", never: []string{"ground"}, why: "ground is pure", instead: "take bytes"},
	}
	cases := []struct {
		name    string
		sources []source
		want    []string
	}{
		{
			name: "down is allowed, over several floors too",
			sources: []source{
				{pkg: "ground", imports: []imported{other("fmt"), other("encoding/json")}},
				{pkg: "left", imports: []imported{own("ground"), other("example.com/x")}},
				{pkg: "roof", imports: []imported{own("ground"), own("left"), own("right")}},
			},
		},
		{
			name:    "up",
			sources: []source{{pkg: "ground", imports: []imported{own("left")}}},
			want:    []string{"x.go:1: ground imports left: floor 0 may only import floors below it"},
		},
		{
			name:    "across",
			sources: []source{{pkg: "left", imports: []imported{own("right")}}},
			want:    []string{"x.go:1: left imports right: floor 1 may only import floors below it"},
		},
		{
			name:    "a test may import its own package, across and down, and any module",
			sources: []source{{pkg: "left", imports: []imported{inTest(own("left")), inTest(own("right")), inTest(own("ground")), inTest(other("example.com/x"))}}},
		},
		{
			name:    "a test may not import up",
			sources: []source{{pkg: "left", imports: []imported{inTest(own("roof"))}}},
			want:    []string{"x.go:1: left imports roof in a test: floor 1 may only test with its own floor and those below it"},
		},
		{
			name:    "a package without a row",
			sources: []source{{pkg: "shed", imports: []imported{own("roof")}}, {pkg: "roof", imports: []imported{own("shed")}}},
			want:    []string{"shed has no floor: give it a row and a reason in .ci/floors/table.go"},
		},
		{
			name:    "standard library only",
			sources: []source{{pkg: "ground", imports: []imported{other("example.com/x"), inTest(other("example.com/x"))}}},
			want:    []string{"x.go:1: ground imports example.com/x: it may only import the standard library"},
		},
		{
			name: "kept to some packages",
			sources: []source{
				{pkg: "left", imports: []imported{other("net/http")}},
				{pkg: "right", imports: []imported{other("net/http/httptest"), inTest(other("net/http")), other("net/httpfake"), other("net")}},
			},
			want: []string{"x.go:1: right imports net/http/httptest: left speaks; ask left"},
		},
		{
			name: "kept out of some packages",
			sources: []source{
				{pkg: "ground", imports: []imported{other("os"), other("os/exec"), inTest(other("os"))}},
				{pkg: "cellar", imports: []imported{other("os")}},
			},
			want: []string{
				"x.go:1: ground imports os: ground is pure; take bytes",
				"x.go:1: ground imports os/exec: ground is pure; take bytes",
			},
		},
		{
			name: "the process ends in main.go only",
			sources: []source{
				{pkg: "roof", exits: []string{"main.go:7", "main_more.go:8", "roof/main.go:9"}},
			},
			want: []string{
				"main_more.go:8: roof uses os.Exit, which is for main.go alone: return an error instead",
				"roof/main.go:9: roof uses os.Exit, which is for main.go alone: return an error instead",
			},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := check(c.sources, rows, bans); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// The real rules are about packages that have a floor, each once, and say why.
func TestRules(t *testing.T) {
	floors := map[string]bool{}
	for _, r := range table() {
		if floors[r.pkg] || r.why == "" {
			t.Errorf("row %+v: named twice or without a reason", r)
		}
		floors[r.pkg] = true
	}
	for _, b := range bans() {
		if b.why == "" || b.instead == "" || len(b.only)+len(b.never) == 0 {
			t.Errorf("ban %+v: needs packages, a reason and a replacement", b)
		}
		for _, pkg := range slices.Concat(b.only, b.never) {
			if !floors[pkg] {
				t.Errorf("ban of %s: %s has no floor", b.imported, pkg)
			}
		}
	}
}

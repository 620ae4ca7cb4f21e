package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"setpoint/internal/house"
)

// row is one command on one house.
type row struct {
	name   string
	size   int
	floor  string // the name of the row it is held against; "" for a floor itself
	args   []string
	dir    string
	env    []string
	before func() error // what is to be done before each run
	watch  *watch       // looks at the run while it goes on; nil: nobody does

	runs []usage
}

// rows writes the houses below tmp and says what is run on them.
func rows(program, tmp string, sizes []int) ([]*row, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	all := []*row{{name: "version", size: 0, args: []string{program, "version"}, dir: tmp}}
	for _, n := range sizes {
		// In a process of its own: a child's peak is never below what its parent has.
		if text, err := exec.Command(self, "houses", tmp, fmt.Sprint(n)).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("write houses: %w\n%s", err, text)
		}
		literal, changed := folder(tmp, house.Literal, n), filepath.Join(tmp, fmt.Sprintf("changed-%d.json", n))
		command := func(name, floor, dir string, args ...string) {
			all = append(all, &row{name: name, size: n, floor: floor, args: slices.Concat([]string{program}, args), dir: dir})
		}
		all = append(all,
			&row{name: "floor: parse", size: n, args: []string{self, "floor", "parse", literal}, dir: tmp},
			&row{name: "floor: parse and state", size: n, args: []string{self, "floor", "state", literal}, dir: tmp})
		command("plan, literal blocks", "floor: parse and state", literal, "plan")
		command("plan, for_each of a map", "floor: parse and state", folder(tmp, house.Map, n), "plan")
		command("plan, for_each of a CSV", "floor: parse and state", folder(tmp, house.CSV, n), "plan")
		command("plan, typed and a module", "floor: parse and state", folder(tmp, house.Module, n), "plan")
		command("plan, 1 % changed", "floor: parse and state", literal, "plan", "--state", changed)
		command("plan, saved", "floor: parse and state", literal, "plan", "--state", changed, "--out", filepath.Join(tmp, "plan"))
		command("plan, no state", "floor: parse", literal, "plan", "--state", filepath.Join(tmp, "none", "state.json"))
		command("validate", "floor: parse", literal, "validate")
		command("fmt --check", "floor: parse", literal, "fmt", "--check")
		command("show --json", "floor: parse", literal, "show", "--json")
	}
	return append(all, applies(program, tmp, sizes)...), nil
}

func folder(tmp string, shape house.Shape, n int) string {
	return filepath.Join(tmp, fmt.Sprintf("%s-%d", shape, n))
}

// houses writes houses of one size in every shape, with their records.
func houses(tmp, size string) error {
	n, err := strconv.Atoi(size)
	if err != nil {
		return err
	}
	for _, shape := range house.Shapes() {
		dir := folder(tmp, shape, n)
		if err := house.Write(dir, house.Files(shape, n)); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "setpoint.state.json"), house.State(shape, n, 0), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(tmp, fmt.Sprintf("changed-%d.json", n)), house.State(house.Literal, n, 100), 0o644)
}

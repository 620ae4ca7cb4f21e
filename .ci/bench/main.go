// Bench builds the program and runs it as whole processes on houses of several
// sizes, beside the floors below which their time cannot go:
//
//	go -C .ci run ./bench                 measure and compare with bench.txt
//	go -C .ci run ./bench -record         and write bench.txt
//	go -C .ci run ./bench -sizes 1,1000   smaller houses only
//
// Every row runs once in each round, and the median of the rounds counts: the
// machine may do other things meanwhile, but it does them to all rows. Compare
// processor time, and ratios to the floor of the same run. It fails where a
// command of 100,000 thermostats takes more than eleven times the processor
// time of 10,000, and where an apply of 10,000 flushes more than once for two
// results, or gets slower or larger on its way.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// record is the table in the tree, relative to .ci.
const record = "bench.txt"

func main() {
	switch {
	case len(os.Args) > 2 && os.Args[1] == "floor":
		exit(floor(os.Args[2], os.Args[3:]))
	case len(os.Args) > 3 && os.Args[1] == "houses":
		exit(houses(os.Args[2], os.Args[3]))
	}
	rounds := flag.Int("rounds", 5, "how often every row runs; the largest houses a third as often")
	sizes := flag.String("sizes", "1,1000,10000,100000", "how many thermostats the houses have")
	keep := flag.Bool("record", false, "write the table to "+record)
	flag.Parse()
	exit(run(*rounds, *sizes, *keep))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(rounds int, list string, keep bool) error {
	var sizes []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-sizes: %q is no number of thermostats", text)
		}
		sizes = append(sizes, n)
	}
	tmp, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	program := filepath.Join(tmp, "setpoint")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Dir, build.Stdout, build.Stderr = "..", os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	all, err := rows(program, tmp, sizes)
	if err != nil {
		return err
	}
	if err := measure(all, rounds); err != nil {
		return err
	}
	before, err := recorded(record)
	if err != nil {
		return err
	}
	text := table(all, before) + flatness(all)
	fmt.Print(text)
	if keep {
		if err := os.WriteFile(record, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return errors.Join(growth(all), steady(all))
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// usage is what one process took.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // resident memory, bytes
}

// measure runs every row once a round.
func measure(all []*row, rounds int) error {
	for round := range rounds {
		for _, r := range all {
			if r.size > 10_000 && round%3 > 0 {
				continue
			}
			if r.before != nil {
				if err := r.before(); err != nil {
					return fmt.Errorf("%s, %d: %w", r.name, r.size, err)
				}
			}
			u, err := r.run()
			if err != nil {
				return fmt.Errorf("%s, %d: %w", r.name, r.size, err)
			}
			r.runs = append(r.runs, u)
		}
	}
	return nil
}

func (r *row) run() (usage, error) {
	var output bytes.Buffer
	cmd := exec.Command(r.args[0], r.args[1:]...)
	cmd.Dir, cmd.Env, cmd.Stderr = r.dir, append(os.Environ(), r.env...), &output
	start := time.Now()
	err := cmd.Start()
	if err == nil && r.watch != nil {
		stop := r.watch.begin(cmd.Process.Pid)
		defer stop()
	}
	if err == nil {
		err = cmd.Wait()
	}
	u := usage{wall: time.Since(start)}
	if err == nil && r.watch != nil {
		err = r.watch.end()
	}
	if err != nil {
		return u, fmt.Errorf("%w\n%s", err, output.Bytes())
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if rusage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = rusage.Maxrss << 10 // Linux counts in KiB
	}
	return u, nil
}

// median is taken of each figure by itself.
func (r *row) median() usage {
	pick := func(of func(usage) int64) int64 {
		var all []int64
		for _, u := range r.runs {
			all = append(all, of(u))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return usage{
		wall: time.Duration(pick(func(u usage) int64 { return int64(u.wall) })),
		cpu:  time.Duration(pick(func(u usage) int64 { return int64(u.cpu) })),
		peak: pick(func(u usage) int64 { return u.peak }),
	}
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"
)

// mostGrowth is how many times longer ten times as many thermostats may take.
const mostGrowth = 11.0

const columns = "%-26s %7s %10s %10s %8s %7s %7s %7s\n"

// table draws what was measured. Before gives the processor time of the last
// record, held against the floors of both, so that machines may differ.
func table(all []*row, before map[string]float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Measured by .ci/bench on %s/%s, %d processors, %s, on %s.\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor(), time.Now().UTC().Format(time.DateOnly))
	fmt.Fprintf(&b, "# Medians of whole processes; x wall and x cpu: times the floor of the same run; change: x cpu to that recorded before.\n")
	fmt.Fprintf(&b, columns, "", "size", "wall ms", "cpu ms", "peak MB", "x wall", "x cpu", "change")
	for _, r := range all {
		u := r.median()
		xwall, xcpu, change := "", "", ""
		if ratio, wall := r.ratio(all); ratio > 0 {
			xwall, xcpu = fmt.Sprintf("%.2f", wall), fmt.Sprintf("%.2f", ratio)
			if was := before[r.key()]; was > 0 {
				change = fmt.Sprintf("%.2f", ratio/was)
			}
		}
		fmt.Fprintf(&b, columns, r.name, fmt.Sprint(r.size), milliseconds(u.wall), milliseconds(u.cpu), fmt.Sprintf("%.0f", float64(u.peak)/1e6), xwall, xcpu, change)
	}
	return b.String()
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/1e6) }

func (r *row) key() string { return fmt.Sprintf("%s/%d", r.name, r.size) }

// ratio is the processor and wall time to those of the floor; 0 for a floor.
func (r *row) ratio(all []*row) (cpu, wall float64) {
	for _, f := range all {
		if r.floor != "" && f.name == r.floor && f.size == r.size {
			u, least := r.median(), f.median()
			return float64(u.cpu) / float64(least.cpu), float64(u.wall) / float64(least.wall)
		}
	}
	return 0, 0
}

// recorded reads the ratios of processor time from a table.
func recorded(path string) (map[string]float64, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ratios := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		var size int
		var wall, cpu, peak, xwall, xcpu float64
		if strings.HasPrefix(line, "#") || len(line) < 27 {
			continue
		}
		if n, _ := fmt.Sscan(line[26:], &size, &wall, &cpu, &peak, &xwall, &xcpu); n == 6 {
			ratios[fmt.Sprintf("%s/%d", strings.TrimSpace(line[:26]), size)] = xcpu
		}
	}
	return ratios, nil
}

// growth fails where the cost of a command grows faster than the house.
func growth(all []*row) error {
	var problems []error
	for _, small := range all {
		for _, large := range all {
			if small.name != large.name || small.size != 10_000 || large.size != 100_000 || small.floor == "" {
				continue
			}
			if times := float64(large.median().cpu) / float64(small.median().cpu); times > mostGrowth {
				problems = append(problems, fmt.Errorf("%s: 100,000 take %.1f times the processor time of 10,000, more than %.0f", small.name, times, mostGrowth))
			}
		}
	}
	return errors.Join(problems...)
}

// processor is what the system calls it.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(name), ":"))
		}
	}
	return "unknown processor"
}

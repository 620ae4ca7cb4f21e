package cli

import (
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"

	"github.com/spf13/pflag"
)

// profiling writes what tools for Go programs read: where this run spends its
// time and its memory. The flags are hidden: they are for whoever works on the
// program, and .ci/PROFILING.md says how.
type profiling struct {
	cpu, memory, trace string
	ends               []func() error // of what has been begun, in its order
}

func (p *profiling) add(flags *pflag.FlagSet) {
	for _, f := range []struct {
		name  string
		value *string
		usage string
	}{
		{"cpuprofile", &p.cpu, "write a profile of processor time to `FILE`"},
		{"memprofile", &p.memory, "write a profile of all allocations to `FILE`"},
		{"trace", &p.trace, "write a trace of the scheduler to `FILE`"},
	} {
		flags.StringVar(f.value, f.name, "", f.usage)
		flags.Lookup(f.name).Hidden = true
	}
}

// start begins what was asked for.
func (p *profiling) start() error {
	return errors.Join(
		p.begin("--memprofile", p.memory, func(io.Writer) error {
			runtime.MemProfileRate = 16 << 10 // a run is short: the usual 512 KiB would see little of it
			return nil
		}, writeAllocations),
		p.begin("--cpuprofile", p.cpu, pprof.StartCPUProfile, func(io.Writer) error { pprof.StopCPUProfile(); return nil }),
		p.begin("--trace", p.trace, trace.Start, func(io.Writer) error { trace.Stop(); return nil }),
	)
}

func writeAllocations(w io.Writer) error {
	runtime.GC() // what is still in use is only known after it
	return pprof.Lookup("allocs").WriteTo(w, 0)
}

// begin creates the file of one flag, if it was given.
func (p *profiling) begin(flag, path string, start, end func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	file, err := os.Create(path)
	if err == nil {
		err = start(file)
	}
	if err != nil {
		return fail("Profile not written", "%s %s: %s.", flag, path, cause(err))
	}
	p.ends = append(p.ends, func() error {
		if err := errors.Join(end(file), file.Close()); err != nil {
			return fail("Profile not written", "%s %s: %s.", flag, path, cause(err))
		}
		return nil
	})
	return nil
}

// stop ends what start has begun.
func (p *profiling) stop() error {
	var err error
	for _, end := range p.ends {
		err = errors.Join(err, end())
	}
	p.ends = nil
	return err
}

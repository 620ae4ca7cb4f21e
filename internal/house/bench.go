package house

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"
)

// sizes are the sizes of houses to measure. SETPOINT_BENCH is "small" where the
// benchmarks are only to be seen running, and "all" for the largest house too,
// which takes minutes.
func sizes() []int {
	switch os.Getenv("SETPOINT_BENCH") {
	case "small":
		return []int{1, 100}
	case "all":
		return []int{1, 100, 1_000, 10_000, 100_000}
	}
	return []int{1, 100, 1_000, 10_000}
}

// Each measures an operation on houses of the shapes, in every size. Within
// BenchmarkScale the names are those of all benchmarks of scale, as benchstat
// reads them: BenchmarkScale/op=load/shape=literal/size=1000.
func Each(b *testing.B, operation string, shapes []Shape, run func(b *testing.B, shape Shape, n int)) {
	for _, shape := range shapes {
		EachSize(b, operation+"/shape="+string(shape), func(b *testing.B, n int) { run(b, shape, n) })
	}
}

// EachSize is Each where the shape does not matter: it is not in the names then.
func EachSize(b *testing.B, operation string, run func(b *testing.B, n int)) {
	for _, n := range sizes() {
		b.Run(fmt.Sprintf("op=%s/size=%d", operation, n), func(b *testing.B) { run(b, n) })
	}
}

// Against measures work, and in the same run, in turns with it, its floor: what
// could not be saved by any means. It reports how many times longer the work
// takes as "xfloor".
func Against(b *testing.B, floor, work func()) {
	b.Helper()
	Prepared(b, func() {}, floor, work)
}

// Prepared is Against for work that takes something to be done before, each time,
// that does not count.
func Prepared(b *testing.B, prepare, floor, work func()) {
	b.Helper()
	b.ReportAllocs()
	var least time.Duration
	floors, works := 0, 0
	for b.Loop() {
		b.StopTimer()
		prepare()
		if least <= b.Elapsed() { // a floor above the work takes no more time than that
			start := time.Now()
			floor()
			least += time.Since(start)
			floors++
		}
		works++
		b.StartTimer()
		work()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(works)*float64(floors)/float64(max(1, least)), "xfloor")
}

// Reading is the floor of what works on houses that are recorded: the standard
// library's decoding of the record, unchecked.
func Reading(b *testing.B, record []byte) func() {
	return func() {
		var state struct {
			Version     int              `json:"version"`
			Lineage     string           `json:"lineage"`
			Serial      uint64           `json:"serial"`
			Thermostats map[string]entry `json:"thermostats"`
		}
		if err := json.Unmarshal(record, &state); err != nil {
			b.Fatal(err)
		}
	}
}

type entry struct {
	PlantID  string `json:"plant_id"`
	ModuleID string `json:"module_id"`
	Settings struct {
		Function string  `json:"function"`
		Mode     string  `json:"mode"`
		Setpoint float64 `json:"setpoint"`
	} `json:"settings"`
	Outcome string `json:"outcome"`
	At      string `json:"at"`
}

package render

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/plan/summary"
	"setpoint/provider"
)

// BenchmarkDraw draws 10,000 changes in the forms that BenchmarkScale does not.
func BenchmarkDraw(b *testing.B) {
	p := &plan.Plan{Attempts: 5}
	after := provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: 205}
	before := after
	for i := range 10_000 {
		before.Setpoint = provider.Celsius(150 + i%50)
		device := provider.Device{PlantID: "1f3c6b1e-0000-4000-8000-000000000001", ModuleID: fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", i)}
		p.Steps = append(p.Steps, plan.Step{
			Address: address.Address{Name: "room", Key: address.String(fmt.Sprint(i))}, Action: plan.Change, Call: true, Device: device,
			Before: &state.Entry{Device: device, Settings: before, Outcome: state.Confirmed}, After: &after, File: "main.hcl", Line: 8,
		})
	}
	b.Run("full", func(b *testing.B) {
		for b.Loop() {
			if err := Text(io.Discard, p, TextOptions{Full: true}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("markdown", func(b *testing.B) {
		for b.Loop() {
			_ = summary.Markdown(&summary.Summary{Command: "plan", State: "setpoint.state.json", Plan: SummaryOf(p)})
		}
	})
	b.Run("stream", func(b *testing.B) {
		for b.Loop() {
			if err := NewStream(io.Discard).Plan(p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json", func(b *testing.B) { benchmarkJSON(b, p) })
}

// benchmarkJSON compares what the JSON of a plan takes with what encoding/json
// takes to write the same from maps, in the same run.
func benchmarkJSON(b *testing.B, p *plan.Plan) {
	b.ReportAllocs()
	for b.Loop() {
		text, err := JSON(p)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(text)))
	}
	text, err := JSON(p)
	var same any
	if err == nil {
		err = json.Unmarshal(text, &same)
	}
	if err != nil {
		b.Fatal(err)
	}
	ours, begin := b.Elapsed()/time.Duration(b.N), time.Now()
	for range 5 {
		if _, err := json.Marshal(same); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(5*float64(ours)/float64(time.Since(begin)), "x-encoding/json")
}

package render

import (
	"fmt"
	"io"
	"testing"

	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/plan/summary"
	"setpoint/provider"
)

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
	for name, o := range map[string]TextOptions{"text": {}, "full": {Full: true}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := Text(io.Discard, p, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
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
	b.Run("json", func(b *testing.B) {
		for b.Loop() {
			if _, err := JSON(p); err != nil {
				b.Fatal(err)
			}
		}
	})
}

package survey_test

import (
	"context"
	"fmt"
	"testing"

	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// instant is a cloud of one plant that answers at once.
type instant struct{ topology provider.Topology }

func (instant) Plants(context.Context) (provider.PlantList, error) {
	return provider.PlantList{Plants: []provider.Plant{{ID: "p"}}}, nil
}
func (i instant) Topology(context.Context, string) (provider.Topology, error) { return i.topology, nil }
func (instant) Get(context.Context, provider.Device) (provider.Status, error) {
	return provider.Status{}, nil
}
func (instant) Programs(context.Context, provider.Device) (provider.ProgramList, error) {
	return provider.ProgramList{}, nil
}

func BenchmarkThermostats(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		var all []provider.Device
		for i := range n {
			all = append(all, provider.Device{PlantID: "p", ModuleID: fmt.Sprint(i)})
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				in := survey.Input{Reader: instant{}, Policy: dispatch.Policy{Parallelism: 10}}
				if report := survey.Thermostats(b.Context(), b.Context(), in, all, survey.AskStatus); report.Calls != n {
					b.Fatal(report.Calls)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "readings/s")
		})
	}
}

func BenchmarkAccount(b *testing.B) {
	const n = 10_000
	var cloud instant
	for i := range n {
		cloud.topology.Modules = append(cloud.topology.Modules, provider.Module{ID: fmt.Sprint(i)})
	}
	b.ReportAllocs()
	for b.Loop() {
		in := survey.Input{Reader: cloud, Policy: dispatch.Policy{Parallelism: 10}}
		if v := survey.Account(b.Context(), b.Context(), in); v.Calls != 2 || len(v.Plants[0].Thermostats) != n {
			b.Fatal(v.Calls)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "thermostats/s")
}

package apply_test

import (
	"context"
	"fmt"
	"testing"

	"setpoint/apply"
	"setpoint/internal/durable"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
)

// instant is a cloud that confirms at once.
type instant struct{}

func (instant) Set(context.Context, provider.Device, provider.Settings) error { return nil }
func (instant) Get(context.Context, provider.Device) (provider.Status, error) {
	return provider.Status{}, nil
}

// BenchmarkRun applies 10,000 steps with the real, durable record: the more
// calls are in flight, the more records share a flush of the disk.
func BenchmarkRun(b *testing.B) {
	const steps = 10_000
	for _, parallelism := range []int{1, 10, 100} {
		b.Run(fmt.Sprint(parallelism), func(b *testing.B) {
			p := &plan.Plan{}
			for i := range steps {
				p.Steps = append(p.Steps, add(fmt.Sprintf("t%d", i), manual(200)))
			}
			for b.Loop() {
				store := state.NewStore(durable.OS(), b.TempDir()+"/state.json", "test")
				session, err := store.Open(b.Context(), state.OpenOptions{Lock: true, Create: true})
				if err != nil {
					b.Fatal(err)
				}
				account := apply.Run(b.Context(), b.Context(), apply.Input{
					Plan: p, Provider: instant{}, Journal: session, Policy: dispatch.Policy{Parallelism: parallelism},
				})
				if _, err := session.Close(); err != nil || !account.Complete() {
					b.Fatal(err, account.Stop)
				}
			}
			b.ReportMetric(float64(steps*b.N)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}

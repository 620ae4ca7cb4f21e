package apply_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"setpoint/apply"
	"setpoint/internal/durable"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/simulator"
	"setpoint/provider/smarther"
)

// BenchmarkForty applies forty thermostats over real HTTP to a cloud that takes
// 200 ms for an answer, without a rate limit: ten calls in flight take about a
// tenth of the time of one. The ratio is to the ideal, 40 times 200 ms divided
// by the calls in flight.
func BenchmarkForty(b *testing.B) {
	const thermostats, latency = 40, 200 * time.Millisecond
	house, err := simulator.New(simulator.Options{Latency: latency})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(house)
	defer server.Close()
	client, err := smarther.New(smarther.Options{
		Endpoint: server.URL + simulator.PathPrefix, Timeout: time.Minute, UserAgent: "benchmark",
		SubscriptionKey: provider.NewSecret("key"), AccessToken: provider.NewSecret("token"),
	})
	if err != nil {
		b.Fatal(err)
	}
	p := &plan.Plan{}
	for i := range thermostats {
		step := add(fmt.Sprintf("t%d", i), manual(200))
		if err := house.Ensure(step.Device.PlantID, step.Device.ModuleID, "Europe/Rome", nil); err != nil {
			b.Fatal(err)
		}
		p.Steps = append(p.Steps, step)
	}
	for _, parallelism := range []int{1, 10} {
		b.Run(fmt.Sprint(parallelism), func(b *testing.B) {
			for b.Loop() {
				store := state.NewStore(durable.OS(), b.TempDir()+"/state.json", "test")
				session, err := store.Open(b.Context(), state.OpenOptions{Lock: true, Create: true})
				if err != nil {
					b.Fatal(err)
				}
				account := apply.Run(b.Context(), b.Context(), apply.Input{
					Plan: p, Provider: client, Journal: session, Policy: dispatch.Policy{Parallelism: parallelism, Attempts: 1},
				})
				if _, err := session.Close(); err != nil || !account.Complete() {
					b.Fatal(err, account.Stop)
				}
			}
			ideal := time.Duration(thermostats/parallelism) * latency
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/ideal.Seconds(), "times-ideal")
		})
	}
}

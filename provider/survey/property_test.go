package survey_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// Whatever the cloud answers: each thermostat has its answers, in the order
// given; as many calls are told as were made; no limit is broken.
func TestWhateverTheCloudAnswers(t *testing.T) {
	for seed := range uint64(200) {
		bubble(t, func(t *testing.T, c *cloud) {
			rng := rand.New(rand.NewPCG(seed, 7))
			plants, order := map[string][]string{}, strings.Split("p1 p2 p3", " ")
			for _, id := range order {
				for n := range rng.IntN(6) {
					plants[id] = append(plants[id], id+string(rune('a'+n)))
				}
			}
			c.house(plants, order...)
			kinds := provider.Kinds()
			randomly := func(what string) {
				for rng.IntN(4) == 0 {
					e := fault(kinds[rng.IntN(len(kinds))])
					e.RetryAfter = time.Duration(rng.IntN(3)) * 8 * time.Minute
					c.faults[what] = append(c.faults[what], e)
				}
			}
			for id, modules := range plants {
				randomly("topology " + id)
				for _, m := range modules {
					randomly("status " + m)
				}
			}
			p := calm()
			p.Parallelism, p.RateLimit, p.MaxCalls = 1+rng.IntN(4), float64(1+rng.IntN(3)), rng.IntN(40)
			p.Account = &dispatch.Account{}
			v := account(t, c, p)
			report := survey.Thermostats(t.Context(), t.Context(), survey.Input{Reader: c, Policy: p}, found(v), survey.AskStatus)
			checkSurvey(t, seed, c, p, v, report)
		})
	}
}

func checkSurvey(t *testing.T, seed uint64, c *cloud, p dispatch.Policy, v *survey.Inventory, report *survey.Report) {
	t.Helper()
	attempts := v.Listed.Attempts
	settled := func(o dispatch.Outcome, n int, err error, at time.Time) {
		attempts += n
		if o == 0 || (o == dispatch.Failed) != (err != nil) || (o == dispatch.Succeeded) == at.IsZero() {
			t.Errorf("seed %d: %v after %d attempts, error %v, at %s", seed, o, n, err, at)
		}
	}
	for _, plant := range v.Plants {
		settled(plant.Listed.Outcome, plant.Listed.Attempts, plant.Listed.Err, plant.Listed.At)
		if plant.Listed.OK() && len(plant.Thermostats) != len(c.holds[plant.ID].Modules) {
			t.Errorf("seed %d: plant %s lost a thermostat", seed, plant.ID)
		}
	}
	for i, device := range found(v) {
		r := &report.Readings[i]
		settled(r.Status.Outcome, r.Status.Attempts, r.Status.Err, r.Status.At)
		if r.Device != device || r.Programs.Outcome != 0 {
			t.Errorf("seed %d: %+v in the place of %v", seed, r, device)
		}
		if r.Status.Outcome == dispatch.NotAttempted && report.Stop == nil {
			t.Errorf("seed %d: %s was not asked for no reason", seed, r.Device.ModuleID)
		}
	}
	calls := v.Calls + report.Calls
	if calls != attempts || calls != len(c.log) || p.MaxCalls > 0 && calls > p.MaxCalls || c.most > p.Parallelism {
		t.Errorf("seed %d: %d calls told, %d attempts, %d made of %d, %d at a time of %d", seed, calls, attempts, len(c.log), p.MaxCalls, c.most, p.Parallelism)
	}
	for i := 1; i < len(c.log); i++ {
		if apart := c.log[i].At - c.log[i-1].At; apart.Seconds() < 1/p.RateLimit {
			t.Errorf("seed %d: %s started %s after %s", seed, c.log[i].What, apart, c.log[i-1].What)
		}
	}
}

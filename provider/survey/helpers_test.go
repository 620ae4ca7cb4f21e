package survey_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// asked is one attempt that reached the cloud.
type asked struct {
	What string
	At   time.Duration // since the cloud was made
}

// cloud is a reader whose answers take 100 ms and fail as scripted.
type cloud struct {
	plants provider.PlantList
	holds  map[string]provider.Topology
	faults map[string][]error // by question, one after the other, then none

	began time.Time
	mu    sync.Mutex
	log   []asked
	most  int // calls in flight at a time
	now   int
}

const took = 100 * time.Millisecond

func newCloud() *cloud {
	return &cloud{holds: map[string]provider.Topology{}, faults: map[string][]error{}, began: time.Now()}
}

// answer lets the time of a call pass.
func (c *cloud) answer(ctx context.Context, what string) error {
	c.mu.Lock()
	c.log = append(c.log, asked{what, time.Since(c.began)})
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.now--
		c.mu.Unlock()
	}()
	select {
	case <-time.After(took):
	case <-ctx.Done():
		return &provider.Error{Kind: provider.KindCanceled, Op: what, Err: ctx.Err()}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if faults := c.faults[what]; len(faults) > 0 {
		c.faults[what] = faults[1:]
		return faults[0]
	}
	return nil
}

func (c *cloud) Plants(ctx context.Context) (provider.PlantList, error) {
	return c.plants, c.answer(ctx, "plants")
}

func (c *cloud) Topology(ctx context.Context, plantID string) (provider.Topology, error) {
	return c.holds[plantID], c.answer(ctx, "topology "+plantID)
}

func (c *cloud) Get(ctx context.Context, d provider.Device) (provider.Status, error) {
	return statusOf(d), c.answer(ctx, "status "+d.ModuleID)
}

func (c *cloud) Programs(ctx context.Context, d provider.Device) (provider.ProgramList, error) {
	return programsOf(d), c.answer(ctx, "programs "+d.ModuleID)
}

func statusOf(d provider.Device) provider.Status {
	return provider.Status{Settings: provider.Settings{Function: provider.Heating, Mode: provider.Manual, Setpoint: provider.Celsius(100 + len(d.ModuleID))}}
}

func programsOf(d provider.Device) provider.ProgramList {
	return provider.ProgramList{Programs: []provider.Program{{Number: 1, Name: "of " + d.ModuleID}}}
}

// words are the questions that reached the cloud, in order.
func (c *cloud) words() string {
	var words []string
	for _, a := range c.log {
		words = append(words, a.What)
	}
	return strings.Join(words, ", ")
}

func device(module string) provider.Device {
	return provider.Device{PlantID: "p" + module[:1], ModuleID: module}
}

func devices(modules ...string) []provider.Device {
	var all []provider.Device
	for _, m := range modules {
		all = append(all, device(m))
	}
	return all
}

func fault(kind provider.Kind) *provider.Error { return &provider.Error{Kind: kind, Op: "get status"} }

func faultAfter(kind provider.Kind, wait time.Duration) *provider.Error {
	return &provider.Error{Kind: kind, Op: "get status", RetryAfter: wait}
}

func times(n int, err error) []error {
	all := make([]error, n)
	for i := range all {
		all[i] = err
	}
	return all
}

// calm is a policy of exact waits: 1 s, 2 s, 4 s.
func calm() dispatch.Policy {
	return dispatch.Policy{
		Parallelism: 1, Attempts: 4, MinWait: 2 * time.Second, MaxWait: time.Minute, BusyWait: 30 * time.Second,
		Rand: func() float64 { return 0.5 },
	}
}

// bubble runs a test with a cloud of its own, whose clock starts with it.
func bubble(t *testing.T, test func(t *testing.T, c *cloud)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newCloud()) })
}

func run(t *testing.T, c *cloud, p dispatch.Policy, q survey.Question, modules ...string) *survey.Report {
	t.Helper()
	return survey.Thermostats(t.Context(), t.Context(), survey.Input{Reader: c, Policy: p}, devices(modules...), q)
}

// complete tells whether every thermostat has answered.
func complete(r *survey.Report) bool {
	for i := range r.Readings {
		if !r.Readings[i].Status.OK() && !r.Readings[i].Programs.OK() {
			return false
		}
	}
	return r.Stop == nil
}

func word(o dispatch.Outcome) string {
	return map[dispatch.Outcome]string{dispatch.Succeeded: "succeeded", dispatch.Failed: "failed", dispatch.NotAttempted: "not attempted"}[o]
}

// brief is what became of each question, such as "status x failed (2)".
func brief(readings ...survey.Reading) string {
	var words []string
	add := func(what, module string, o dispatch.Outcome, attempts int) {
		if o != 0 {
			words = append(words, fmt.Sprintf("%s %s %s (%d)", what, module, word(o), attempts))
		}
	}
	for i := range readings {
		r := &readings[i]
		add("status", r.Device.ModuleID, r.Status.Outcome, r.Status.Attempts)
		add("programs", r.Device.ModuleID, r.Programs.Outcome, r.Programs.Attempts)
	}
	return strings.Join(words, ", ")
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateErrors(), cmpopts.EquateEmpty(), cmp.AllowUnexported(provider.LocalTime{})); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

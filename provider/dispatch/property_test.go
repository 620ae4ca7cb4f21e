package dispatch

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
)

// schedules is how many random runs the property test makes.
const schedules = 2000

// scenario is a random run: items, policy and the instants (0 for never) at
// which the contexts are done.
type scenario struct {
	items        []Item
	policy       Policy
	drain, sever time.Duration
}

// guard sees from inside the calls what must never happen.
type guard struct {
	mu       sync.Mutex
	inFlight map[provider.Device]int
	total    int
	most     int
	calls    int
	clashes  int

	side     bool         // more than one call may be in flight
	answered map[int]bool // the last attempt has succeeded and is not recorded yet
	freed    time.Time    // when that freed a slot last
	refused  map[int]bool // Prepare has
	prepared map[int]bool // Ahead has begun, and neither Do nor Withdraw followed
	faults   []string
}

// around lets the item record its calls, and be prepared ahead.
func (g *guard) around(rng *rand.Rand, item *Item) {
	key, do := item.Key, item.Do
	if rng.IntN(3) > 0 {
		span := time.Duration(rng.IntN(3)*rng.IntN(500)) * ms
		var failed error
		if rng.IntN(100) == 0 {
			failed = &Halt{Err: errors.New("disk full"), MayHaveLanded: true}
		}
		item.Do = func(ctx context.Context, attempt int) error {
			err := do(ctx, attempt)
			if err == nil && g.side {
				g.mu.Lock()
				defer g.mu.Unlock()
				g.answered[key], g.freed = true, time.Now()
			}
			return err
		}
		item.Record = func() error { time.Sleep(span); return failed }
	}
	made := item.Do
	if rng.IntN(3) > 0 {
		span, back := time.Duration(rng.IntN(3)*rng.IntN(500))*ms, time.Duration(rng.IntN(300))*ms
		item.Ahead = func() error {
			g.ahead(key, true, "is prepared twice")
			time.Sleep(span)
			return nil
		}
		item.Withdraw = func() {
			time.Sleep(back)
			g.ahead(key, false, "is withdrawn without having been prepared")
		}
		item.Do = func(ctx context.Context, attempt int) error {
			g.mu.Lock()
			delete(g.prepared, key)
			g.mu.Unlock()
			return made(ctx, attempt)
		}
	}
}

func (g *guard) ahead(key int, is bool, otherwise string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.prepared[key] == is {
		g.faults = append(g.faults, fmt.Sprintf("item %d %s", key, otherwise))
	}
	g.prepared[key] = is
	if !is {
		delete(g.prepared, key)
	}
}

func (g *guard) enter(d provider.Device) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight[d]++
	g.total++
	g.calls++
	g.most = max(g.most, g.total)
	if g.inFlight[d] > 1 {
		g.clashes++
	}
}

func (g *guard) leave(d provider.Device) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight[d]--
	g.total--
}

func randomScenario(rng *rand.Rand, g *guard) scenario {
	n := 1 + rng.IntN(30)
	devices, groups := 1+rng.IntN(n), 1+rng.IntN(n)
	trouble := rng.Float64() * 0.7
	acyclic := rng.IntN(4) > 0
	sc := scenario{policy: Policy{
		RateLimit:   []float64{0, 0, 1, 3, 20}[rng.IntN(5)],
		Parallelism: rng.IntN(6),
		Attempts:    rng.IntN(6),
		MaxCalls:    max(0, rng.IntN(3*n)-n),
		MinWait:     time.Duration(rng.IntN(2000)) * ms,
		MaxWait:     time.Duration(rng.IntN(9000)) * ms,
		BusyWait:    time.Duration(rng.IntN(9000)) * ms,
		Rand:        rng.Float64,
	}}
	g.side = sc.policy.Parallelism > 1
	if rng.IntN(4) == 0 {
		sc.drain = time.Duration(rng.IntN(20_000)) * ms
	}
	if rng.IntN(4) == 0 {
		sc.sever = time.Duration(rng.IntN(20_000)) * ms
	}
	for i, key := range rng.Perm(3 * n)[:n] {
		item := Item{Key: key - n, Device: device1(rng.IntN(devices))}
		for range rng.IntN(3) {
			item.Groups = append(item.Groups, fmt.Sprint("g", rng.IntN(groups)))
		}
		for range max(0, rng.IntN(5)-2) {
			item.After = append(item.After, fmt.Sprint("g", rng.IntN(groups+1)))
		}
		if acyclic { // depend only on what was made before
			item.Groups = []string{fmt.Sprint("g", i/2)}
			item.After = nil
			if i > 1 && rng.IntN(2) == 0 {
				item.After = []string{fmt.Sprint("g", rng.IntN(i/2))}
			}
		}
		if rng.IntN(8) == 0 {
			last := time.Now().Add(time.Duration(rng.IntN(20_000)) * ms)
			item.Prepare = func(now time.Time) error {
				if now.After(last) {
					g.refused[item.Key] = true
					return errors.New("over")
				}
				return nil
			}
		}
		item.Do = randomCall(rng, item.Device, trouble, g)
		g.around(rng, &item)
		sc.items = append(sc.items, item)
	}
	return sc
}

// randomCall draws all that its attempts will do beforehand, so that a seed
// always means the same run.
func randomCall(rng *rand.Rand, device provider.Device, trouble float64, g *guard) func(context.Context, int) error {
	var spans [8]time.Duration
	var errs [8]error
	for i := range errs {
		spans[i] = time.Duration(rng.IntN(4)*rng.IntN(1000)) * ms
		if rng.Float64() < trouble {
			errs[i] = randomError(rng)
		}
	}
	return func(ctx context.Context, attempt int) error {
		g.enter(device)
		defer g.leave(device)
		if err := spend(ctx, spans[attempt]); err != nil {
			return err
		}
		return errs[attempt]
	}
}

func randomError(rng *rand.Rand) error {
	kinds := []provider.Kind{ // those that end runs are rarer
		provider.KindTimeout, provider.KindServer, provider.KindUnreachable, provider.KindInterrupted,
		provider.KindBusy, provider.KindRateLimited, provider.KindNotFound, provider.KindRejected,
	}
	kind := kinds[rng.IntN(len(kinds))]
	switch rng.IntN(40) {
	case 0:
		return &Halt{Err: errors.New("disk full")}
	case 1:
		return errors.New("something else")
	case 2, 3:
		kind = provider.Kinds()[rng.IntN(len(provider.Kinds()))]
	}
	err := &provider.Error{Kind: kind, MayHaveLanded: rng.IntN(2) == 0}
	if rng.IntN(20) == 0 { // what a token that expires gives
		err.Kind, err.Renewed = provider.KindUnauthorized, true
	}
	if rng.IntN(5) == 0 {
		err.RetryAfter = time.Duration(rng.IntN(12_000)) * ms
	}
	if rng.IntN(100) == 0 {
		err.RetryAfter = time.Hour
	}
	return err
}

func TestRandomSchedules(t *testing.T) {
	for seed := range uint64(schedules) {
		synctest.Test(t, func(t *testing.T) {
			g := &guard{inFlight: map[provider.Device]int{}, answered: map[int]bool{}, refused: map[int]bool{}, prepared: map[int]bool{}}
			sc := randomScenario(rand.New(rand.NewPCG(seed, 1)), g)
			ctx, calls := context.Background(), context.Background()
			m := newModel(sc, g)
			if sc.drain > 0 {
				ctx = drainAfter(sc.drain)
				m.closes(sc.drain)
			}
			if sc.sever > 0 {
				calls = drainAfter(sc.sever)
				m.closes(sc.sever)
			}
			report := Run(ctx, calls, sc.items, sc.policy, m.observe)
			m.check(report)
			if g.clashes > 0 || g.most > m.policy.Parallelism || g.calls != report.Calls || g.total != 0 {
				m.wrong("calls: %+v, report: %d", g, report.Calls)
			}
			if len(g.prepared) > 0 {
				m.wrong("never sent and never withdrawn: %v", g.prepared)
			}
			for _, problem := range append(m.problems, g.faults...) {
				t.Errorf("seed %d: %s", seed, problem)
			}
		})
		if t.Failed() {
			return
		}
	}
}

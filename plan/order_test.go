package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config/address"
	"setpoint/plan/state"
)

// naive is the order by its definition, in a time that nobody would wait for.
func naive(steps []Step, after [][]string) []int {
	placed := make([]bool, len(steps))
	var order []int
	for {
		next := -1
		for i := range steps {
			if placed[i] {
				continue
			}
			free := true
			for _, group := range append(slices.Clone(after[i]), steps[i].DependsOn...) {
				for j := range steps {
					free = free && (placed[j] || !slices.Contains(steps[j].Address.Groups(), group))
				}
			}
			if free && (next < 0 || address.Compare(steps[i].Address, steps[next].Address) < 0) {
				next = i
			}
		}
		if next < 0 {
			return order
		}
		placed[next] = true
		order = append(order, next)
	}
}

func TestOrderIsTheNaiveOne(t *testing.T) {
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 2026))
		steps, after := graph(t, r, 1+r.IntN(9))
		want := naive(steps, after)
		if len(want) != len(steps) {
			t.Fatalf("seed %d: the graph has a circle", seed)
		}
		if diff := cmp.Diff(want, order(steps, after)); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// graph has blocks that depend on blocks drawn before them, in both ways, with
// and without keys, and some on what is not in the plan.
func graph(t *testing.T, r *rand.Rand, blocks int) ([]Step, [][]string) {
	type item struct {
		step  Step
		after []string
	}
	var items []item
	var drawn []string
	for _, n := range r.Perm(blocks) {
		name := fmt.Sprintf("thermostat.b%d", n)
		draw := func() []string {
			var groups []string
			for _, d := range append(slices.Clone(drawn), "thermostat.absent") {
				if r.IntN(4) == 0 {
					groups = append(groups, d)
				}
			}
			slices.Sort(groups)
			return groups
		}
		after, dependsOn := draw(), draw()
		addresses := []string{name}
		if keys := r.IntN(5); keys > 0 {
			addresses = nil
			for k := range keys {
				key := fmt.Sprintf("[%d]", k*5)
				if n%2 == 0 {
					key = fmt.Sprintf("[%q]", fmt.Sprint(k*5))
				}
				addresses = append(addresses, name+key)
			}
		}
		for _, a := range addresses {
			items = append(items, item{Step{Address: parse(t, a), DependsOn: dependsOn}, after})
		}
		drawn = append(drawn, name)
	}
	slices.SortFunc(items, func(a, b item) int { return address.Compare(a.step.Address, b.step.Address) })
	var steps []Step
	var after [][]string
	for _, i := range items {
		steps, after = append(steps, i.step), append(after, i.after)
	}
	return steps, after
}

func TestOrderOfKeys(t *testing.T) {
	c := load(t, `
thermostat "room" {
  count     = 12
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-8000-%012d", count.index)
  mode      = "off"
}
thermostat "suite" {
  for_each  = toset(["2", "10", "1"])
  plant_id  = plant.home.id
  module_id = format("2a9d5c0f-0000-4000-9000-%012d", tonumber(each.key))
  mode      = "off"
}`)
	p, _ := Make(input(c, record(nil)))
	var got []string
	for _, s := range p.Steps {
		got = append(got, s.Address.Key.String())
	}
	want := []string{"[0]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]", "[8]", "[9]", "[10]", "[11]", `["1"]`, `["10"]`, `["2"]`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOrderOfACircleLosesNothing(t *testing.T) {
	steps := []Step{
		{Address: parse(t, "thermostat.a"), DependsOn: []string{"thermostat.b"}},
		{Address: parse(t, "thermostat.b"), DependsOn: []string{"thermostat.a"}},
		{Address: parse(t, "thermostat.c")},
	}
	if diff := cmp.Diff([]int{2, 0, 1}, order(steps, make([][]string, 3))); diff != "" {
		t.Error(diff)
	}
}

// BenchmarkOrder must grow with the number of steps, not with its square.
func BenchmarkOrder(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		steps, after := make([]Step, 2*n), make([][]string, 2*n)
		for i := range n {
			steps[i] = Step{Address: address.Address{Name: "a", Key: address.Int(i)}, DependsOn: []string{"thermostat.b"}}
			steps[n+i] = Step{Address: address.Address{Name: "b", Key: address.Int(i)}}
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				order(steps, after)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/step")
		})
	}
}

// What has no step of its own may come between two that have: their order is as if
// it had one.
func TestOrderPastWhatHasNoStep(t *testing.T) {
	reads := func(name string) string { return "  mode = \"manual\"\n  setpoint = thermostat." + name + ".setpoint" }
	c := load(t, block("a", 1, reads("b"))+block("b", 2, reads("c"))+block("c", 3, "  mode = \"manual\"\n  setpoint = 20"))
	recorded := state.New("test")
	recorded.Thermostats["thermostat.a"] = entry(1, state.Confirmed, manual(200))
	recorded.Thermostats["thermostat.c"] = entry(3, state.Confirmed, manual(200))
	p, _ := Make(Input{Config: c, State: recorded, Now: now(), RefreshOnly: true})
	var got []string
	for _, step := range p.Steps {
		got = append(got, step.Address.String())
	}
	if want := []string{"thermostat.c", "thermostat.a"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

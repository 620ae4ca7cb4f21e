package simulator

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// model is a thermostat as a person would keep it on paper: what it was last told
// to do without end, and what for a time.
type model struct {
	lasting string // mode and setpoint, or mode and program
	program int
	wish    string
	until   time.Time
}

func (m *model) at(now time.Time, after AfterEnd) string {
	if m.wish != "" && !now.Before(m.until) {
		m.wish = ""
		if after == AfterEndAutomatic {
			m.lasting = fmt.Sprintf("automatic %d", m.program)
		}
	}
	if m.wish != "" {
		return m.wish
	}
	return m.lasting
}

// shown is the same of the simulated one.
func shown(s Status) string {
	switch s.Mode {
	case Automatic:
		return fmt.Sprintf("automatic %d", s.Program)
	case Manual:
		return "manual " + s.Setpoint.String()
	case Boost, Off, Protection:
	}
	return string(s.Mode)
}

// TestModesRunOutAsInTheModel sends random writes at random times, with and
// without an end, over both ways to go on, with a kill now and then, and holds
// what Get status says against the model.
func TestModesRunOutAsInTheModel(t *testing.T) {
	for _, after := range []AfterEnd{AfterEndAutomatic, AfterEndPrevious} {
		for seed := range uint64(8) {
			rng := rand.New(rand.NewPCG(seed, seed))
			options := Options{House: t.TempDir() + "/house.json", AfterEnd: after}
			cloud, clock := newCloud(t, options)
			options.Clock = clock.read
			m := model{lasting: "automatic 1", program: 1}
			for step := range 60 {
				clock.now = clock.now.Add(time.Duration(rng.Int64N(int64(40 * time.Minute)))).Truncate(time.Second)
				if got, want := shown(status(t, cloud, testModule)), m.at(clock.now, after); got != want {
					t.Fatalf("after-end %d, seed %d, step %d: the thermostat shows %s, want %s", after, seed, step, got, want)
				}
				body := m.write(rng, clock.now)
				if w := post(cloud, testModule, body); w.Code != 200 {
					t.Fatalf("%s was answered %s", body, w.Body)
				}
				wantReading(t, get(t, cloud, testModule), &m, clock.now, after)
				if rng.IntN(10) == 0 {
					var err error
					if cloud, err = New(options); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

// write makes a random wish, in the model and as a body.
func (m *model) write(rng *rand.Rand, now time.Time) string {
	wish, body := "", ""
	switch kind := rng.IntN(5); kind {
	case 0:
		m.program = rng.IntN(12)
		m.lasting, m.wish = fmt.Sprintf("automatic %d", m.program), ""
		return fmt.Sprintf(`{"function":"heating","mode":"automatic","programs":[{"number":%d}]}`, m.program)
	case 1:
		tenths := Tenths(30 + rng.IntN(371))
		wish, body = "manual "+tenths.String(), fmt.Sprintf(`"mode":"manual","setPoint":{"value":"%s","unit":"C"}`, tenths)
	case 2:
		wish, body = "off", `"mode":"off"`
	case 3:
		wish, body = "protection", `"mode":"protection"`
	case 4:
		wish, body = "boost", `"mode":"boost"`
	}
	rome := time.FixedZone("CET", 3600)
	wall := func(t time.Time) string { return t.In(rome).Format("2006-01-02T15:04:05") }
	switch {
	case wish == "boost":
		m.wish, m.until = wish, now.Add(time.Duration(30+30*rng.IntN(3))*time.Minute)
		body += fmt.Sprintf(`,"activationTime":"%s/%s"`, wall(now), wall(m.until))
	case rng.IntN(2) == 0:
		m.wish, m.until = wish, now.Add(time.Duration(1+rng.IntN(3600))*time.Second)
		body += fmt.Sprintf(`,"activationTime":"%s"`, wall(m.until))
	default:
		m.lasting, m.wish = wish, ""
	}
	return `{"function":"heating",` + body + "}"
}

func wantReading(t *testing.T, is map[string]any, m *model, now time.Time, after AfterEnd) {
	t.Helper()
	want := m.at(now, after)
	end, _ := is["activationTime"].(string)
	wantEnd := ""
	if m.wish != "" {
		wantEnd = m.until.Add(time.Hour).UTC().Format("2006-01-02T15:04:05")
	}
	if end != wantEnd {
		t.Errorf("%s: activationTime is %q, want %q", want, end, wantEnd)
	}
}

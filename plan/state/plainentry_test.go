package state

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestEncodeThermostats: a state is written to the byte as by the general encoder.
func TestEncodeThermostats(t *testing.T) {
	var sound []Entry
	var addresses []string
	for _, r := range plainOnes() {
		if r.Entry == nil {
			continue
		}
		if e := *r.Entry; e.check() == nil {
			sound = append(sound, e)
			e.Outcome, e.Previous, e.Declared = Unknown, e.OnRemove, nil
			sound = append(sound, e)
			e.Outcome, e.Previous, e.Declared = Observed, nil, e.OnRemove
			sound = append(sound, e)
		}
		if checkAddress(r.Address) == nil {
			addresses = append(addresses, r.Address)
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2_000 {
		s := New("1\n  \"thermostats\": {}")
		for range rng.IntN(6) {
			address := addresses[rng.IntN(len(addresses))]
			if rng.IntN(2) == 0 {
				address = fmt.Sprintf("thermostat.t[%d]", rng.IntN(20))
			}
			s.Thermostats[address] = sound[rng.IntN(len(sound))]
		}
		if rng.IntN(3) == 0 {
			s.Outputs["o"] = Output{Value: []byte(`{"thermostats":{}}`), Type: []byte(`"dynamic"`)}
		}
		want, err := marshal(stateJSON(*s), "  ")
		if err != nil {
			t.Fatal(err)
		}
		if got := must(Encode(s)); string(got) != string(want) {
			t.Fatalf("written\n%s\nnot\n%s", got, want)
		}
	}
}

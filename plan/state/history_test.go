package state

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"setpoint/internal/durable"
	"setpoint/provider"
)

func (h *history) tick() time.Time {
	h.clock = h.clock.Add(time.Minute)
	return h.clock
}

func (h *history) opened() *Session {
	if h.session == nil {
		s, err := NewStore(durable.OS(), h.path, "1.0").Open(context.Background(), OpenOptions{Operation: "apply", Lock: true})
		if err != nil {
			panic(err)
		}
		h.session = s
	}
	return h.session
}

func (h *history) device(t *rapid.T) int { return rapid.IntRange(0, houseDevices-1).Draw(t, "device") }

// managed draws a device that the state has and that no call is under way to.
func (h *history) managed(t *rapid.T) (int, truth) {
	i := h.device(t)
	k, ok := h.house[i]
	if _, flying := h.flying[i]; !ok || flying {
		t.Skip("not managed, or busy")
	}
	return i, k
}

func (h *history) intent(t *rapid.T) {
	i := h.device(t)
	if _, busy := h.flying[i]; busy {
		t.Skip("busy")
	}
	k, ok := h.house[i]
	if !ok {
		k.address = rapid.SampledFrom(placesOf(i)).Draw(t, "address")
	}
	settings := manual(provider.Celsius(100 + 5*rapid.IntRange(0, 9).Draw(t, "setpoint")))
	remove := ok && rapid.Bool().Draw(t, "remove")
	id, err := h.opened().Intent(k.address, Entry{Device: deviceOf(i), Settings: settings, OnRemove: k.onRemove, At: h.tick()}, remove)
	if err != nil {
		t.Fatal(err)
	}
	k.maybe = append(k.maybe, settings)
	h.house[i], h.flying[i] = k, flight{id, remove}
}

func (h *history) result(t *rapid.T) {
	i := h.device(t)
	f, ok := h.flying[i]
	if !ok {
		t.Skip("no call")
	}
	result := rapid.SampledFrom([]CallResult{CallConfirmed, CallRejected, CallUnknown}).Draw(t, "result")
	if err := h.session.Result(f.id, result, 0, h.tick()); err != nil {
		t.Fatal(err)
	}
	delete(h.flying, i)
	k := h.house[i]
	last := len(k.maybe) - 1
	switch result {
	case CallConfirmed:
		k.certain, k.maybe = &k.maybe[last], nil
	case CallRejected:
		k.maybe = k.maybe[:last:last]
	case CallUnknown:
	}
	h.house[i] = k
	if gone := result == CallConfirmed && f.remove; gone || k.certain == nil && len(k.maybe) == 0 {
		delete(h.house, i)
	}
}

// kill drops the session as a dying process does: the lock goes with it, what is
// on disk stays, the last line maybe torn.
func (h *history) kill(t *rapid.T) {
	if h.session == nil {
		t.Skip("not open")
	}
	if h.session.journal != nil {
		if rapid.Bool().Draw(t, "torn") {
			must(h.session.journal.file.Write([]byte(`01234567 {"type":"res`)))
		}
		if err := h.session.journal.file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.session.lock.flock.Unlock(); err != nil {
		t.Fatal(err)
	}
	h.session, h.flying = nil, map[int]flight{}
}

func (h *history) close(t *rapid.T) {
	if h.session == nil {
		t.Skip("not open")
	}
	if _, err := h.session.Close(); err != nil {
		t.Fatal(err)
	}
	h.session, h.flying = nil, map[int]flight{}
}

// edit changes what to leave behind, as an edited configuration does.
func (h *history) edit(t *rapid.T) {
	i, k := h.managed(t)
	k.onRemove = rapid.SampledFrom([]*provider.Settings{nil, ptr(manual(70)), ptr(manual(80))}).Draw(t, "on_remove")
	e := must(NewStore(durable.OS(), h.path, "1.0").Read()).State.Thermostats[k.address]
	e.OnRemove = k.onRemove
	if err := h.opened().Put(k.address, e); err != nil {
		t.Fatal(err)
	}
	h.house[i] = k
}

// rename gives a thermostat another address within a run, as a plan does before
// it calls there.
func (h *history) rename(t *rapid.T) {
	i, k := h.managed(t)
	to := rapid.SampledFrom(placesOf(i)).Draw(t, "to")
	s := h.opened()
	called := func(address string) bool { return s.fold.slots[address] != nil && s.fold.slots[address].called }
	refused := k.address != to && (called(k.address) || called(to))
	if err := s.Rename(k.address, to); (err != nil) != refused {
		t.Fatalf("rename %s to %s: %v", k.address, to, err)
	}
	if !refused {
		k.address = to
		h.house[i] = k
	}
}

// operate runs one operation on the whole state in a session that has recorded
// nothing, and ends it.
func (h *history) operate(t *rapid.T, do func(*Session)) {
	if h.session != nil && h.session.journal != nil {
		t.Skip("in the middle of a run")
	}
	do(h.opened())
	if rapid.Bool().Draw(t, "killed after it") {
		h.kill(t)
	} else {
		h.close(t)
	}
}

func (h *history) move(t *rapid.T) {
	i, k := h.managed(t)
	to := rapid.SampledFrom(placesOf(i)).Draw(t, "to")
	h.operate(t, func(s *Session) {
		next, _, err := s.State().Move(k.address, to)
		if (err != nil) != (to == k.address) {
			t.Fatalf("move %s to %s: %v", k.address, to, err)
		}
		if err == nil {
			must(s.Replace(next))
			k.address = to
			h.house[i] = k
		}
	})
}

func (h *history) remove(t *rapid.T) {
	i, k := h.managed(t)
	h.operate(t, func(s *Session) {
		next, _, err := s.State().Remove(k.address)
		if err != nil {
			t.Fatal(err)
		}
		must(s.Replace(next))
		delete(h.house, i)
	})
}

func (h *history) pull(t *rapid.T) {
	h.copies = append(h.copies, pulled{must(Decode("pulled", must(must(NewStore(durable.OS(), h.path, "1.0").Read()).Pull(h.path)))), h.house.copy()})
}

func (h *history) push(t *rapid.T) {
	p, force := h.pulled(t), rapid.Bool().Draw(t, "force")
	h.operate(t, func(s *Session) {
		now := s.State()
		same := sameContent(p.state, now)
		refused := !force && (p.state.Serial < now.Serial || p.state.Serial == now.Serial && !same)
		done, err := s.Push(p.state, force)
		if (err != nil) != refused {
			t.Fatalf("serial %d onto %d, the same %t, force %t: %v", p.state.Serial, now.Serial, same, force, err)
		}
		if err == nil {
			if done.State.Serial <= now.Serial && !same {
				t.Fatalf("serial %d after %d", done.State.Serial, now.Serial)
			}
			h.house = p.house.copy()
		}
	})
}

func (h *history) pulled(t *rapid.T) pulled {
	if len(h.copies) == 0 {
		t.Skip("nothing was pulled")
	}
	return rapid.SampledFrom(h.copies).Draw(t, "copy")
}

// merge joins a branch on which one thermostat was sent something since.
func (h *history) merge(t *rapid.T) {
	p, i := h.pulled(t), h.device(t)
	old, ok := p.house[i]
	if !ok {
		t.Skip("not on that branch")
	}
	settings := manual(provider.Celsius(200 + 5*rapid.IntRange(0, 9).Draw(t, "setpoint")))
	h.operate(t, func(s *Session) {
		theirs := p.state.withThermostats(maps.Clone(p.state.Thermostats))
		theirs.Serial++
		theirs.Thermostats[old.address] = Entry{Device: deviceOf(i), Settings: settings, Outcome: Confirmed, At: h.tick(), OnRemove: old.onRemove}
		merged, _, err := Merge(p.state, s.State(), theirs)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Push(merged, false); err != nil {
			t.Fatal(err)
		}
		k, ok := h.house[i]
		if ok {
			k.certain, k.maybe = &settings, nil
		} else { // removed here, sent to there
			k = old
			k.maybe = []provider.Settings{settings}
		}
		h.house[i] = k
	})
}

func (h *history) foreign(t *rapid.T) {
	h.operate(t, func(s *Session) {
		other := New("1.0")
		other.Serial = 1000
		if _, err := s.Push(other, false); err == nil {
			t.Fatal("another lineage was pushed")
		}
	})
}

// TestHistories runs random sequences of everything that can be done to a state
// against the model: nothing confirmed is lost, nothing unconfirmed is called
// confirmed, the serial never goes back, the lineage stays, every file decodes.
func TestHistories(under *testing.T) {
	dir := under.TempDir()
	rapid.Check(under, func(t *rapid.T) {
		path := filepath.Join(must(os.MkdirTemp(dir, "")), "setpoint.state.json")
		first := begun(under, path)
		h := &history{path: path, lineage: first.Lineage, clock: noon, house: truths{}, flying: map[int]flight{}, decoded: map[string]bool{}}
		defer func() {
			if h.session != nil {
				h.close(t)
			}
		}()
		t.Repeat(map[string]func(*rapid.T){
			"": h.check, "intent": h.intent, "intent ": h.intent, "result": h.result, "result ": h.result, "kill": h.kill, "close": h.close, "edit": h.edit, "rename": h.rename,
			"move": h.move, "remove": h.remove, "merge": h.merge, "pull": h.pull, "push": h.push, "foreign": h.foreign,
		})
	})
}

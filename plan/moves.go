package plan

import (
	"maps"
	"slices"
	"strings"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/plan/state"
	"setpoint/provider"
)

// recorded is an entry of the state at the address that it is planned under.
type recorded struct {
	at    address.Address
	moved string // the address that it is recorded under, "" if that is the same
	entry state.Entry
}

// moves are the moves that can be followed.
type moves struct {
	from map[place]*config.Move
	// mentioned are the blocks that a move names, for which nothing is implied.
	mentioned map[string]bool
	// blocked are, by move, the addresses whose move is not done.
	blocked map[*config.Move][]string
	taken   map[string]bool // the addresses that something has moved to
}

// follow finds out where the thermostats of the state are declared now. What is
// declared where it is recorded stays there: nothing may be moved from there.
func (m *maker) follow() {
	m.arrived = map[string]string{}
	followed := m.checkMoves()
	names := make([]string, 0, len(m.State.Thermostats))
	for name := range m.State.Thermostats {
		if m.Destroy || m.declaredAt[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names) // of two that go to one place always the same is first
	for _, name := range names {
		from, err := address.Parse(name)
		if err != nil { // the state holds canonical addresses only
			continue
		}
		r := recorded{at: from, entry: m.State.Thermostats[name]}
		if m.declaredAt[name] == nil {
			r.at = m.destination(followed, from)
		}
		if r.at == from && !m.Destroy {
			r.at = m.home(name, r)
		}
		if r.at != from {
			r.moved = name
			followed.taken[r.at.String()] = true
			if target := r.at.String(); !m.Destroy && m.declaredAt[target] != nil {
				m.arrived[target] = name
				continue
			}
		}
		m.gone = append(m.gone, r)
	}
	m.warnOfBlocked(followed)
}

// home is where the newest record of a device belongs that is declared under an
// address with an older record of it. An interrupted run can leave both behind;
// what the device has is what the newest says.
func (m *maker) home(name string, r recorded) address.Address {
	declared := ""
	for _, other := range m.recordsOf(r.entry.Device) {
		e := m.State.Thermostats[other]
		if other != name && !e.At.Before(r.entry.At) {
			return r.at // this is not the newest
		}
		if t := m.declaredAt[other]; t != nil && t.Device == r.entry.Device {
			declared = other
		}
	}
	if declared == "" || m.arrived[declared] != "" {
		return r.at
	}
	return m.declaredAt[declared].Address
}

// recordsOf are the addresses that a device is recorded under.
func (m *maker) recordsOf(d provider.Device) []string {
	m.indexRecords()
	one, known := m.byDevice[d]
	if !known {
		return nil
	}
	return append([]string{one}, m.othersByDevice[d]...)
}

// indexRecords finds for recordsOf one address for each device, and those besides,
// of which there are hardly ever any.
func (m *maker) indexRecords() {
	if m.byDevice != nil {
		return
	}
	m.byDevice = make(map[provider.Device]string, len(m.State.Thermostats))
	m.othersByDevice = map[provider.Device][]string{}
	for name, e := range m.State.Thermostats {
		if _, taken := m.byDevice[e.Device]; taken {
			m.othersByDevice[e.Device] = append(m.othersByDevice[e.Device], name)
			continue
		}
		m.byDevice[e.Device] = name
	}
}

// destination follows the moves from an address that is recorded and not
// declared. Each move is followed once, the one that names least first. An
// address where something else is recorded, or has moved to, is not moved to.
func (m *maker) destination(all *moves, from address.Address) address.Address {
	now := from
	var last *config.Move
	done := map[*config.Move]bool{}
	visited := map[address.Address]bool{from: true}
	for {
		move := all.next(now, done)
		if move == nil {
			break
		}
		done[move] = true
		next := move.From.Rename(now, move.To)
		if visited[next] {
			m.noticeIn(&move.Range, diag.Error, "Moves in a circle", "%s moves to %s, from where it came. Remove one of the moved blocks that lead there.", now, next)
			return from
		}
		if _, there := m.State.Thermostats[next.String()]; there {
			all.blocked[move] = append(all.blocked[move], now.String())
			continue
		}
		visited[next] = true
		now, last = next, move
	}
	if last != nil && all.taken[now.String()] {
		all.blocked[last] = append(all.blocked[last], from.String())
		return from
	}
	return m.implied(all, now)
}

func (all *moves) next(a address.Address, done map[*config.Move]bool) *config.Move {
	if len(all.from) == 0 {
		return nil
	}
	for _, p := range places(a) {
		if move := all.from[p]; move != nil && !done[move] {
			return move
		}
	}
	return nil
}

// implied is where an address goes without a moved block because its block has
// got or lost its count: from no key to the index 0 or back.
func (m *maker) implied(all *moves, a address.Address) address.Address {
	to := a
	switch a.Key {
	case address.Key{}:
		to.Key = address.Int(0)
	case address.Int(0):
		to.Key = address.Key{}
	default:
		return a
	}
	name := to.String()
	if m.declaredAt[name] == nil || all.mentioned[a.Block()] || all.taken[name] {
		return a
	}
	if _, there := m.State.Thermostats[name]; there {
		return a
	}
	return to
}

// checkMoves reports moves that contradict each other or the configuration and
// gives those that can be followed.
func (m *maker) checkMoves() *moves {
	all := &moves{
		from: make(map[place]*config.Move, len(m.Config.Moves)), mentioned: map[string]bool{},
		blocked: map[*config.Move][]string{}, taken: map[string]bool{},
	}
	to := make(map[place]*config.Move, len(m.Config.Moves))
	for i := range m.Config.Moves {
		move := &m.Config.Moves[i]
		if !move.From.IsModule() {
			all.mentioned[blockOf(move.From)], all.mentioned[blockOf(move.To)] = true, true
		}
		source, target := ends(move)
		if t := m.declaredIn()[source]; t != nil {
			m.noticeIn(&move.Range, diag.Error, "Moved, but still declared", "%s is said to have moved to %s, but %s is declared at %s. Remove that, or this moved block.",
				move.From, move.To, t.Address, at(t.Range("")))
			continue
		}
		if other := all.from[source]; other != nil {
			if other.To != move.To {
				m.noticeIn(&move.Range, diag.Error, "Moved to two places", "%s moves to %s here, and to %s at %s. Remove one of the two moved blocks.",
					move.From, move.To, other.To, at(other.Range))
			}
			continue
		}
		if other := to[target]; other != nil {
			m.noticeIn(&move.Range, diag.Error, "Two things moved to one place", "%s moves to %s here, and so does %s at %s. Remove one of the two moved blocks.",
				move.From, move.To, other.From, at(other.Range))
			continue
		}
		all.from[source], to[target] = move, move
	}
	m.breakCircles(all)
	return all
}

// breakCircles reports moves that lead back to where they began. From a place
// leads one move at most, so whoever follows them sees each once.
func (m *maker) breakCircles(all *moves) {
	seen := make(map[*config.Move]int, len(all.from)) // by which walk
	for i := range m.Config.Moves {
		start := &m.Config.Moves[i]
		if source, _ := ends(start); all.from[source] != start {
			continue
		}
		move := start
		for move != nil && seen[move] == 0 {
			seen[move] = i + 1
			_, target := ends(move)
			move = all.from[target]
		}
		if move == nil || seen[move] != i+1 {
			continue
		}
		var names, ranges []string
		for first := move; first != move || len(names) == 0; {
			source, target := ends(first)
			names, ranges = append(names, first.From.String()), append(ranges, at(first.Range))
			delete(all.from, source)
			if first = all.from[target]; first == nil {
				break
			}
		}
		m.noticeIn(&move.Range, diag.Error, "Moves in a circle", "%s -> %s: these moved blocks (%s) lead back to where they begin. Remove one of them.",
			strings.Join(names, " -> "), names[0], diag.Few(ranges))
	}
}

// warnOfBlocked warns of moves to where something is recorded already.
func (m *maker) warnOfBlocked(all *moves) {
	for _, move := range slices.SortedFunc(maps.Keys(all.blocked), m.byPlace()) {
		m.noticeIn(&move.Range, diag.Warning, "Not moved", "The move from %s to %s is not done for %s, because the record has something at the new address already, which stays. "+
			"What was to be moved counts as not declared any more.", move.From, move.To, diag.Few(all.blocked[move]))
	}
}

// byPlace orders moves as they were given.
func (m *maker) byPlace() func(a, b *config.Move) int {
	number := make(map[*config.Move]int, len(m.Config.Moves))
	for i := range m.Config.Moves {
		number[&m.Config.Moves[i]] = i
	}
	return func(a, b *config.Move) int { return number[a] - number[b] }
}

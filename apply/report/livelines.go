package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"setpoint/config/diag"
)

// What there is room for.
const (
	leastDetail = 16 // columns, below which it is only said how far it is
	leastWords  = 60 // columns, below which words are left out
	mostReasons = 3  // for waiting, that have a line of their own
)

// Lines is what a person sees at the given instant: how far it is; what is in
// flight, and since when; what waits, why, and for how long. There are at most as
// many lines as rows, the first ones counting most, none wider than so many
// columns; they have no line ends and no control characters.
func (l *Live) Lines(now time.Time, columns, rows int) []string {
	if columns <= 0 || rows <= 0 {
		return nil
	}
	lines := []string{l.head(now, columns)}
	if columns < leastDetail {
		return lines
	}
	if len(l.flying) > 0 || l.settled < l.calls {
		calls := slices.SortedFunc(maps.Values(l.flying), earlier)
		lines = append(lines, list("  in flight: ", calls, columns, func(call pending) string {
			if since := now.Sub(call.at); since >= time.Second {
				return " " + seconds(since.Truncate(time.Second))
			}
			return ""
		}))
	}
	if pause := l.pause.Sub(now); pause > 0 && !l.stopped {
		lines = append(lines, cut("  all calls pause for "+seconds(pause)+": rate limit", columns))
	}
	lines = append(lines, l.waits(now, columns)...)
	return lines[:min(len(lines), rows)]
}

// waits has a line for each reason to wait, that whose wait ends first coming first.
func (l *Live) waits(now time.Time, columns int) []string {
	if l.stopped {
		return nil
	}
	var reasons []string
	calls := map[string][]pending{}
	for _, call := range slices.SortedFunc(maps.Values(l.waiting), earlier) {
		if call.why == "" {
			continue // what it waits for has its line
		}
		if calls[call.why] == nil {
			reasons = append(reasons, call.why)
		}
		calls[call.why] = append(calls[call.why], call)
	}
	var lines []string
	for _, why := range reasons[:min(len(reasons), mostReasons)] {
		title := "  waiting (" + why + "): "
		if columns < leastWords {
			title = "  " + why + ": "
		}
		lines = append(lines, list(title, calls[why], columns, func(call pending) string {
			if wait := call.at.Sub(now); wait > 0 {
				return " " + seconds(wait)
			}
			return "" // it is ready
		}))
	}
	if rest := reasons[min(len(reasons), mostReasons):]; len(rest) > 0 {
		count := 0
		for _, why := range rest {
			count += len(calls[why])
		}
		lines = append(lines, cut(fmt.Sprintf("  %d more wait for other reasons", count), columns))
	}
	return lines
}

// head says how far it is, as fully as there is room for.
func (l *Live) head(now time.Time, columns int) string {
	core := strings.TrimSpace(fmt.Sprintf("%d of %d %s", l.done, l.calls+l.more, l.doneWord))
	for _, other := range []struct {
		count int
		text  string
	}{{l.failed, "failed"}, {l.unknown, "unknown"}, {l.over, "expired"}, {l.not, "not attempted"}} {
		if other.count > 0 {
			core += fmt.Sprintf(", %d %s", other.count, other.text)
		}
	}
	var left, pace string
	switch remaining, paced := l.left(now); {
	case l.stopped:
		left = ", ending"
	case remaining > 0:
		left = ", about " + seconds(remaining) + " left"
		if l.chained {
			left = ", at least " + seconds(remaining) + " left"
		}
		if paced {
			pace = fmt.Sprintf(" at %v a second", l.policy.RateLimit)
		}
	case l.verifying && l.settled == l.calls && l.done > 0:
		left = fmt.Sprintf(", reading back: %d of %d", l.seenBack, l.done)
	}
	doing := l.Doing + ": "
	for _, text := range []string{doing + core + left + pace, doing + core + left, core + left} {
		if measure(text) <= columns {
			return oneLine(text)
		}
	}
	return cut(core, columns)
}

// list names calls as far as there is room, and says how many there are beyond.
// A first name that is too long loses its beginning, as those of many thermostats
// begin alike; where there is hardly any room it is only said how many there are.
func list(title string, calls []pending, columns int, state func(pending) string) string {
	text := title
	if len(calls) == 0 { // so that the lines below stay where they are
		return cut(title+"none", columns)
	}
	for i, call := range calls {
		separator, more := "", ""
		if i > 0 {
			separator = ", "
		}
		if rest := len(calls) - i - 1; rest > 0 {
			more = fmt.Sprintf(", %d more", rest)
		}
		next := separator + oneLine(strings.TrimPrefix(call.name, "thermostat.")) + state(call)
		if measure(text+next+more) <= columns {
			text += next
			continue
		}
		if i > 0 {
			return cut(fmt.Sprintf("%s, %d more", text, len(calls)-i), columns)
		}
		const least = 12 // columns, for a name to be told from others
		if room := columns - measure(title+more); room >= least {
			return title + cutLeft(next, room) + more
		}
		count := fmt.Sprintf("%s%d", title, len(calls))
		if first := state(call); first != "" {
			count += "," + first
		}
		return cut(count, columns)
	}
	return text
}

// seconds is a time that is at least as long as d and changes once a second.
func seconds(d time.Duration) string {
	if d >= 2*time.Minute {
		return Wait(d)
	}
	return fmt.Sprintf("%d s", (d+time.Second-1)/time.Second)
}

func earlier(a, b pending) int {
	if c := a.at.Compare(b.at); c != 0 {
		return c
	}
	return cmp.Compare(a.name, b.name)
}

func measure(text string) int { return diag.Screen().StringWidth(text) }

func cut(text string, columns int) string {
	return diag.Screen().Truncate(oneLine(text), columns, "…")
}

func cutLeft(text string, columns int) string {
	if over := measure(text) - columns; over > 0 {
		return diag.Screen().TruncateLeft(text, over+1, "…")
	}
	return text
}

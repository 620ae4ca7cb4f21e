package apply_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"setpoint/apply"
	"setpoint/provider"
)

// at lets the bubble's time come, in RFC 3339 with an offset.
func at(t *testing.T, instant string) {
	t.Helper()
	when, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(when))
}

// sent are the settings of each attempt.
func (w *world) sent() []string {
	var all []string
	for _, line := range w.lines {
		if _, text, ok := strings.Cut(line, " a sent boost "); ok {
			all = append(all, text)
		}
	}
	return all
}

// TestBoostInterval: whatever the zone of the machine, the plant's wall clock is
// sent, and a boost whose ends cannot be told on it is not sent.
func TestBoostInterval(t *testing.T) {
	const rome, johns, kathmandu = "Europe/Rome", "America/St_Johns", "Asia/Kathmandu"
	tests := map[string]struct {
		now     string
		minutes int
		zone    string
		want    string // "" where nothing is sent
	}{
		"seconds are cut off":              {"2026-06-10T10:07:59.9Z", 30, rome, "30 2026-06-10T12:07:00/2026-06-10T12:37:00"},
		"winter":                           {"2026-12-10T23:40:00Z", 90, rome, "90 2026-12-11T00:40:00/2026-12-11T02:10:00"},
		"half an hour":                     {"2026-06-10T10:07:30Z", 60, johns, "60 2026-06-10T07:37:00/2026-06-10T08:37:00"},
		"three quarters":                   {"2026-06-10T10:07:30Z", 60, kathmandu, "60 2026-06-10T15:52:00/2026-06-10T16:52:00"},
		"spring: over before":              {"2026-03-29T01:29:30+01:00", 30, rome, "30 2026-03-29T01:29:00/2026-03-29T01:59:00"},
		"spring: ends with the change":     {"2026-03-29T01:30:00+01:00", 30, rome, ""},
		"spring: spans it":                 {"2026-03-29T01:45:00+01:00", 60, rome, ""},
		"spring: right after":              {"2026-03-29T03:00:00+02:00", 30, rome, "30 2026-03-29T03:00:00/2026-03-29T03:30:00"},
		"autumn: over before":              {"2026-10-25T02:29:00+02:00", 30, rome, "30 2026-10-25T02:29:00/2026-10-25T02:59:00"},
		"autumn: ends with the change":     {"2026-10-25T02:30:00+02:00", 30, rome, ""},
		"autumn: spans it":                 {"2026-10-25T01:45:00+02:00", 90, rome, ""},
		"autumn: in the first of the two":  {"2026-10-25T02:00:00+02:00", 30, rome, "30 2026-10-25T02:00:00/2026-10-25T02:30:00"},
		"autumn: in the second of the two": {"2026-10-25T02:00:00+01:00", 60, rome, "60 2026-10-25T02:00:00/2026-10-25T03:00:00"},
		"spring in St. John's":             {"2026-03-08T01:45:00-03:30", 30, johns, ""},
		"after it in St. John's":           {"2026-03-08T03:00:00-02:30", 30, johns, "30 2026-03-08T03:00:00/2026-03-08T03:30:00"},
		"autumn in St. John's":             {"2026-11-01T01:01:00-02:30", 60, johns, ""},
		"before it in St. John's":          {"2026-11-01T00:59:00-02:30", 60, johns, "60 2026-11-01T00:59:00/2026-11-01T01:59:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				at(t, test.now)
				step := add("a", boost(test.minutes))
				step.TimeZone = test.zone
				w := &world{}
				account := w.run(step)
				if test.want != "" {
					same(t, "sent", []string{test.want}, w.sent())
					same(t, "outcome", "a applied 1", outcomes(account))
					return
				}
				same(t, "outcome", "a failed 0", outcomes(account))
				same(t, "journal", nil, w.lines)
				same(t, "sentinel", true, errors.Is(account.Results[0].Err, apply.ErrClockChange))
			})
		})
	}
}

// TestBoostRetries: the interval stays while its start is less than a minute
// old, and what is recorded is what is sent.
func TestBoostRetries(t *testing.T) {
	const first, second, third = "30 2026-06-10T12:07:00/2026-06-10T12:37:00", "30 2026-06-10T12:08:00/2026-06-10T12:38:00", "30 2026-06-10T12:09:00/2026-06-10T12:39:00"
	busy, server := now(fault(provider.KindBusy)), now(fault(provider.KindServer)) // 37.5 s, and 0.5 s then 1 s
	for name, test := range map[string]struct {
		now     string
		answers []answer
		want    []string
	}{
		"at once":            {"2026-06-10T10:07:01Z", []answer{server, server}, []string{first, first, first}},
		"up to the minute":   {"2026-06-10T10:07:58.4Z", []answer{server, server}, []string{first, first, first}},
		"over the minute":    {"2026-06-10T10:07:58.5Z", []answer{server, server}, []string{first, first, second}},
		"each one anew":      {"2026-06-10T10:07:50Z", []answer{busy, busy}, []string{first, second, third}},
		"the second is kept": {"2026-06-10T10:07:30Z", []answer{busy, server}, []string{first, second, second}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				at(t, test.now)
				step := add("a", boost(30))
				step.TimeZone = "Europe/Rome"
				w := &world{answers: map[string][]answer{"a": test.answers}}
				w.run(step)
				same(t, "sent", test.want, w.sent())
				for i, line := range w.lines {
					if before, text, ok := strings.Cut(line, " a sent "); ok && w.lines[i-1] != before+" a intent "+text {
						t.Errorf("%q follows %q", line, w.lines[i-1])
					}
				}
			})
		})
	}
}

// TestBoostRetryBeforeTheChange: the first attempt could be sent, the second not.
func TestBoostRetryBeforeTheChange(t *testing.T) {
	for kind, want := range map[provider.Kind]string{provider.KindBusy: "a failed 1", provider.KindServer: "a unknown 1"} {
		bubble(t, func(t *testing.T) {
			at(t, "2026-03-29T01:29:55+01:00")
			step := add("a", boost(30))
			step.TimeZone = "Europe/Rome"
			w := &world{answers: map[string][]answer{"a": {later(fault(kind))}}}
			account := w.run(step)
			same(t, "outcome", want, outcomes(account))
			reason, _ := provider.Reason(account.Results[0].Err)
			same(t, "reason", fault(kind).Reason()+"; then: "+apply.ErrClockChange.Error(), reason)
		})
	}
}

// TestBoostWithoutZone: without the plant's zone there is no interval to send.
func TestBoostWithoutZone(t *testing.T) {
	for _, zone := range []string{"", "Nowhere/Else"} {
		bubble(t, func(t *testing.T) {
			step := add("a", boost(30))
			step.TimeZone = zone
			w := &world{}
			account := w.run(step, add("b", manual(200)))
			same(t, "outcomes", "a failed 0, b applied 1", outcomes(account))
			if !strings.Contains(account.Results[0].Err.Error(), "make a new plan") {
				t.Error(account.Results[0].Err)
			}
			same(t, "nothing of a", false, slices.ContainsFunc(w.lines, func(l string) bool { return strings.Contains(l, " a ") }))
		})
	}
}

// TestLocalEnd: an end is sent as the plant's clock shows it and judged as an
// instant, also where the machine is in another zone.
func TestLocalEnd(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{"2026-06-10T15:59:00Z": "a applied 1", "2026-06-10T15:59:01Z": "a expired 0"} {
		bubble(t, func(t *testing.T) {
			at(t, now)
			w := &world{}
			account := w.run(until(manual(200), time.Date(2026, 6, 10, 18, 0, 0, 0, rome)))
			same(t, "outcome", want, outcomes(account))
			if len(w.lines) > 0 {
				same(t, "sent", "0s a sent manual 20 2026-06-10T18:00:00", w.lines[1])
			}
		})
	}
}

package discovery

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"setpoint/provider"
)

func TestParseZones(t *testing.T) {
	z, list := ParseZones([]string{"Europe/Rome", strings.ToUpper(fmt.Sprintf(foundPlant, 2)) + "=Europe/Lisbon"})
	if len(list) > 0 {
		t.Fatal(list)
	}
	if one, two := z.of(fmt.Sprintf(foundPlant, 1)), z.of(fmt.Sprintf(foundPlant, 2)); one.String() != "Europe/Rome" || two.String() != "Europe/Lisbon" {
		t.Errorf("%s and %s", one, two)
	}
	for _, wrong := range [][]string{{""}, {"Local"}, {"Rome"}, {"x=Europe/Rome"}, {"=Europe/Rome"}, {"Europe/Rome", "Europe/Lisbon"}} {
		if _, list := ParseZones(wrong); !list.HasErrors() {
			t.Errorf("%q is accepted", wrong)
		}
	}
}

// TestZoneOfAPlant: a zone is written down only where somebody gave it and the
// clocks do not speak against it. Otherwise there is a line to be filled in.
func TestZoneOfAPlant(t *testing.T) {
	const blank = "  # time_zone = \"\"\n"
	clock := func(offset int) time.Time { return discoveredAt().In(time.FixedZone("", offset)) }
	for _, test := range []struct {
		given  string
		clocks []time.Time
		zone   string
		says   string
		warns  bool
	}{
		{given: "Europe/Rome", clocks: []time.Time{clock(3600)}, zone: "Europe/Rome"},
		{given: "Europe/Rome", clocks: []time.Time{{}}, zone: "Europe/Rome"},
		{given: "Europe/Rome", clocks: []time.Time{clock(3600), clock(0)}, says: "Its clocks do not agree: UTC+00:00, UTC+01:00.", warns: true},
		{given: "Europe/Rome", clocks: []time.Time{clock(0)}, says: "Its clocks are at UTC+00:00 now, as in Europe/Lisbon, ", warns: true},
		{clocks: []time.Time{clock(3600)}, says: "Its clocks are at UTC+01:00 now, as in Europe/Rome, Europe/Paris, "},
		{clocks: []time.Time{clock(20700)}, says: "Its clocks are at UTC+05:45 now.\n"},
		{clocks: []time.Time{{}}, says: "None of its clocks could be read.\n"},
	} {
		var given Zones
		if test.given != "" {
			given = rome(t)
		}
		names := []string{"Casa"}
		for range test.clocks {
			names = append(names, "Sala")
		}
		found := account(manual(), names)
		for i := range test.clocks {
			found.Plants[0].Thermostats[i].Status.Value.Time = test.clocks[i]
		}
		d := Compare(found, nothingDeclared(t), given, discoveredAt())
		text := d.HCL()
		c := loaded(t, t.TempDir(), text)
		got := ""
		if zone := c.Plants[0].Zone; zone != nil {
			got = zone.String()
		}
		if got != test.zone || !strings.Contains(text, test.says) || strings.Contains(text, blank) != (test.zone == "") {
			t.Errorf("%+v: zone %q in\n%s", test, got, text)
		}
		if list := d.Warnings(); len(list) > 0 != test.warns || list.HasErrors() || len(d.Unread()) > 0 {
			t.Errorf("%+v: %v", test, list)
		}
	}
}

// TestEnds: an end is declared only where the zone says which instant it is.
func TestEnds(t *testing.T) {
	for end, want := range map[string]string{
		"2026-12-24T18:00:00": "",
		"2026-11-23T10:59:00": "that was at 2026-11-23T10:59:00 already",
		"2027-03-28T02:30:00": "the clocks of Europe/Rome skip its end, 2027-03-28T02:30:00",
		"2027-10-31T02:30:00": "the clocks of Europe/Rome show its end, 2027-10-31T02:30:00, twice",
	} {
		s := manual()
		var err error
		if s.End, err = provider.ParseLocalTime(end); err != nil {
			t.Fatal(err)
		}
		d := Compare(account(s, []string{"Casa", "Sala"}), nothingDeclared(t), Zones{}, discoveredAt())
		if got := d.plants[0].thermostats[0].obstacle; got != "what it is set to ends, and the time zone of the plant, in which its end is written, is not known; fill that in, or give it with --time-zone" {
			t.Errorf("%s, no zone: %s", end, got)
		}
		d = Compare(account(s, []string{"Casa", "Sala"}), nothingDeclared(t), rome(t), discoveredAt())
		got := d.plants[0].thermostats[0].obstacle
		if want != "" {
			want = "what it is set to ends, and " + want
		}
		if got != want {
			t.Errorf("%s: %q, want %q", end, got, want)
		}
		c := loaded(t, t.TempDir(), d.HCL())
		if len(c.Thermostats) == 1 != (want == "") {
			t.Errorf("%s: %d thermostats", end, len(c.Thermostats))
		}
	}
}

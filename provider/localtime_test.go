package provider

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func local(t *testing.T, s string) LocalTime {
	t.Helper()
	l, err := ParseLocalTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLocalTimeInAZone(t *testing.T) {
	for _, tt := range []struct {
		zone, wall string
		want       []string
	}{
		{"Europe/Rome", "2026-12-24T18:00:00", []string{"2026-12-24T17:00:00Z"}},
		{"Europe/Rome", "2026-07-01T18:00:00", []string{"2026-07-01T16:00:00Z"}},
		{"Europe/Rome", "2026-03-29T01:59:59", []string{"2026-03-29T00:59:59Z"}},
		{"Europe/Rome", "2026-03-29T02:00:00", nil},
		{"Europe/Rome", "2026-03-29T02:59:59", nil},
		{"Europe/Rome", "2026-03-29T03:00:00", []string{"2026-03-29T01:00:00Z"}},
		{"Europe/Rome", "2026-10-25T01:59:59", []string{"2026-10-24T23:59:59Z"}},
		{"Europe/Rome", "2026-10-25T02:00:00", []string{"2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"}},
		{"Europe/Rome", "2026-10-25T02:59:59", []string{"2026-10-25T00:59:59Z", "2026-10-25T01:59:59Z"}},
		{"Europe/Rome", "2026-10-25T03:00:00", []string{"2026-10-25T02:00:00Z"}},
		{"America/Santiago", "2026-01-15T12:00:00", []string{"2026-01-15T15:00:00Z"}},
		{"America/Santiago", "2026-04-04T23:30:00", []string{"2026-04-05T02:30:00Z", "2026-04-05T03:30:00Z"}},
		{"America/Santiago", "2026-09-06T00:30:00", nil},
		{"Australia/Lord_Howe", "2026-04-05T01:45:00", []string{"2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"}},
		{"Australia/Lord_Howe", "2026-10-04T02:15:00", nil},
		{"Pacific/Apia", "2011-12-30T12:00:00", nil}, // a day that never was
		{"UTC", "2026-10-25T02:30:00", []string{"2026-10-25T02:30:00Z"}},
	} {
		var got []string
		for _, instant := range local(t, tt.wall).In(zone(t, tt.zone)) {
			got = append(got, instant.UTC().Format(time.RFC3339))
			if instant.Location().String() != tt.zone {
				t.Errorf("%s in %s lies in %s", tt.wall, tt.zone, instant.Location())
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", tt.wall, tt.zone, diff)
		}
	}
}

func TestWallClockIsWhatTheClockShows(t *testing.T) {
	at := time.Date(2026, 10, 25, 0, 30, 59, 999_999_999, time.UTC)
	for name, want := range map[string]string{
		"Europe/Rome": "2026-10-25T02:30:59", "UTC": "2026-10-25T00:30:59", "America/Santiago": "2026-10-24T21:30:59",
	} {
		if got := WallClock(at.In(zone(t, name))).String(); got != want {
			t.Errorf("in %s the clock shows %s, want %s", name, got, want)
		}
	}
	if got := WallClock(time.Date(1900, 1, 1, 0, 0, 0, 500, time.UTC)).String(); got != "1900-01-01T00:00:00" {
		t.Errorf("before 1970 the clock shows %s", got)
	}
}

func TestLocalTimeArithmeticIgnoresDaylightSaving(t *testing.T) {
	start := local(t, "2026-03-29T01:30:00")
	end := start.Add(90*time.Minute + 999*time.Millisecond)
	if end.String() != "2026-03-29T03:00:00" || end.Sub(start) != 90*time.Minute || start.Sub(end) != -90*time.Minute {
		t.Errorf("%s + 90 minutes = %s, difference %s", start, end, end.Sub(start))
	}
	if got := start.Time(); !got.Equal(time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC)) || got.Location() != time.UTC {
		t.Errorf("Time() = %s", got)
	}
}

func TestLocalTimeZero(t *testing.T) {
	if l := (LocalTime{}); !l.IsZero() || l.String() != "" {
		t.Errorf("the zero time is %q", l)
	}
	if l, err := ParseLocalTime("0001-01-01T00:00:00"); err == nil {
		t.Errorf("the text of the zero time was read as %q: it would be taken for no time", l)
	}
}

func TestParseLocalTimeRefuses(t *testing.T) {
	for _, in := range []string{
		"", "2026-12-24", "2026-12-24T18:00", "2026-12-24T18:00:00Z", "2026-12-24T18:00:00+01:00", "2026-12-24 18:00:00",
		"2026-12-24T18:00:00.5", "2026-1-2T18:00:00", "2026-12-24T8:00:00", "2026-12-24T8:00:00.", "2026-02-29T00:00:00",
		"2026-12-24T24:00:00", "2026-12-24T18:60:00", "2026-12-24T18:00:60", " 2026-12-24T18:00:00", "20261-12-24T18:00:0",
	} {
		if got, err := ParseLocalTime(in); err == nil {
			t.Errorf("ParseLocalTime(%q) = %s, want an error", in, got)
		}
	}
}

func FuzzParseLocalTime(f *testing.F) {
	for _, seed := range []string{"2026-12-24T18:00:00", "0001-01-01T00:00:00", "0000-02-29T23:59:59", "9999-12-31T23:59:59", "2026-12-24T8:00:00."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		l, err := ParseLocalTime(in)
		if err != nil {
			return
		}
		if l.String() != in {
			t.Errorf("%q became %q", in, l)
		}
		if at := l.In(time.UTC); len(at) != 1 || WallClock(at[0]) != l {
			t.Errorf("%q in UTC is %v", in, at)
		}
	})
}

package smarther

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/provider"
)

// looks are the calls that only read, but for Get, and what they are about.
func looks() map[string]struct {
	path   string
	device provider.Device
	call   func(context.Context, *Client) error
	good   string
} {
	return map[string]struct {
		path   string
		device provider.Device
		call   func(context.Context, *Client) error
		good   string
	}{
		"get plants": {"/plants", provider.Device{}, func(ctx context.Context, c *Client) error {
			_, err := c.Plants(ctx)
			return err
		}, `{"plants":[]}`},
		"get topology": {"/plants/" + plantID + "/topology", provider.Device{PlantID: plantID}, func(ctx context.Context, c *Client) error {
			_, err := c.Topology(ctx, plantID)
			return err
		}, `{"plant":{"modules":[]}}`},
		"get program list": {modulePath + "/programlist", device(), func(ctx context.Context, c *Client) error {
			_, err := c.Programs(ctx, device())
			return err
		}, `{"chronothermostats":[{"programs":[]}]}`},
	}
}

func TestWhoOnlyLooksAsksAsTheReferenceSays(t *testing.T) {
	for op, look := range looks() {
		var got *http.Request
		var body []byte
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			got = r
			body, _ = io.ReadAll(r.Body)
			_, _ = io.WriteString(w, byteOrderMark+look.good)
		})
		if err := look.call(t.Context(), c); err != nil {
			t.Errorf("%s: %v", op, err)
			continue
		}
		if got.Method != http.MethodGet || got.URL.Path != look.path || len(body) != 0 {
			t.Errorf("%s asks %s %s with %q, want %s", op, got.Method, got.URL.Path, body, look.path)
		}
		for name, want := range map[string]string{
			"Authorization": "Bearer " + canaryToken, "Ocp-Apim-Subscription-Key": canaryKey, "Accept": "application/json", "Content-Type": "",
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: header %s is %q, want %q", op, name, got.Header.Get(name), want)
			}
		}
	}
}

// failed makes a call that must fail as every call fails.
func failed(t *testing.T, op string, err error, want provider.Device) *provider.Error {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("%s: error %v (%T), want a *provider.Error", op, err, err)
	}
	if e.Op != op || e.Device != want || e.MayHaveLanded {
		t.Errorf("%s: the error names %q of %v, may have landed: %t", op, e.Op, e.Device, e.MayHaveLanded)
	}
	checkShown(t, e)
	return e
}

func TestLooksFailAsEveryCallFails(t *testing.T) {
	for op, look := range looks() {
		for _, status := range []int{200, 203, 301, 400, 401, 403, 404, 408, 418, 429, 430, 469, 470, 486, 500, 503} {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/there")
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, byteOrderMark+`{"statusCode":"`+"x"+`","message":"said `+canaryKey+`"}`)
			})
			e := failed(t, op, look.call(t.Context(), c), look.device)
			if e.Kind != kindOf(status) || status > 299 && e.StatusCode != status {
				t.Errorf("%s: %d is %v with status %d", op, status, e.Kind, e.StatusCode)
			}
			if status > 399 && (e.Message != "said (sensitive value)" || e.RetryAfter.Seconds() != 7) {
				t.Errorf("%s: %d says %q, %s", op, status, e.Message, e.RetryAfter)
			}
		}
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) })
		if e := failed(t, op, look.call(t.Context(), c), look.device); e.Kind != provider.KindInterrupted {
			t.Errorf("%s: %v", op, e)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if e := failed(t, op, look.call(gone, c), look.device); e.Kind != provider.KindCanceled {
			t.Errorf("%s: %v", op, e)
		}
	}
}

func TestFailuresNameWhatTheyAreAbout(t *testing.T) {
	for op, want := range map[string][2]string{
		"get plants":       {"get plants: 404", "endpoint"},
		"get topology":     {"get topology of plant " + plantID + ": 404", "id of the plant"},
		"get program list": {"get program list of module " + moduleID + ": 404", "online"},
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) })
		e := failed(t, op, looks()[op].call(t.Context(), c), looks()[op].device)
		if !strings.HasPrefix(e.Error(), want[0]) || !strings.Contains(e.Remedy, want[1]) {
			t.Errorf("%q, remedy %q; want %q", e, e.Remedy, want)
		}
	}
}

func TestNothingAtAllIsAnAnswerForPlantsOnly(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	list, err := c.Plants(t.Context())
	if err != nil || len(list.Plants) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	for op, look := range looks() {
		if op == "get plants" {
			continue
		}
		if e := failed(t, op, look.call(t.Context(), c), look.device); e.Kind != provider.KindUnusable {
			t.Errorf("%s: %v", op, e)
		}
	}
	empty := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, err = empty.Plants(t.Context())
	if e := failed(t, "get plants", err, provider.Device{}); e.Kind != provider.KindUnusable {
		t.Errorf("an empty 200: %v", e)
	}
}

func TestStrangeIDsAreNeverSent(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	for _, id := range []string{"", ".", "..", "a/b", "a?b", "a%2fb", "é", strings.Repeat("a", longestID+1)} {
		_, err := c.Topology(t.Context(), id)
		if e := failed(t, "get topology", err, provider.Device{PlantID: id}); e.Kind != provider.KindRejected || e.Remedy == "" {
			t.Errorf("%q: %v", id, e)
		}
		strange := provider.Device{PlantID: plantID, ModuleID: id}
		_, err = c.Programs(t.Context(), strange)
		if e := failed(t, "get program list", err, strange); e.Kind != provider.KindRejected {
			t.Errorf("%q: %v", id, e)
		}
	}
}

func TestHowMuchIsRead(t *testing.T) {
	for op, look := range looks() {
		longest := maxReading
		if op == "get plants" || op == "get topology" {
			longest = maxListing
		}
		for _, over := range []int{0, 1} {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, look.good+strings.Repeat(" ", longest-len(look.good)+over))
			})
			err := look.call(t.Context(), c)
			if over == 0 {
				if err != nil {
					t.Errorf("%s: %v", op, err)
				}
				continue
			}
			if e := failed(t, op, err, look.device); e.Kind != provider.KindUnusable || !strings.Contains(e.Err.Error(), "longer than") {
				t.Errorf("%s: %v", op, e)
			}
		}
	}
}

func TestCredentialsAreNoNames(t *testing.T) {
	spread := strings.Join(strings.Split(canaryKey, ""), "\u200b")
	quoted, err := json.Marshal(map[string]any{"plants": []any{
		map[string]any{"id": plantID, "name": "x " + strings.ToUpper(canaryToken) + " y"},
		map[string]any{"id": moduleID, "name": spread},
		map[string]any{"id": "abc", "name": "Sala «0»\u202e\n\x1b[31m${x}"},
		map[string]any{"id": canaryKey, "name": "z"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(quoted) })
	got, err := c.Plants(t.Context())
	want := provider.PlantList{
		Plants: []provider.Plant{
			{ID: plantID, Name: "(sensitive value)"}, {ID: moduleID, Name: "(sensitive value)"}, {ID: "abc", Name: "Sala «0»\u202e\n\x1b[31m${x}"},
		},
		Skipped: []provider.Skipped{{ID: "(sensitive value)", Name: "z", Why: "its id cannot stand in a request"}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestAnAnswerThatQuotesTheTokenShowsNone(t *testing.T) {
	mode, err := json.Marshal(canaryToken)
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, one(`"function":"heating","mode":`+string(mode)))
	})
	if e := attempt(t, t.Context(), c, false); e.Kind != provider.KindUnusable || !strings.Contains(e.Error(), "(sensitive value)") {
		t.Errorf("%v", e)
	} else {
		checkShown(t, e)
	}
}

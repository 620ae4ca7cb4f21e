package smarther

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/provider"
)

func local(t testing.TB, s string) provider.LocalTime {
	t.Helper()
	l, err := provider.ParseLocalTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSetSendsOnlyWhatTheModeCarries(t *testing.T) {
	start, end := local(t, "2026-12-24T17:30:00"), local(t, "2026-12-24T18:00:00")
	// Every field is filled, so that whatever does not belong to a mode would show.
	all := provider.Settings{Function: provider.Heating, Setpoint: 200, Program: 7, BoostMinutes: 30, Start: start, End: end}
	for name, tt := range map[string]struct {
		change func(*provider.Settings)
		want   string
	}{
		"automatic": {func(s *provider.Settings) { s.Mode = provider.Automatic },
			`{"function":"heating","mode":"automatic","programs":[{"number":7}]}`},
		"automatic program 0": {func(s *provider.Settings) { s.Mode, s.Program = provider.Automatic, 0 },
			`{"function":"heating","mode":"automatic","programs":[{"number":0}]}`},
		"manual until": {func(s *provider.Settings) { s.Mode = provider.Manual },
			`{"function":"heating","mode":"manual","setPoint":{"value":"20.0","unit":"C"},"activationTime":"2026-12-24T18:00:00"}`},
		"manual for ever": {func(s *provider.Settings) { s.Mode, s.Setpoint, s.End = provider.Manual, 205, provider.LocalTime{} },
			`{"function":"heating","mode":"manual","setPoint":{"value":"20.5","unit":"C"}}`},
		"boost": {func(s *provider.Settings) { s.Mode, s.Function = provider.Boost, provider.Cooling },
			`{"function":"cooling","mode":"boost","activationTime":"2026-12-24T17:30:00/2026-12-24T18:00:00"}`},
		"off": {func(s *provider.Settings) { s.Mode, s.End = provider.Off, provider.LocalTime{} },
			`{"function":"heating","mode":"off"}`},
		"off until": {func(s *provider.Settings) { s.Mode = provider.Off },
			`{"function":"heating","mode":"off","activationTime":"2026-12-24T18:00:00"}`},
		"protection until": {func(s *provider.Settings) { s.Mode = provider.Protection },
			`{"function":"heating","mode":"protection","activationTime":"2026-12-24T18:00:00"}`},
		"protection": {func(s *provider.Settings) { s.Mode, s.End = provider.Protection, provider.LocalTime{} },
			`{"function":"heating","mode":"protection"}`},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				got = append(got, string(body))
			})
			settings := all
			tt.change(&settings)
			if err := c.Set(t.Context(), device(), settings); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("bodies (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRequestsAreExact(t *testing.T) {
	headers := map[string]http.Header{
		http.MethodGet: {
			"Accept":                    {"application/json"},
			"Accept-Encoding":           {"gzip"},
			"Authorization":             {"Bearer " + canaryToken},
			"Ocp-Apim-Subscription-Key": {canaryKey},
			"User-Agent":                {"setpoint/0.1.0-test"},
		},
	}
	headers[http.MethodPost] = headers[http.MethodGet].Clone()
	headers[http.MethodPost].Set("Content-Type", "application/json")
	headers[http.MethodPost].Set("Content-Length", "77")
	var methods []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods = append(methods, r.Method)
		if want := "/smarther/v2.0" + modulePath; r.RequestURI != want {
			t.Errorf("asked for %s, want %s", r.RequestURI, want)
		}
		if diff := cmp.Diff(headers[r.Method], r.Header); diff != "" {
			t.Errorf("%s headers (-want +got):\n%s", r.Method, diff)
		}
		if r.Method == http.MethodGet {
			_, _ = w.Write(wire(t, "get-automatic.json"))
		}
	}))
	defer s.Close()
	for _, slash := range []string{"", "/"} {
		c := newClient(t, options(s.URL+"/smarther/v2.0"+slash))
		if err := c.Set(t.Context(), device(), manual()); err != nil {
			t.Error(err)
		}
		if _, err := c.Get(t.Context(), device()); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]string{"POST", "GET", "POST", "GET"}, methods); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestNothingIsSentThatCannotBe(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("something was sent") })
	boost := provider.Settings{Function: provider.Heating, Mode: provider.Boost, BoostMinutes: 30}
	hot, halfBoost := manual(), boost
	hot.Setpoint = 401
	halfBoost.End = local(t, "2026-12-24T18:00:00")
	for name, tt := range map[string]struct {
		device   provider.Device
		settings provider.Settings
	}{
		"nothing at all":         {device(), provider.Settings{}},
		"setpoint too high":      {device(), hot},
		"boost without interval": {device(), boost},
		"boost with an end only": {device(), halfBoost},
		"no module":              {provider.Device{PlantID: plantID}, manual()},
		"a way out":              {provider.Device{PlantID: "..", ModuleID: moduleID}, manual()},
		"another path":           {provider.Device{PlantID: plantID, ModuleID: "x/measures"}, manual()},
		"a query":                {provider.Device{PlantID: plantID, ModuleID: "x?y"}, manual()},
	} {
		err := c.Set(t.Context(), tt.device, tt.settings)
		e, ok := err.(*provider.Error)
		if !ok || e.Kind != provider.KindRejected || e.MayHaveLanded || e.StatusCode != 0 || e.Err == nil || e.Device != tt.device {
			t.Errorf("%s: %#v", name, err)
		}
	}
	if _, err := c.Get(t.Context(), provider.Device{}); err == nil {
		t.Error("a reading of no thermostat succeeded")
	}
}

func TestAnySuccessIsASuccess(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"empty":   func(http.ResponseWriter, *http.Request) {},
		"204":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
		"202":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202) },
		"no JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "x")
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		},
	} {
		if err := serve(t, answer).Set(t.Context(), device(), manual()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

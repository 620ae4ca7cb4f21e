package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	testPlant   = "1f3c6b1e-0000-4000-8000-000000000001"
	testModule  = "2a9d5c0f-0000-4000-8000-000000000001"
	otherModule = "2a9d5c0f-0000-4000-8000-000000000002"
)

// winter is 12:00 on a winter's day in Rome.
func winter() time.Time { return time.Date(2026, 12, 24, 11, 0, 0, 0, time.UTC) }

// hands is a clock that a test sets.
type hands struct{ now time.Time }

func (h *hands) read() time.Time { return h.now }

// newCloud is a cloud with one thermostat in Rome, its clock at noon in winter.
func newCloud(t *testing.T, options Options) (*Cloud, *hands) {
	t.Helper()
	clock := &hands{winter()}
	if options.Clock == nil {
		options.Clock = clock.read
	}
	cloud, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := cloud.Ensure(testPlant, testModule, "Europe/Rome", nil); err != nil {
		t.Fatal(err)
	}
	return cloud, clock
}

func pathOf(module string) string {
	return PathPrefix + "/chronothermostat/thermoregulation/addressLocation/plants/" + testPlant +
		"/modules/parameter/id/value/" + module
}

func newRequest(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer a.b-c_d~e+f/g==")
	r.Header.Set("Ocp-Apim-Subscription-Key", "0123456789abcdef0123456789abcdef")
	return r
}

func send(cloud *Cloud, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	cloud.ServeHTTP(w, r)
	return w
}

func post(cloud *Cloud, module, body string) *httptest.ResponseRecorder {
	return send(cloud, newRequest(http.MethodPost, pathOf(module), body))
}

// get reads a thermostat as generic JSON.
func get(t *testing.T, cloud *Cloud, module string) map[string]any {
	t.Helper()
	w := send(cloud, newRequest(http.MethodGet, pathOf(module), ""))
	if w.Code != http.StatusOK {
		t.Fatalf("GET answered %d %s", w.Code, w.Body)
	}
	var list struct {
		Chronothermostats []map[string]any `json:"chronothermostats"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list.Chronothermostats) != 1 {
		t.Fatalf("GET answered %s: %v", w.Body, err)
	}
	return list.Chronothermostats[0]
}

func status(t *testing.T, cloud *Cloud, module string) Status {
	t.Helper()
	s, err := cloud.Status(testPlant, module)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shapeOf names the form of an error's body and returns its message.
func shapeOf(t *testing.T, body []byte, code int) (Shape, string) {
	t.Helper()
	if len(body) == 0 {
		return ShapeEmpty, ""
	}
	if strings.HasPrefix(string(body), "<html>") {
		return ShapeHTML, string(body)
	}
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil || len(fields) != 2 {
		t.Fatalf("the body %s is in no known shape: %v", body, err)
	}
	message, _ := fields["message"].(string)
	if message == "" {
		t.Errorf("the body %s has no message", body)
	}
	if fields["statusCode"] == float64(code) {
		return ShapeGateway, message
	}
	if _, ok := fields["code"].(float64); !ok {
		t.Errorf("the body %s has neither the status %d nor a code", body, code)
	}
	return ShapeLogin, message
}

func TestOverRealHTTP(t *testing.T) {
	cloud, clock := newCloud(t, Options{})
	server := httptest.NewServer(cloud)
	defer server.Close()
	request, err := http.NewRequest(http.MethodPost, server.URL+pathOf(strings.ToUpper(testModule)),
		strings.NewReader(`{"function":"Cooling","mode":"MANUAL","setPoint":{"value":"21.5","unit":"c"}}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = newRequest(http.MethodPost, "/", "").Header
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || len(body) != 0 {
		t.Errorf("got %s with body %q (%v), want 200 with none", response.Status, body, err)
	}
	if got := response.Header.Get("Date"); got != clock.now.Format(http.TimeFormat) {
		t.Errorf("the Date header is %q, not the simulator's clock", got)
	}
	if got := status(t, cloud, testModule).Settings; got != (Settings{Cooling, Manual, 215, 1, time.Time{}}) {
		t.Errorf("the thermostat is in %+v", got)
	}
}

func TestNewReportsAllOptions(t *testing.T) {
	_, err := New(Options{
		Latency: -1,
		House:   t.TempDir() + "/missing/house.json",
		Faults:  []Fault{{Module: "x", Status: 500}, {Module: "*"}},
	})
	for _, want := range []string{"latency", "missing", "fault 1", "fault 2"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %q: %v", want, err)
		}
	}
}

func TestEnsure(t *testing.T) {
	cloud, _ := newCloud(t, Options{})
	first := status(t, cloud, testModule)
	if first.Settings != (Settings{Heating, Automatic, 200, 1, time.Time{}}) || first.Temperature < 150 || first.Temperature > 250 {
		t.Errorf("a new thermostat is in %+v", first)
	}
	post(cloud, testModule, `{"function":"heating","mode":"off"}`)
	start := Settings{Function: Cooling, Mode: Manual, Setpoint: 250, Program: 3}
	for _, module := range []string{strings.ToUpper(testModule), otherModule} {
		if err := cloud.Ensure(testPlant, module, "", &start); err != nil {
			t.Fatal(err)
		}
	}
	if got := status(t, cloud, testModule); got.Mode != Off {
		t.Errorf("Ensure changed a thermostat that existed: %+v", got)
	}
	if got := status(t, cloud, otherModule); got.Settings != start {
		t.Errorf("a new thermostat started in %+v, want %+v", got.Settings, start)
	}
	if got := get(t, cloud, otherModule)["time"]; got != "2026-12-24T12:00:00+01:00" {
		t.Errorf("an empty time zone changed the plant's: its clock shows %v", got)
	}
	err := cloud.Ensure("p", "m", "Europe/Nowhere", &Settings{})
	for _, want := range []string{"plant id", "module id", "Europe/Nowhere", "function", "mode", "setpoint"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
}

func TestHandAtTheKnob(t *testing.T) {
	cloud, _ := newCloud(t, Options{})
	wanted := status(t, cloud, testModule)
	wanted.Mode, wanted.Setpoint, wanted.Temperature = Manual, 235, 199
	if err := cloud.SetStatus(testPlant, testModule, wanted); err != nil {
		t.Fatal(err)
	}
	if got := status(t, cloud, testModule); got != wanted {
		t.Errorf("got %+v, want %+v", got, wanted)
	}
	broken := wanted
	broken.Mode, broken.Setpoint, broken.Humidity = Boost, 401, 1001
	err := cloud.SetStatus(testPlant, testModule, broken)
	for _, want := range []string{"boost", "40.1", "100.1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s: %v", want, err)
		}
	}
	if got := status(t, cloud, testModule); got != wanted {
		t.Errorf("a refused status took effect: %+v", got)
	}
	if err := cloud.SetStatus(testPlant, otherModule, wanted); err == nil {
		t.Error("a thermostat that is not there was set")
	}
}

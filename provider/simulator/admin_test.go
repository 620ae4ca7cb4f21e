package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// admin asks the admin endpoint as a program on this machine does.
func admin(t *testing.T, cloud *Cloud, method, path, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, AdminPrefix+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:4711"
	w := send(cloud, r)
	var is map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &is); err != nil {
		t.Fatalf("%s %s answered %d %s: %v", method, path, w.Code, w.Body, err)
	}
	return w.Code, is
}

func ordered(t *testing.T, cloud *Cloud, method, path, body string) map[string]any {
	t.Helper()
	code, is := admin(t, cloud, method, path, body)
	if code != 200 {
		t.Fatalf("%s %s %s answered %d %v", method, path, body, code, is)
	}
	return is
}

const testAdminModule = "plants/" + testPlant + "/modules/" + testModule

func TestAdminExamplesOfThePackageComment(t *testing.T) {
	cloud, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, method := range []string{"GET", "PUT", "POST", "DELETE"} {
		for _, block := range examples(t, method+" /_sim") {
			for line := range strings.Lines(block) {
				method, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
				path, body, _ := strings.Cut(rest, " ")
				path = strings.TrimPrefix(path, AdminPrefix)
				for _, route := range adminRoutes() {
					if _, ok := matchPath(route.path, path); ok && route.method == method {
						used[method+" "+route.path] = true
					}
				}
				// The blocks come out of their order here; these need a fault and a login.
				if strings.HasSuffix(path, "faults/2") || strings.HasPrefix(path, "login/") {
					if err := cloud.SetLogin(testLogin()); err != nil {
						t.Fatal(err)
					}
					if _, err := cloud.AddFaults(Fault{Module: "*", Status: 500}, Fault{Module: "*", Status: 500}); err != nil {
						t.Fatal(err)
					}
				}
				if strings.Contains(path, "modules") {
					if err := cloud.Ensure(testPlant, testModule, "", nil); err != nil {
						t.Fatal(err)
					}
				}
				if code, is := admin(t, cloud, method, path, body); code != 200 && !strings.HasSuffix(path, "faults/2") {
					t.Errorf("%s answered %d %v", line, code, is)
				}
			}
		}
	}
	for _, route := range adminRoutes() {
		if !used[route.method+" "+route.path] {
			t.Errorf("the package comment has no %s %s", route.method, route.path)
		}
	}
}

func TestAdminIsForThisMachine(t *testing.T) {
	cloud, _ := newCloud(t, Options{})
	for address, want := range map[string]int{"127.0.0.1:1": 200, "[::1]:1": 200, "pipe": 200, "192.0.2.1:1": 403, "[::ffff:192.0.2.1]:1": 403} {
		r := httptest.NewRequest("GET", AdminPrefix+"state", nil)
		r.RemoteAddr = address
		if w := send(cloud, r); w.Code != want {
			t.Errorf("%s was answered %d", address, w.Code)
		}
		r.Header.Set("Origin", "https://example.com")
		if w := send(cloud, r); w.Code != 403 {
			t.Errorf("a page in a browser was answered %d", w.Code)
		}
	}
}

func TestAdminRefuses(t *testing.T) {
	cloud, _ := newCloud(t, Options{})
	before := status(t, cloud, testModule)
	for request, want := range map[string]string{
		"GET nowhere":  "there is no such path",
		"POST clock":   "takes PUT",
		"PUT clock {}": "either now",
		`PUT clock {"now":"0001-01-01T00:00:00Z"}`:               "the year 1 is not within 1973 and 2200",
		`PUT clock {"advance":"2540400h"}`:                       "is not within 1973 and 2200",
		"PUT clock [":                                            "line 1",
		"PUT clock {} {}":                                        "more than one",
		`PUT clock {"x":1}`:                                      "x",
		"PUT faults {}":                                          "faults is missing",
		"DELETE faults/9":                                        "no fault 9",
		"DELETE faults/x":                                        "no fault's number",
		`PUT blocked {"status":1}`:                               "469",
		`PUT limits {"burst":-1}`:                                "negative",
		`PUT limits {"used":-1}`:                                 "negative",
		`PUT limits {"burst_window":3}`:                          "duration",
		`PUT login {"client_id":"x"}`:                            "client_secret",
		"POST login/revoke":                                      "no login",
		`PUT plants/home {"name":"x"}`:                           "UUID",
		`PUT plants/` + testPlant + ` {"time_zone":"Mars/Base"}`: "Mars/Base",
		`PUT plants/` + otherModule + `/modules/` + testModule + ` {}`:          "make the plant first",
		`PUT plants/` + testPlant + `/modules/home {}`:                          "UUID",
		`GET plants/` + testPlant + `/modules/` + otherModule:                   "no thermostat",
		`PUT ` + testAdminModule + ` {"mode":"boost"}`:                          "boost mode has no end",
		`PUT ` + testAdminModule + ` {"mode":"off","setpoint":50}`:              "50.0",
		`PUT ` + testAdminModule + ` {"programs":[{"number":12}],"mode":"off"}`: "12",
	} {
		method, rest, _ := strings.Cut(request, " ")
		path, body, _ := strings.Cut(rest, " ")
		code, is := admin(t, cloud, method, path, body)
		if text := fmt.Sprint(is["error"]); code < 400 || !strings.Contains(text, want) {
			t.Errorf("%s answered %d %s, want %q", request, code, text, want)
		}
	}
	if got := status(t, cloud, testModule); got != before {
		t.Errorf("what was refused changed the thermostat to %+v", got)
	}
	if len(cloud.Calls()) != 0 {
		t.Error("admin requests are in the record of calls")
	}
}

func TestAdminKnob(t *testing.T) {
	cloud, clock := newCloud(t, Options{AfterEnd: AfterEndPrevious})
	type want struct {
		mode     Mode
		setpoint Tenths
		program  int
		end      time.Time
	}
	end := time.Date(2026, 12, 24, 20, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		body string
		want want
	}{
		{`{"temperature": 17.5, "humidity": 60}`, want{Automatic, 200, 1, time.Time{}}},
		{`{"setpoint": 21, "mode": "manual"}`, want{Manual, 210, 1, time.Time{}}},
		{`{"setpoint": 22.5}`, want{Manual, 225, 1, time.Time{}}},
		{`{"mode": "off", "end": "2026-12-24T20:00:00Z"}`, want{Off, 225, 1, end}},
		{`{"temperature": 17.4}`, want{Off, 225, 1, end}},
		{`{"mode": "protection"}`, want{Protection, 70, 1, time.Time{}}},
		{`{"mode": "automatic", "program": 4}`, want{Automatic, 200, 4, time.Time{}}},
		{`{"function": "cooling"}`, want{Automatic, 260, 4, time.Time{}}},
		{`{"mode": "manual", "setpoint": 24, "end": "2026-12-24T21:00:00+01:00"}`, want{Manual, 240, 4, end}},
	} {
		ordered(t, cloud, "PUT", testAdminModule, step.body)
		s := status(t, cloud, testModule)
		if got := (want{s.Mode, s.Setpoint, s.Program, s.End.UTC()}); got != step.want {
			t.Errorf("%s: the thermostat is in %+v, want %+v", step.body, got, step.want)
		}
	}
	if s := status(t, cloud, testModule); s.Temperature != 174 || s.Humidity != 600 {
		t.Errorf("it measures %s, %s", s.Temperature, s.Humidity)
	}
	clock.now = end
	if s := status(t, cloud, testModule); s.Mode != Automatic || s.Function != Cooling {
		t.Errorf("after the end it is in %+v", s)
	}
	if is := ordered(t, cloud, "GET", testAdminModule, ""); is["mode"] != "automatic" || is["setpoint"] != 26.0 {
		t.Errorf("GET shows %v", is)
	}
}

func TestAdminFurnishesAndSaves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.json")
	cloud, err := New(Options{House: path})
	if err != nil {
		t.Fatal(err)
	}
	ordered(t, cloud, "PUT", "plants/"+strings.ToUpper(testPlant), `{"name":"Casa","time_zone":"Europe/Rome"}`)
	again := func() *Cloud { // as after a kill
		c, err := New(Options{House: path})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if _, err := again().findPlant(testPlant); err != nil {
		t.Error(err)
	}
	ordered(t, cloud, "PUT", testAdminModule, `{"name":"Hall"}`)
	ordered(t, cloud, "PUT", testAdminModule, `{"name":"Sala","programs":[{"number":4,"name":"Guests"}]}`)
	if is := ordered(t, again(), "GET", testAdminModule, ""); is["name"] != "Sala" {
		t.Errorf("after a kill the thermostat is called %v", is["name"])
	}
	ordered(t, cloud, "PUT", testAdminModule, `{"mode":"off"}`)
	ordered(t, cloud, "PUT", "login", `{"client_id":"c","client_secret":"s","reply_urls":["http://localhost/"]}`)
	ordered(t, cloud, "PUT", "login", `{"rotation":"strict"}`)
	is := ordered(t, again(), "GET", testAdminModule, "")
	want := []any{map[string]any{"number": 4.0, "name": "Guests"}}
	if is["name"] != "Sala" || is["mode"] != "off" || !cmp.Equal(is["programs"], any(want)) {
		t.Errorf("after a kill there is %v", is)
	}
	if login, ok := again().Login(); !ok || login.ClientSecret != "s" || login.Rotation != RotationStrict || login.SecretCreated.IsZero() {
		t.Errorf("after a kill the login is %+v", login)
	}
}

func TestAdminRenewsTheSecret(t *testing.T) {
	cloud, _ := newLogin(t, nil)
	_, good := logIn(t, cloud)
	fields := []string{"client_secret", "new", "grant_type", "refresh_token", "refresh_token", good}
	ordered(t, cloud, "POST", "login/expire-secret", "")
	ordered(t, cloud, "PUT", "login", `{"consent":"granted"}`)
	refused(t, cloud, "AADB2C90085", "invalid_grant", fields...)
	ordered(t, cloud, "PUT", "login", `{"client_secret":"new"}`)
	if status, is := token(t, cloud, fields...); status != 200 {
		t.Errorf("the new secret was answered %d %v", status, is)
	}
}

func TestAdminFaultsAndState(t *testing.T) {
	cloud, _ := newCloud(t, Options{Faults: []Fault{{Module: "*", From: 9, Status: 500}}})
	ids := ordered(t, cloud, "POST", "faults", `{"faults":[{"operation":"set","for":"90s","status":486}]}`)["ids"]
	if !cmp.Equal(ids, any([]any{2.0})) {
		t.Errorf("the fault has the number %v", ids)
	}
	wantCode(t, cloud, 486)
	get(t, cloud, testModule)
	ordered(t, cloud, "PUT", "clock", `{"advance":"89s"}`)
	wantCode(t, cloud, 486)
	ordered(t, cloud, "PUT", "clock", `{"advance":"1s"}`)
	wantCode(t, cloud, 200)
	want := []any{
		map[string]any{"id": 1.0, "calls": 3.0, "hits": 0.0, "module": "*", "method": "POST", "from": 9.0, "times": 1.0, "status": 500.0, "shape": "gateway"},
		map[string]any{"id": 2.0, "calls": 3.0, "hits": 2.0, "module": "*", "method": "POST", "operation": "set", "from": 1.0, "times": 0.0, "for": "1m30s", "status": 486.0, "shape": "gateway"},
	}
	if diff := cmp.Diff(any(want), ordered(t, cloud, "GET", "faults", "")["faults"]); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if code, _ := admin(t, cloud, "PUT", "faults", `{"faults":[{"module":"x"}]}`); code != 400 || len(cloud.Faults()) != 2 {
		t.Errorf("wrong faults were answered %d, and %d are left", code, len(cloud.Faults()))
	}
	ordered(t, cloud, "DELETE", "faults/2", "")
	ordered(t, cloud, "PUT", "faults", `{"faults":[{"operation":"plants","status":500}]}`)
	if left := cloud.Faults(); len(left) != 1 || left[0].ID != 3 {
		t.Errorf("the faults are %+v", left)
	}
	ordered(t, cloud, "PUT", "limits", `{"daily_quota":500,"used":498}`)
	ordered(t, cloud, "PUT", "limits", `{"burst":10}`)
	ordered(t, cloud, "PUT", "blocked", `{"status":470}`)
	ordered(t, cloud, "PUT", "clock", `{"now":"2027-01-01T00:00:00+01:00"}`)
	if got := len(ordered(t, cloud, "GET", "calls", "")["calls"].([]any)); got != 4 {
		t.Errorf("there are %d calls", got)
	}
	limits := map[string]any{"daily_quota": 500.0, "used": 0.0, "burst": 10.0, "burst_window": "10s"}
	state := map[string]any{"now": "2026-12-31T23:00:00Z", "login": false, "blocked": 470.0, "plants": 1.0, "thermostats": 1.0, "faults": 1.0, "calls": 4.0, "limits": limits}
	if diff := cmp.Diff(state, ordered(t, cloud, "GET", "state", "")); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	ordered(t, cloud, "DELETE", "faults", "")
	ordered(t, cloud, "DELETE", "calls", "")
	if none, ok := ordered(t, cloud, "GET", "calls", "")["calls"].([]any); !ok || len(none) > 0 {
		t.Errorf("forgotten calls are %v, not an empty list", none)
	}
	ordered(t, cloud, "DELETE", "blocked", "")
	if wantCode(t, cloud, http.StatusOK); len(cloud.Calls()) != 1 || cloud.Calls()[0].Sequence != 5 {
		t.Errorf("the calls are %+v", cloud.Calls())
	}
}

package simulator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestRefusedRequests(t *testing.T) {
	good := `{"function":"heating","mode":"off"}`
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			if r.Header.Del(name); value != "" {
				r.Header.Set(name, value)
			}
		}
	}
	path := func(old, new string) func(*http.Request) {
		return func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, old, new, 1) }
	}
	tests := map[string]struct {
		change func(*http.Request)
		status int
		shape  Shape
		word   string // in the message
	}{
		"no token":           {header("Authorization", ""), 401, ShapeLogin, "Authorization"},
		"bare token":         {header("Authorization", "abc"), 401, ShapeLogin, "Bearer"},
		"basic":              {header("Authorization", "Basic abc"), 401, ShapeLogin, "Bearer"},
		"bearer alone":       {header("Authorization", "Bearer "), 401, ShapeLogin, "Bearer"},
		"token with space":   {header("Authorization", "Bearer a b"), 401, ShapeLogin, "Bearer"},
		"no key":             {header("Ocp-Apim-Subscription-Key", ""), 401, ShapeGateway, "Ocp-Apim-Subscription-Key"},
		"neither":            {func(r *http.Request) { r.Header = http.Header{} }, 401, ShapeGateway, "Ocp-Apim-Subscription-Key"},
		"content type":       {header("Content-Type", "text/plain"), 400, ShapeGateway, "text/plain"},
		"plant no uuid":      {path(testPlant, "home"), 400, ShapeGateway, "plant id"},
		"module no uuid":     {path(testModule, testModule+"0"), 400, ShapeGateway, "module id"},
		"plant unknown":      {path(testPlant, otherModule), 404, ShapeGateway, "plant"},
		"module unknown":     {path(testModule, otherModule), 404, ShapeGateway, "thermostat"},
		"other path":         {path("/value/", "/values/"), 404, ShapeGateway, "path"},
		"no module":          {path(testModule, ""), 404, ShapeGateway, "path"},
		"more path":          {path(testModule, testModule+"/x"), 404, ShapeGateway, "path"},
		"other version":      {path("v2.0", "v1.0"), 404, ShapeGateway, "path"},
		"method":             {func(r *http.Request) { r.Method = http.MethodPut }, 405, ShapeGateway, "GET, POST"},
		"method and no path": {func(r *http.Request) { r.Method = http.MethodPut; r.URL.Path = "/" }, 404, ShapeGateway, "path"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cloud, _ := newCloud(t, Options{})
			before := status(t, cloud, testModule)
			r := newRequest(http.MethodPost, pathOf(testModule), good)
			test.change(r)
			checkRefusal(t, cloud, r, test.status, test.shape, test.word)
			if got := status(t, cloud, testModule); got != before {
				t.Errorf("the refused call changed the thermostat to %+v", got)
			}
		})
	}
}

func checkRefusal(t *testing.T, cloud *Cloud, r *http.Request, code int, shape Shape, word string) {
	t.Helper()
	w := send(cloud, r)
	if w.Code != code {
		t.Fatalf("answered %d %s, want %d", w.Code, w.Body, code)
	}
	got, message := shapeOf(t, w.Body.Bytes(), code)
	if got != shape || !strings.Contains(message, word) {
		t.Errorf("answered %s, want shape %s and %q", w.Body, shape, word)
	}
	calls := cloud.Calls()
	if last := calls[len(calls)-1]; last.Landed || last.Status != code {
		t.Errorf("the log says %+v", last)
	}
}

func TestAcceptedHeaders(t *testing.T) {
	for _, contentType := range []string{"", "application/json", "Application/JSON; charset=utf-8"} {
		cloud, _ := newCloud(t, Options{})
		r := newRequest(http.MethodPost, pathOf(testModule), `{"function":"heating","mode":"off"}`)
		r.Header.Set("Authorization", "bearer x")
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		if w := send(cloud, r); w.Code != 200 {
			t.Errorf("Content-Type %q: answered %d %s", contentType, w.Code, w.Body)
		}
	}
}

func TestRefusedBodies(t *testing.T) {
	manual := func(setPoint string) string {
		return `{"function":"heating","mode":"manual","setPoint":` + setPoint + `}`
	}
	automatic := func(programs string) string {
		return `{"function":"heating","mode":"automatic","programs":` + programs + `}`
	}
	ends := func(mode, activation string) string {
		return fmt.Sprintf(`{"function":"heating","mode":%q,"setPoint":{"value":20,"unit":"C"},"programs":[{"number":1}],"activationTime":%s}`,
			mode, activation)
	}
	tests := []struct {
		body   string
		status int
		word   string
	}{
		{``, 400, "JSON"},
		{`{`, 400, "JSON"},
		{`{"function":"heating","mode":"off"} x`, 400, "JSON"},
		{`[]`, 400, "object"},
		{`null`, 400, "object"},
		{`{}`, 400, "function is required"},
		{`{"function":"heating"}`, 400, "mode is required"},
		{`{"Function":"heating","mode":"off"}`, 400, "function is required"},
		{`{"function":"warming","mode":"off"}`, 400, "function"},
		{`{"function":null,"mode":"off"}`, 400, "function"},
		{`{"function":"heating","mode":"auto"}`, 400, "mode"},
		{`{"function":"heating","mode":1}`, 400, "mode"},
		{manual(`20`), 400, "setPoint"},
		{manual(`null`), 400, "setPoint"},
		{manual(`{"value":"20","unit":"F"}`), 400, "unit"},
		{manual(`{"value":"20","unit":1}`), 400, "unit"},
		{manual(`{"value":"warm","unit":"C"}`), 400, "value"},
		{manual(`{"value":"","unit":"C"}`), 400, "value"},
		{manual(`{"value":"20,5","unit":"C"}`), 400, "value"},
		{manual(`{"value":"NaN","unit":"C"}`), 400, "value"},
		{manual(`{"value":true,"unit":"C"}`), 400, "value"},
		{manual(`{"value":"2.9","unit":"C"}`), 400, "within 3 and 40"},
		{manual(`{"value":2.99,"unit":"C"}`), 400, "within 3 and 40"},
		{manual(`{"value":40.01,"unit":"C"}`), 400, "within 3 and 40"},
		{manual(`{"value":-20,"unit":"C"}`), 400, "within 3 and 40"},
		{manual(`{"value":1e999,"unit":"C"}`), 400, "within 3 and 40"},
		{manual(`{}`), 430, "value"},
		{manual(`{"unit":"C"}`), 430, "value"},
		{manual(`{"value":"20"}`), 430, "unit"},
		{`{"function":"heating","mode":"manual"}`, 430, "setPoint"},
		{automatic(`1`), 400, "programs"},
		{automatic(`null`), 400, "programs"},
		{automatic(`[1]`), 400, "programs"},
		{automatic(`[{"number":1},{"number":2}]`), 400, "at most one"},
		{automatic(`[{"number":-1}]`), 400, "within 0 and 11"},
		{automatic(`[{"number":12}]`), 400, "within 0 and 11"},
		{automatic(`[{"number":"12"}]`), 400, "within 0 and 11"},
		{automatic(`[{"number":1.5}]`), 400, "integer"},
		{automatic(`[{"number":"one"}]`), 400, "integer"},
		{automatic(`[{"number":null}]`), 400, "number"},
		{automatic(`[]`), 430, "programs"},
		{automatic(`[{}]`), 430, "programs"},
		{`{"function":"heating","mode":"automatic"}`, 430, "programs"},
		{ends("automatic", `"2026-12-24T18:00:00"`), 430, "automatic has no activationTime"},
		{ends("manual", `1`), 400, "string"},
		{ends("manual", `null`), 400, "string"},
		{ends("manual", `""`), 400, "YYYY"},
		{ends("manual", `"2026-12-24 18:00:00"`), 400, "YYYY"},
		{ends("manual", `"2026-12-24T18:00"`), 400, "YYYY"},
		{ends("manual", `"2026-12-24T18:00:00Z"`), 400, "YYYY"},
		{ends("manual", `"2026-12-24T18:00:00+01:00"`), 400, "YYYY"},
		{ends("manual", `" 2026-12-24T18:00:00"`), 400, "YYYY"},
		{ends("manual", `"2026-02-30T18:00:00"`), 400, "exists"},
		{ends("manual", `"2026-13-01T18:00:00"`), 400, "exists"},
		{ends("manual", `"2026-12-24T25:00:00"`), 400, "exists"},
		{ends("manual", `"2026-12-24T12:00:00"`), 430, "shows 2026-12-24T12:00:00 already"},
		{ends("off", `"2026-12-24T11:30:00"`), 430, "already"},
		{ends("protection", `"0001-01-01T00:00:00"`), 430, "already"},
		{ends("manual", `"2026-12-24T12:00:00/2026-12-24T12:30:00"`), 430, "interval"},
		{ends("off", `"0001-01-01T00:00:00/2026-12-24T12:30:00"`), 430, "interval"},
		{`{"function":"heating","mode":"boost"}`, 430, "activationTime"},
		{ends("boost", `"2026-12-24T12:30:00"`), 430, "interval"},
		{ends("boost", `"2026-12-24T12:00:00/2026-12-24T12:29:59"`), 430, "30, 60 or 90"},
		{ends("boost", `"2026-12-24T12:00:00/2026-12-24T12:45:00"`), 430, "30, 60 or 90"},
		{ends("boost", `"2026-12-24T12:00:00/2026-12-24T11:30:00"`), 430, "30, 60 or 90"},
		{ends("boost", `"2026-12-24T12:00:00/2026-12-24T14:00:00"`), 430, "30, 60 or 90"},
		{ends("boost", `"2026-12-24T11:00:00/2026-12-24T12:30:00"`), 430, "current time"},
		{ends("boost", `"2026-12-24T12:05:01/2026-12-24T12:35:01"`), 430, "current time"},
		{ends("boost", `"2026-12-24T11:54:59/2026-12-24T12:24:59"`), 430, "current time"},
		{ends("boost", `"2026-12-24T12:00:00/2026-12-24T12:30:00/"`), 400, "YYYY"},
		{strings.Repeat(" ", largestBody) + `{}`, 400, "65536"},
	}
	for _, test := range tests {
		t.Run(brief([]byte(test.body)), func(t *testing.T) {
			cloud, _ := newCloud(t, Options{})
			before := status(t, cloud, testModule)
			r := newRequest(http.MethodPost, pathOf(testModule), test.body)
			checkRefusal(t, cloud, r, test.status, ShapeGateway, test.word)
			if got := status(t, cloud, testModule); got != before {
				t.Errorf("the refused call changed the thermostat to %+v", got)
			}
		})
	}
}

func TestRefusalNamesEverything(t *testing.T) {
	_, problems := parseBody([]byte(`{"function":1,"mode":"x","setPoint":{"value":"y","unit":"F"},"programs":{},"activationTime":"z"}`))
	if len(problems) != 6 {
		t.Errorf("got %q, want 6 problems", problems)
	}
}

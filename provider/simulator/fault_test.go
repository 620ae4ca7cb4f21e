package simulator

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const offBody = `{"function":"heating","mode":"off"}`

// dropped sends a request and tells whether the connection was cut.
func dropped(t *testing.T, cloud *Cloud, r *http.Request) (w *httptest.ResponseRecorder, cut bool) {
	t.Helper()
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			cut = true
		default:
			t.Errorf("the handler panicked: %v", cause)
		}
	}()
	return send(cloud, r), false
}

func TestKindsOfFaults(t *testing.T) {
	date := winter().Add(90 * time.Minute).Format(http.TimeFormat)
	tests := map[string]struct {
		fault   Fault
		status  int // 0: cut
		shape   Shape
		word    string
		header  string // Retry-After or Location
		landed  bool
		latency time.Duration
	}{
		"500":            {fault: Fault{Status: 500}, status: 500, shape: ShapeGateway, word: "Server internal error"},
		"500 landed":     {fault: Fault{Status: 500, Landed: true}, status: 500, shape: ShapeGateway, landed: true},
		"408 landed":     {fault: Fault{Status: 408, Landed: true, Latency: time.Hour}, status: 408, shape: ShapeGateway, word: "Request timeout", landed: true, latency: time.Hour},
		"486":            {fault: Fault{Status: 486}, status: 486, shape: ShapeGateway, word: "Busy visual user interface"},
		"469":            {fault: Fault{Status: 469}, status: 469, shape: ShapeGateway, word: "renew it through the official application"},
		"470":            {fault: Fault{Status: 470}, status: 470, shape: ShapeGateway, word: "accept them again"},
		"430":            {fault: Fault{Status: 430}, status: 430, shape: ShapeGateway, word: "Wrong input parameters"},
		"418":            {fault: Fault{Status: 418}, status: 418, shape: ShapeGateway, word: "teapot"},
		"599":            {fault: Fault{Status: 599}, status: 599, shape: ShapeGateway, word: "599"},
		"message":        {fault: Fault{Status: 400, Message: "so there"}, status: 400, shape: ShapeGateway, word: "so there"},
		"403":            {fault: Fault{Status: 403, RetryAfter: "7384"}, status: 403, shape: ShapeGateway, word: "Out of call volume quota. Quota will be replenished in 02:03:04.", header: "7384"},
		"403 date":       {fault: Fault{Status: 403, RetryAfter: date}, status: 403, shape: ShapeGateway, word: "in 01:30:00.", header: date},
		"429":            {fault: Fault{Status: 429, RetryAfter: "7"}, status: 429, shape: ShapeGateway, word: "Rate limit is exceeded. Try again in 7 seconds.", header: "7"},
		"429 plain":      {fault: Fault{Status: 429}, status: 429, shape: ShapeGateway, word: "Try again in 10 seconds."},
		"401 login":      {fault: Fault{Status: 401, Shape: ShapeLogin}, status: 401, shape: ShapeLogin, word: "Unauthorized"},
		"503 html":       {fault: Fault{Status: 503, Shape: ShapeHTML, Message: "<down>"}, status: 503, shape: ShapeHTML, word: "&lt;down&gt;"},
		"502 empty":      {fault: Fault{Status: 502, Shape: ShapeEmpty}, status: 502, shape: ShapeEmpty},
		"307":            {fault: Fault{Status: 307, Location: "https://example.com/"}, status: 307, shape: ShapeGateway, header: "https://example.com/"},
		"304":            {fault: Fault{Status: 304}, status: 304, shape: ShapeEmpty},
		"offline":        {fault: Fault{Offline: true}, status: 404, shape: ShapeGateway, word: "Gateway Offline"},
		"drop before":    {fault: Fault{Drop: DropBefore}},
		"drop after":     {fault: Fault{Drop: DropAfter}, landed: true},
		"only slow":      {fault: Fault{Latency: time.Minute}, status: 200, shape: ShapeEmpty, landed: true, latency: time.Minute},
		"slow then drop": {fault: Fault{Latency: time.Minute, Drop: DropBefore}, latency: time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test.fault.Module = "*"
				cloud, _ := newCloud(t, Options{Faults: []Fault{test.fault}, Latency: time.Second})
				start := time.Now()
				w, cut := dropped(t, cloud, newRequest(http.MethodPost, pathOf(testModule), offBody))
				if got := time.Since(start); got != test.latency+time.Second {
					t.Errorf("the answer took %s, want %s", got, test.latency+time.Second)
				}
				if cut != (test.status == 0) {
					t.Fatalf("connection cut: %v", cut)
				}
				if !cut {
					shape, message := shapeOf(t, w.Body.Bytes(), test.status)
					header := w.Header().Get("Retry-After") + w.Header().Get("Location")
					if w.Code != test.status || shape != test.shape || !strings.Contains(message, test.word) || header != test.header {
						t.Errorf("answered %d %q with header %q", w.Code, w.Body, header)
					}
				}
				if got := status(t, cloud, testModule).Mode == Off; got != test.landed {
					t.Errorf("the write landed: %v, want %v", got, test.landed)
				}
				if call := cloud.Calls()[0]; call.Landed != test.landed || call.Status != test.status {
					t.Errorf("the log says %+v", call)
				}
				if w := post(cloud, testModule, offBody); w.Code != 200 {
					t.Errorf("the call after the fault was answered %d", w.Code)
				}
			})
		})
	}
}

func TestWhichCallsAFaultHits(t *testing.T) {
	faults := []Fault{
		{Module: strings.ToUpper(testModule), From: 2, Times: new(2), Status: 500},
		{Module: testModule, From: 3, Times: new(2), Status: 501}, // its first call is the other's last
		{Module: "*", From: 8, Times: new(0), Status: 502},
		{Module: testModule, Method: "GET", Status: 503},
	}
	cloud, _ := newCloud(t, Options{Faults: faults})
	if err := cloud.Ensure(testPlant, otherModule, "", nil); err != nil {
		t.Fatal(err)
	}
	if w := send(cloud, newRequest("GET", pathOf(testModule), "")); w.Code != 503 {
		t.Errorf("the first GET was answered %d", w.Code)
	}
	get(t, cloud, testModule)
	for i, step := range []struct {
		module string
		status int
	}{
		{otherModule, 200}, {testModule, 200}, {testModule, 500}, {otherModule, 200}, {testModule, 500},
		{testModule, 501}, {testModule, 200}, {otherModule, 502}, {testModule, 502}, {testModule, 502},
	} {
		if w := post(cloud, step.module, offBody); w.Code != step.status {
			t.Errorf("POST %d was answered %d, want %d", i+1, w.Code, step.status)
		}
	}
}

func TestLandedNeedsARightRequest(t *testing.T) {
	cloud, _ := newCloud(t, Options{Faults: []Fault{{Module: "*", Status: 500, Landed: true}}})
	if w := post(cloud, testModule, `{"function":"heating","mode":"manual"}`); w.Code != 500 {
		t.Errorf("answered %d", w.Code)
	}
	if call := cloud.Calls()[0]; call.Landed || status(t, cloud, testModule).Mode != Automatic {
		t.Errorf("a wrong request landed: %+v", call)
	}
}

func TestDropOverRealHTTP(t *testing.T) {
	cloud, _ := newCloud(t, Options{Faults: []Fault{{Module: "*", Drop: DropAfter}}})
	server := httptest.NewServer(cloud)
	defer server.Close()
	r, err := http.NewRequest(http.MethodPost, server.URL+pathOf(testModule), strings.NewReader(offBody))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = newRequest(http.MethodPost, "/", "").Header
	if response, err := server.Client().Do(r); err == nil {
		response.Body.Close()
		t.Errorf("the connection was not cut: %s", response.Status)
	}
	if status(t, cloud, testModule).Mode != Off {
		t.Error("the write did not land")
	}
}

func TestLatencyHoldsUpNobodyAndEndsWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud, _ := newCloud(t, Options{Latency: time.Minute})
		start := time.Now()
		done := make(chan int)
		for range 10 {
			go func() { done <- post(cloud, testModule, offBody).Code }()
		}
		for range 10 {
			if code := <-done; code != 200 {
				t.Errorf("answered %d", code)
			}
		}
		if got := time.Since(start); got != time.Minute {
			t.Errorf("ten calls at once took %s, want a minute", got)
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("gone"))
		defer cancel()
		start = time.Now()
		send(cloud, newRequest(http.MethodPost, pathOf(testModule), offBody).WithContext(ctx))
		if got := time.Since(start); got != time.Second {
			t.Errorf("the call went on for %s after the client had gone", got-time.Second)
		}
		if calls := cloud.Calls(); len(calls) != 11 || !calls[10].Landed {
			t.Errorf("the log has %d calls", len(calls))
		}
	})
}

func TestParseFaultsReportsEverything(t *testing.T) {
	_, err := ParseFaults([]byte(`{"fault": 1, "faults": [
		{"module": "x", "method": "PUT", "from": 0, "status": 200},
		{"module": "*", "colour": "red", "status": "500", "latency": "soon"},
		{"module": "*"},
		{"module": "*", "status": 500, "drop": "after", "offline": true},
		{"module": "*", "drop": "later", "message": "m", "retry_after": "1", "shape": "html", "landed": true},
		{"module": "*", "method": "GET", "status": 500, "landed": true, "location": "/", "retry_after": "soon", "shape": "round"},
		{"module": "*", "method": "GET", "drop": "after", "times": -1, "latency": "-1s"},
		{"module": "*", "status": 500, "shape": "empty", "message": "m", "blue": 1},
		{"module": "*", "status": 0, "latency": "1s"},
		7
	]}`))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`unknown field "fault"`, "fault 1: from", "fault 1: module", "fault 1: method", "fault 1: status 200", `fault 2: unknown field "colour"`, "fault 2: status", "fault 2: latency",
		"fault 3: it does nothing", "fault 4: only one", "fault 5: message", "fault 5: retry_after", "fault 5: shape", "fault 5: landed", "fault 5: drop",
		"fault 6: landed", "fault 6: location", "fault 6: retry_after", "fault 6: shape", "fault 7: drop", "fault 7: times", "fault 7: latency",
		`fault 8: unknown field "blue"`, "fault 8: message", "fault 9: status", "fault 10: 7 is not an object",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not have %q:\n%v", want, err)
		}
	}
	for text, want := range map[string]string{
		"{\n  \"faults\": [}": "line 2, column 14", "": "line 1", "[]": "not a JSON object", "null": "not a JSON object",
		"{}": "missing", `{"faults":{}}`: "not a list", `{"faults":null}`: "not a list",
		`{"faults":[{"module":"x","method":"PUT","status":200}]}`: "fault 1: method",
	} {
		if _, err := ParseFaults([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: the error does not have %q: %v", text, want, err)
		}
	}
}

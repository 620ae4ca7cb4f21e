package simulator

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// pipeListener hands out connections that are made of net.Pipe.
type pipeListener struct{ connections chan net.Conn }

func (l pipeListener) Accept() (net.Conn, error) {
	conn, ok := <-l.connections
	if !ok {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (l pipeListener) Close() error   { return nil }
func (l pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// TestBodiesOverAPipe runs a server within a bubble of synctest.
func TestBodiesOverAPipe(t *testing.T) {
	for name, test := range map[string]struct {
		fault Fault
		took  time.Duration
		cut   bool
	}{
		"plain":              {Fault{Operation: OperationTopology, Times: new(0), Latency: time.Second}, time.Second, false},
		"slow":               {Fault{Operation: OperationPlants, BodyOver: 16 * time.Second}, 16 * time.Second, false},
		"truncated":          {Fault{Operation: OperationPlants, Truncate: true}, 0, true},
		"slow and truncated": {Fault{Operation: OperationPlants, BodyOver: 16 * time.Second, Truncate: true, Latency: time.Second}, 17 * time.Second, true},
		"error truncated":    {Fault{Operation: OperationPlants, Status: 500, Truncate: true}, 0, true},
		"empty truncated":    {Fault{Operation: OperationPlants, Status: 500, Shape: ShapeEmpty, Truncate: true}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud, _ := newCloud(t, Options{Clock: time.Now, Faults: []Fault{test.fault}})
				listener := pipeListener{make(chan net.Conn)}
				server := &http.Server{Handler: cloud}
				served := make(chan struct{})
				go func() { defer close(served); _ = server.Serve(listener) }()
				ours, theirs := net.Pipe()
				listener.connections <- theirs
				path := PathPrefix + "/plants"
				if test.fault.Operation == OperationTopology {
					path += "/" + testPlant + "/topology"
				}
				r := newRequest("GET", path, "")
				start := time.Now()
				go func() { _ = r.Write(ours) }()
				response, err := http.ReadResponse(bufio.NewReader(ours), r)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(response.Body)
				if cut := errors.Is(err, io.ErrUnexpectedEOF); cut != test.cut || !cut && err != nil {
					t.Errorf("the body is %s (%v)", body, err)
				}
				if got := time.Since(start); got != test.took {
					t.Errorf("it took %s, want %s", got, test.took)
				}
				_ = ours.Close()
				close(listener.connections)
				_ = server.Close()
				<-served
			})
		})
	}
}

func TestResetOverRealHTTP(t *testing.T) {
	for _, drop := range []Drop{ResetBefore, ResetAfter} {
		cloud, _ := newCloud(t, Options{Faults: []Fault{{Module: "*", Drop: drop}}})
		server := httptest.NewServer(cloud)
		r, err := http.NewRequest(http.MethodPost, server.URL+pathOf(testModule), strings.NewReader(offBody))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = newRequest(http.MethodPost, "/", "").Header
		if response, err := server.Client().Do(r); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: got %v, %v", drop, response, err)
		}
		if landed := status(t, cloud, testModule).Mode == Off; landed != (drop == ResetAfter) || cloud.Calls()[0].Landed != landed {
			t.Errorf("%s: the write landed: %v", drop, landed)
		}
		server.Close()
	}
}

func TestSlowBodyEndsWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud, _ := newCloud(t, Options{Faults: []Fault{{Operation: OperationPlants, BodyOver: time.Hour, Truncate: true}}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		send(cloud, newRequest("GET", PathPrefix+"/plants", "").WithContext(ctx))
		if got := time.Since(start); got != time.Second {
			t.Errorf("the body came for %s after the client had gone", got-time.Second)
		}
	})
}

func TestFaultsByOperationAndMethod(t *testing.T) {
	codes := func(cloud *Cloud) (got []int) {
		for _, op := range operations() {
			body := ""
			if op.name == OperationSet {
				body = offBody
			}
			got = append(got, send(cloud, newRequest(op.method, pathFor(op), body)).Code)
		}
		return got
	}
	for name, test := range map[string]struct {
		fault Fault
		want  []int // plants, topology, status, set, measures, programs, authorize, token
	}{
		"POST":         {Fault{Module: "*", Times: new(0)}, []int{200, 200, 200, 500, 200, 200, 404, 404}},
		"GET":          {Fault{Module: "*", Method: "GET", Times: new(0)}, []int{500, 500, 500, 200, 500, 500, 404, 404}},
		"any":          {Fault{Module: "*", Method: "*", Times: new(0)}, []int{500, 500, 500, 500, 500, 500, 404, 404}},
		"the module":   {Fault{Module: testModule, Method: "*", Times: new(0)}, []int{200, 200, 500, 500, 500, 500, 404, 404}},
		"other module": {Fault{Module: otherModule, Method: "*", Times: new(0)}, []int{200, 200, 200, 200, 200, 200, 404, 404}},
		"measures":     {Fault{Operation: OperationMeasures}, []int{200, 200, 200, 200, 500, 200, 404, 404}},
		"its measures": {Fault{Operation: OperationMeasures, Module: otherModule}, []int{200, 200, 200, 200, 200, 200, 404, 404}},
		"token":        {Fault{Operation: OperationToken}, []int{200, 200, 200, 200, 200, 200, 404, 500}},
		"authorize":    {Fault{Operation: OperationAuthorize}, []int{200, 200, 200, 200, 200, 200, 500, 404}},
		"third call":   {Fault{Module: "*", Method: "*", From: 3, Times: new(2)}, []int{200, 200, 500, 500, 200, 200, 404, 404}},
	} {
		test.fault.Status = 500
		cloud, _ := newCloud(t, Options{Faults: []Fault{test.fault}})
		if got := codes(cloud); !slices.Equal(got, test.want) {
			t.Errorf("%s: answered %v, want %v", name, got, test.want)
		}
	}
}

func TestChance(t *testing.T) {
	hits := func(seed uint64) (got []bool) {
		cloud, _ := newCloud(t, Options{Seed: seed, Faults: []Fault{{Operation: OperationPlants, Times: new(0), Chance: 0.25, Status: 500}}})
		for range 400 {
			got = append(got, send(cloud, newRequest("GET", PathPrefix+"/plants", "")).Code == 500)
		}
		if f := cloud.Faults()[0]; f.Calls != 400 || f.Hits < 60 || f.Hits > 140 {
			t.Errorf("of %d calls %d were spoilt", f.Calls, f.Hits)
		}
		return got
	}
	if !slices.Equal(hits(1), hits(1)) || slices.Equal(hits(1), hits(2)) {
		t.Error("chance does not follow from the seed")
	}
}

func TestFaultsOfTheTokenEndpoint(t *testing.T) {
	cloud, _ := newLogin(t, func(l *Login) { l.Rotation = RotationStrict })
	_, good := logIn(t, cloud)
	fields := []string{"grant_type", "refresh_token", "refresh_token", good}
	if _, err := cloud.AddFaults(
		Fault{Operation: OperationToken, Status: 429, RetryAfter: "2"},
		Fault{Operation: OperationToken, From: 2, Status: 400, Message: "AADB2C90080: gone"},
		Fault{Operation: OperationToken, From: 3, Status: 503, Landed: true},
	); err != nil {
		t.Fatal(err)
	}
	if status, is := token(t, cloud, fields...); status != 429 || is["message"] != "Rate limit is exceeded. Try again in 2 seconds." {
		t.Errorf("answered %d %v", status, is)
	}
	if status, is := token(t, cloud, fields...); status != 400 || is["error"] != "invalid_grant" || is["error_description"] != "AADB2C90080: gone" {
		t.Errorf("answered %d %v", status, is)
	}
	if status, _ := token(t, cloud, fields...); status != 503 {
		t.Errorf("answered %d", status)
	}
	refused(t, cloud, "AADB2C90129", "invalid_grant", fields...) // its successor was lost on the way
}

func TestFaultThatExpiresTokens(t *testing.T) {
	cloud, _ := newLogin(t, nil)
	access, token := logIn(t, cloud)
	if _, err := cloud.AddFaults(Fault{Operation: OperationStatus, From: 2, ExpireTokens: true}); err != nil {
		t.Fatal(err)
	}
	wantCall(t, cloud, access, "200 0")
	wantCall(t, cloud, access, "401 11")
	access, _ = refresh(t, cloud, token)
	wantCall(t, cloud, access, "200 0")
	without, _ := newCloud(t, Options{Faults: []Fault{{Module: "*", ExpireTokens: true}}})
	wantCode(t, without, 500)
}

func TestMoreShapes(t *testing.T) {
	cloud, _ := newCloud(t, Options{Faults: []Fault{
		{Module: "*", Status: 404, Shape: ShapeGatewayText}, {Module: "*", From: 2, Status: 401, Shape: ShapeOAuth}, {Module: "*", From: 3, Status: 418, Shape: ShapeOAuth},
	}})
	for _, want := range []string{
		`{"message":"Resource not found","statusCode":"404"}`,
		`{"error":"invalid_client","error_description":"Unauthorized"}`, `{"error":"invalid_request","error_description":"I'm a teapot"}`,
	} {
		if got := post(cloud, testModule, offBody).Body.String(); got != want {
			t.Errorf("answered %s, want %s", got, want)
		}
	}
}

func TestFaultsThatCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		`{"operation":"fly","status":500}`:                                  `operation "fly" is none of`,
		`{"operation":"set","method":"GET","status":500}`:                   "has the method POST",
		`{"operation":"plants","module":"` + testModule + `","status":500}`: "about no module",
		`{"module":"*","status":500,"chance":0}`:                            "chance is 0",
		`{"module":"*","status":500,"chance":1.5}`:                          "chance 1.5",
		`{"module":"*","status":500,"for":"-1s"}`:                           "for -1s is negative",
		`{"module":"*","status":500,"for":5}`:                               `for: 5 is not a duration`,
		`{"module":"*","body_over":"-1s"}`:                                  "body_over -1s is negative",
		`{"module":"*","drop":"before","truncate":true}`:                    "need an answer",
		`{"module":"*","method":"*","drop":"reset-after"}`:                  "needs method POST",
	} {
		if _, err := ParseFaults([]byte(`{"faults":[` + text + `]}`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error does not have %q: %v", text, want, err)
		}
	}
	cloud, _ := newCloud(t, Options{})
	if _, err := cloud.AddFaults(Fault{Module: "*", Status: 500}, Fault{}); err == nil || len(cloud.Faults()) != 0 {
		t.Errorf("a wrong fault was added: %v", err)
	}
	if err := cloud.ClearFaults(1, 2); err == nil || strings.Count(err.Error(), "no fault") != 2 {
		t.Errorf("faults that are not there were cleared: %v", err)
	}
}

package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCallLog(t *testing.T) {
	var out bytes.Buffer
	cloud, _ := newCloud(t, Options{Log: &out, Faults: []Fault{{Module: testModule, Drop: DropAfter}}})
	odd := "{ \"mode\":\t\"x\", <&> }\n"
	dropped(t, cloud, newRequest(http.MethodPost, pathOf(testModule), offBody))
	post(cloud, testModule, odd)
	get(t, cloud, testModule)
	send(cloud, newRequest(http.MethodDelete, "/elsewhere", ""))
	path := pathOf(testModule)
	want := []Call{
		{1, winter(), "POST", path, OperationSet, testPlant, testModule, offBody, 0, true},
		{2, winter(), "POST", path, OperationSet, testPlant, testModule, odd, 400, false},
		{3, winter(), "GET", path, OperationStatus, testPlant, testModule, "", 200, false},
		{4, winter(), "DELETE", "/elsewhere", "", "", "", "", 404, false},
	}
	if diff := cmp.Diff(want, cloud.Calls()); diff != "" {
		t.Errorf("Calls (-want +got):\n%s", diff)
	}
	if strings.Contains(out.String(), "a.b-c_d") || strings.Contains(out.String(), "0123456789abcdef0123") {
		t.Errorf("the log has credentials:\n%s", &out)
	}
	var lines []Call
	for line := range strings.Lines(out.String()) {
		var call Call
		if err := json.Unmarshal([]byte(line), &call); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		lines = append(lines, call)
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("the log's lines (-want +got):\n%s", diff)
	}
}

// witness is a response that looks at the log when the answer goes out.
type witness struct {
	http.ResponseWriter
	log  *bytes.Buffer
	seen int
}

func (w *witness) WriteHeader(int)             { w.seen = w.log.Len() }
func (w *witness) Header() http.Header         { return http.Header{} }
func (w *witness) Write(b []byte) (int, error) { return len(b), nil }

func TestLogIsWrittenBeforeTheAnswer(t *testing.T) {
	var out bytes.Buffer
	cloud, _ := newCloud(t, Options{Log: &out})
	w := &witness{log: &out}
	cloud.ServeHTTP(w, newRequest(http.MethodPost, pathOf(testModule), offBody))
	if w.seen == 0 {
		t.Error("the answer went out before the log had its line")
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestLogThatFails(t *testing.T) {
	cloud, _ := newCloud(t, Options{Log: fullDisk{}})
	post(cloud, testModule, offBody)
	if err := cloud.Close(); err == nil || !strings.Contains(err.Error(), "call 1: disk full") {
		t.Errorf("Close returned %v", err)
	}
}

func TestManyCallsAtOnce(t *testing.T) {
	var out bytes.Buffer
	path := filepath.Join(t.TempDir(), "house.json")
	cloud, _ := newCloud(t, Options{House: path, Log: &out, Faults: []Fault{{Module: "*", From: 50, Times: new(10), Status: 500}}})
	const thermostats, each = 10, 10
	module := func(i int) string { return fmt.Sprintf("2a9d5c0f-0000-4000-8000-%012d", 100+i) }
	var group sync.WaitGroup
	for i := range thermostats {
		group.Go(func() {
			if err := cloud.Ensure(testPlant, module(i), "", nil); err != nil {
				t.Error(err)
			}
			for n := range each {
				post(cloud, module(i), fmt.Sprintf(`{"function":"heating","mode":"manual","setPoint":{"value":%d,"unit":"C"}}`, 10+n))
				send(cloud, newRequest(http.MethodGet, pathOf(module(i)), ""))
				cloud.Calls()
			}
			if err := cloud.SetStatus(testPlant, module(i), Status{Settings: automaticSettings(Cooling, i)}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	failed := 0
	calls := cloud.Calls()
	for i, call := range calls {
		if call.Sequence != int64(i+1) {
			t.Fatalf("call %d has the number %d", i+1, call.Sequence)
		}
		if call.Status == 500 {
			failed++
		}
	}
	if len(calls) != 2*thermostats*each || failed != 10 || strings.Count(out.String(), "\n") != len(calls) {
		t.Errorf("%d calls, %d of them failed, %d lines", len(calls), failed, strings.Count(out.String(), "\n"))
	}
	again, err := New(Options{House: path})
	if err != nil {
		t.Fatal(err)
	}
	for i := range thermostats {
		if got := status(t, again, module(i)).Settings; got != automaticSettings(Cooling, i) {
			t.Errorf("thermostat %d is on the disk as %+v", i, got)
		}
	}
}

package simulator

import (
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
)

// TestEverythingAtOnce is for the race detector: clients, logins and several
// admins at the same cloud. At the end it must be whole.
func TestEverythingAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.json")
	login := testLogin()
	login.SubscriptionKey = ""
	cloud, err := New(Options{House: path, Login: &login, Limits: Limits{DailyQuota: 1000, Burst: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	if err := cloud.Ensure(testPlant, testModule, "Europe/Rome", nil); err != nil {
		t.Fatal(err)
	}
	access, _ := logIn(t, cloud)
	jobs := []func(n int){
		func(n int) { logIn(t, cloud) },
		func(n int) {
			for _, op := range operations() {
				r := newRequest(op.method, pathFor(op), offBody)
				r.Header.Set("Authorization", "Bearer "+access)
				send(cloud, r)
			}
		},
		func(n int) {
			ordered(t, cloud, "PUT", testAdminModule, fmt.Sprintf(`{"mode":"manual","setpoint":%d,"name":"n%d"}`, 10+n, n))
		},
		func(n int) {
			ordered(t, cloud, "PUT", "faults", `{"faults":[{"operation":"plants","times":0,"chance":0.5,"status":500}]}`)
			ordered(t, cloud, "GET", "faults", "")
			ordered(t, cloud, "DELETE", "faults", "")
		},
		func(n int) {
			ordered(t, cloud, "PUT", "clock", `{"advance":"1s"}`)
			ordered(t, cloud, "PUT", "limits", `{"used":1,"burst":1000}`)
			ordered(t, cloud, "GET", "state", "")
			ordered(t, cloud, "PUT", "blocked", `{"status":0}`)
		},
		func(n int) {
			ordered(t, cloud, "POST", "login/expire-tokens", "")
			ordered(t, cloud, "GET", "calls", "")
			ordered(t, cloud, "PUT", "plants/"+testPlant, fmt.Sprintf(`{"name":"p%d"}`, n))
		},
	}
	var group sync.WaitGroup
	for _, job := range jobs {
		group.Go(func() {
			for n := range 20 {
				job(n)
			}
		})
	}
	group.Wait()
	again, err := New(Options{House: path})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := status(t, again, testModule), status(t, cloud, testModule); got != want {
		t.Errorf("after a kill the thermostat is in %+v, want %+v", got, want)
	}
	access, _ = logIn(t, again)
	r := newRequest(http.MethodGet, PathPrefix+"/plants", "")
	r.Header.Set("Authorization", "Bearer "+access)
	if w := send(again, r); w.Code != 200 {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}

// TestFaultsAreReplacedAtOnce: no call slips through between the old faults and
// the new.
func TestFaultsAreReplacedAtOnce(t *testing.T) {
	cloud, _ := newCloud(t, Options{Faults: []Fault{{Module: "*", Times: new(0), Status: 500}}})
	var group sync.WaitGroup
	group.Go(func() {
		for n := range 1000 {
			ordered(t, cloud, "PUT", "faults", fmt.Sprintf(`{"faults":[{"module":"*","times":0,"status":%d}]}`, 500+n%2))
		}
	})
	for range 4 {
		group.Go(func() {
			for range 1000 {
				if w := post(cloud, testModule, offBody); w.Code/100 != 5 {
					t.Errorf("a call between was answered %d", w.Code)
					return
				}
			}
		})
	}
	group.Wait()
}

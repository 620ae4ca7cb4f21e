package simulator

import (
	"strings"
	"testing"
	"time"
)

// wantLimited expects a refusal with Retry-After and a message.
func wantLimited(t *testing.T, cloud *Cloud, code int, retryAfter, message string) {
	t.Helper()
	w := post(cloud, testModule, offBody)
	_, got := shapeOf(t, w.Body.Bytes(), code)
	if w.Code != code || w.Header().Get("Retry-After") != retryAfter || got != message {
		t.Errorf("answered %d %q with Retry-After %q", w.Code, got, w.Header().Get("Retry-After"))
	}
}

func wantCode(t *testing.T, cloud *Cloud, code int) {
	t.Helper()
	if w := post(cloud, testModule, offBody); w.Code != code {
		t.Errorf("answered %d %s, want %d", w.Code, w.Body, code)
	}
}

func TestDailyQuota(t *testing.T) {
	cloud, clock := newCloud(t, Options{Limits: Limits{DailyQuota: 5}})
	if _, err := cloud.AddFaults(
		Fault{Operation: OperationSet, Status: 500},                        // counts
		Fault{Operation: OperationSet, From: 2, Status: 408, Landed: true}, // counts
		Fault{Operation: OperationSet, From: 3, Drop: DropBefore},          // never arrives
	); err != nil {
		t.Fatal(err)
	}
	wantCode(t, cloud, 500)
	wantCode(t, cloud, 408)
	if _, cut := dropped(t, cloud, newRequest("POST", pathOf(testModule), offBody)); !cut {
		t.Error("the call was not cut")
	}
	wantCode(t, cloud, 200)
	get(t, cloud, testModule)
	keyless := newRequest("GET", pathOf(testModule), "")
	keyless.Header.Del("Ocp-Apim-Subscription-Key")
	send(cloud, keyless) // has not been let in to be counted
	clock.now = time.Date(2026, 12, 24, 21, 56, 55, 500e6, time.UTC)
	wantCode(t, cloud, 200)
	for range 2 {
		wantLimited(t, cloud, 403, "7385", "Out of call volume quota. Quota will be replenished in 02:03:05.")
	}
	if code := send(cloud, newRequest("GET", PathPrefix+"/plants", "")).Code; code != 403 {
		t.Errorf("another operation was answered %d", code)
	}
	clock.now = time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC)
	for range 5 {
		wantCode(t, cloud, 200)
	}
	wantLimited(t, cloud, 403, "86400", "Out of call volume quota. Quota will be replenished in 24:00:00.")
	if err := cloud.SpendQuota(4); err != nil {
		t.Fatal(err)
	}
	wantCode(t, cloud, 200)
	wantCode(t, cloud, 403)
	if err := cloud.SetLimits(Limits{}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, cloud, 200)
	if cloud.SpendQuota(-1) == nil || cloud.SetLimits(Limits{Burst: -1}) == nil {
		t.Error("a negative limit was taken")
	}
}

func TestBurst(t *testing.T) {
	cloud, clock := newCloud(t, Options{Limits: Limits{DailyQuota: 13, Burst: 10}})
	for range 10 {
		wantCode(t, cloud, 200)
		clock.now = clock.now.Add(100 * time.Millisecond)
	}
	for range 3 { // what is refused does not count
		wantLimited(t, cloud, 429, "9", "Rate limit is exceeded. Try again in 9 seconds.")
	}
	clock.now = clock.now.Add(9*time.Second - time.Millisecond)
	wantLimited(t, cloud, 429, "1", "Rate limit is exceeded. Try again in 1 seconds.")
	clock.now = clock.now.Add(time.Millisecond)
	wantCode(t, cloud, 200)
	wantCode(t, cloud, 429)
	if err := cloud.SetLimits(Limits{DailyQuota: 13, Burst: 10, BurstWindow: time.Second}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, cloud, 200)
	wantCode(t, cloud, 200)
	wantCode(t, cloud, 403)
}

func TestLimitsSpareTheLogin(t *testing.T) {
	login := testLogin()
	cloud, _ := newCloud(t, Options{Login: &login, Limits: Limits{DailyQuota: 1, Burst: 1}})
	for range 3 {
		logIn(t, cloud)
	}
	access, _ := logIn(t, cloud)
	wantCall(t, cloud, "dead", "401 1") // a call with a bad token counts all the same
	if got := call(t, cloud, access); !strings.HasPrefix(got, "429") {
		t.Errorf("the call after it was answered %s", got)
	}
}

func TestClock(t *testing.T) {
	cloud, _ := newCloud(t, Options{})
	post(cloud, testModule, `{"function":"heating","mode":"off","activationTime":"2026-12-24T18:00:00"}`)
	cloud.Advance(6*time.Hour - time.Second)
	if got := status(t, cloud, testModule).Mode; got != Off {
		t.Errorf("the mode ran out early: %s", got)
	}
	w := post(cloud, otherModule, offBody)
	if got := w.Header().Get("Date"); got != "Thu, 24 Dec 2026 16:59:59 GMT" {
		t.Errorf("the Date header is %q", got)
	}
	cloud.Advance(time.Second)
	if got := status(t, cloud, testModule).Mode; got != Automatic {
		t.Errorf("the mode did not run out: %s", got)
	}
	cloud.SetClock(winter())
	if got := cloud.Now(); !got.Equal(winter()) {
		t.Errorf("the clock shows %s", got)
	}
}

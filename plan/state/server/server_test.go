package server_test

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"setpoint/internal/durable/faultfs"
	"setpoint/plan/state/server"
)

func do(h http.Handler, method, target, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, c := range change {
		c(r)
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

func sum(body string) string {
	s := md5.Sum([]byte(body))
	return base64.StdEncoding.EncodeToString(s[:])
}

const lineage = `"lineage": "a", `

// Every step is of one history; a new server after each finds the same.
func TestProtocol(t *testing.T) {
	dir := t.TempDir()
	for _, step := range []struct {
		method, target, body string
		code                 int
		answer               string // "": any
	}{
		{"GET", "/house", "", 404, ""},
		{"DELETE", "/house", "", 200, ""},
		{"UNLOCK", "/house", "", 200, ""},
		{"POST", "/house", `{` + lineage + `"serial": 1}`, 200, ""},
		{"GET", "/house", "", 200, `{` + lineage + `"serial": 1}`},
		{"LOCK", "/house", `{}`, 400, ""},
		{"LOCK", "/house", `{"ID": "a", "Who": "x"}`, 200, ""},
		{"LOCK", "/house", `{"ID": "a", "Who": "y"}`, 200, ""},
		{"LOCK", "/house", `{"ID": "b"}`, 423, `{"ID": "a", "Who": "y"}`},
		{"POST", "/house/lock", `{"ID": "b"}`, 423, `{"ID": "a", "Who": "y"}`},
		{"POST", "/house", `{` + lineage + `"serial": 2}`, 423, `{"ID": "a", "Who": "y"}`},
		{"POST", "/house?ID=b", `{` + lineage + `"serial": 2}`, 423, `{"ID": "a", "Who": "y"}`},
		{"DELETE", "/house?ID=b", "", 423, ""},
		{"POST", "/house?ID=a", `{` + lineage + `"serial": 2}`, 200, ""},
		{"POST", "/house?ID=a", `{` + lineage + `"serial": 2}`, 200, ""},
		{"POST", "/house?ID=a", `{` + lineage + `"serial": 2, "x": 1}`, 409, ""},
		{"POST", "/house?ID=a", `{` + lineage + `"serial": 1}`, 409, ""},
		{"POST", "/house?ID=a", `{` + lineage + `"serial":`, 400, ""},
		{"PUT", "/house?ID=a", `{` + lineage + `"serial": 3}`, 200, ""},
		{"DELETE", "/house/lock", `{"ID": "b"}`, 409, `{"ID": "a", "Who": "y"}`},
		{"DELETE", "/house/lock", `{"ID": "a"}`, 200, ""},
		{"POST", "/house?ID=a", `{` + lineage + `"serial": 4}`, 409, ""},
		{"POST", "/house/lock", `{"ID": "b"}`, 200, ""},
		{"UNLOCK", "/house", "", 200, ""},
		{"POST", "/house", `{"lineage": "other", "serial": 0}`, 200, ""},
		{"GET", "/annex", "", 404, ""},
		{"PATCH", "/house", "", 405, ""},
		{"GET", "/house/lock", "", 405, ""},
		{"GET", "/", "", 404, ""},
		{"GET", "/../x", "", 404, ""},
		{"POST", "/.hidden", `{"serial": 1}`, 404, ""},
		{"POST", "/a~lock", `{"serial": 1}`, 404, ""},
		{"DELETE", "/house", "", 200, ""},
		{"GET", "/house", "", 404, ""},
	} {
		answer := do(server.New(server.Options{Folder: dir}), step.method, step.target, step.body)
		if answer.Code != step.code || step.answer != "" && answer.Body.String() != step.answer {
			t.Errorf("%s %s %s: %d %s", step.method, step.target, step.body, answer.Code, answer.Body)
		}
		if got := answer.Header().Get("Content-MD5"); step.method == "GET" && answer.Code == 200 && got != sum(answer.Body.String()) {
			t.Errorf("%s %s: Content-MD5 %q", step.method, step.target, got)
		}
	}
	for _, name := range []string{"house~1.json", "house~2.json", "house~3.json", "house~0.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("the version is not kept: %v", err)
		}
	}
}

func TestDamagedBodyIsRefused(t *testing.T) {
	s := server.New(server.Options{Folder: t.TempDir()})
	with := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Content-MD5", value) }
	}
	if got := do(s, "POST", "/house", `{"serial": 1}`, with(sum("x"))); got.Code != 400 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if got := do(s, "POST", "/house", `{"serial": 1}`, with(sum(`{"serial": 1}`))); got.Code != 200 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

func TestPassword(t *testing.T) {
	s := server.New(server.Options{Folder: t.TempDir(), Username: "keeper", Password: "secret"})
	for _, test := range []struct {
		user, password string
		code           int
	}{{"", "", 401}, {"keeper", "", 401}, {"keeper", "Secret", 401}, {"", "secret", 401}, {"keeper", "secret", 404}} {
		answer := do(s, "GET", "/house", "", func(r *http.Request) {
			if test.user+test.password != "" {
				r.SetBasicAuth(test.user, test.password)
			}
		})
		if answer.Code != test.code {
			t.Errorf("%s, %s: %d", test.user, test.password, answer.Code)
		}
	}
}

// What the disk does not take is not answered as taken, and what was there stays.
func TestDiskFails(t *testing.T) {
	const before, after = `{"serial": 1}`, `{"serial": 2}`
	for n, fired := 1, true; fired; n++ {
		dir := t.TempDir()
		if got := do(server.New(server.Options{Folder: dir}), "POST", "/house", before); got.Code != 200 {
			t.Fatal(got.Code)
		}
		fsys := faultfs.New(t, dir)
		fsys.Faults = []faultfs.Fault{{Err: syscall.ENOSPC, At: n}}
		answer := do(server.New(server.Options{Files: fsys, Folder: dir}), "POST", "/house", after)
		kind, _ := fsys.Fired()
		fired = kind != ""
		if (answer.Code == 200) == fired {
			t.Errorf("operation %d fails: %d %s", n, answer.Code, answer.Body)
		}
		content := do(server.New(server.Options{Folder: dir}), "GET", "/house", "").Body.String()
		if content != after && (answer.Code == 200 || content != before) {
			t.Errorf("operation %d fails: %d, and there is %q", n, answer.Code, content)
		}
	}
}

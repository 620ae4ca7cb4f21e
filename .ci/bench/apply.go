package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"setpoint/internal/house"
)

const unlimited = "provider \"smarther\" {\n  rate_limit = 0\n}\n"

// applies are runs against an API over real HTTP that takes whatever it is sent:
// at once, and after 50 ms. They end with this process.
func applies(program, tmp string, sizes []int) []*row {
	largest := 0
	for _, n := range sizes {
		if n <= 10_000 {
			largest = max(largest, n)
		}
	}
	type run struct {
		name    string
		size    int
		latency time.Duration
	}
	var all []*row
	for _, r := range []run{{"apply, instant API", largest, 0}, {"apply, 50 ms, 10 at once", min(largest, 1000), 50 * time.Millisecond}} {
		if r.size == 0 {
			continue
		}
		dir := filepath.Join(tmp, fmt.Sprintf("apply-%s", r.latency))
		watch := &watch{size: r.size, journal: filepath.Join(dir, "setpoint.state.json.journal")}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			_, _ = io.Copy(io.Discard, req.Body) // what is sent does not matter
			pause(r.latency)
			watch.called()
			w.WriteHeader(http.StatusOK)
		}))
		env := []string{"SMARTHER_ENDPOINT=" + server.URL, "SMARTHER_SUBSCRIPTION_KEY=bench-key", "SMARTHER_ACCESS_TOKEN=bench-token"}
		all = append(all,
			&row{name: "floor: " + r.name, size: r.size, args: []string{os.Args[0], "floor", "call", server.URL, fmt.Sprint(r.size), fmt.Sprint(atOnce(r.latency))}, dir: tmp},
			&row{name: r.name, size: r.size, floor: "floor: " + r.name, env: env, dir: dir, watch: watch,
				args: []string{program, "apply", "--auto-approve", "--parallelism", fmt.Sprint(atOnce(r.latency))},
				before: func() error {
					if err := os.RemoveAll(dir); err != nil {
						return err
					}
					files := house.Files(house.Literal, r.size)
					files["provider.hcl"] = []byte(unlimited)
					return house.Write(dir, files)
				}})
	}
	return all
}

// atOnce is how many calls are in flight: the default against an API that takes
// its time, more where the disk is what is waited for.
func atOnce(latency time.Duration) int {
	if latency > 0 {
		return 10
	}
	return 40
}

// call makes as many calls as a house has thermostats, as many at once as asked for.
func call(args []string) error {
	url := args[0]
	count, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	workers, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	todo, ended := make(chan struct{}, count), make(chan error)
	for range count {
		todo <- struct{}{}
	}
	close(todo)
	for range workers {
		go func() {
			for range todo {
				resp, err := client.Post(url, "application/json", strings.NewReader(`{"function":"heating","mode":"manual","setPoint":{"value":"20.0","unit":"C"}}`))
				if err != nil {
					ended <- err
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body) // as above
				_ = resp.Body.Close()
			}
			ended <- nil
		}()
	}
	for range workers {
		if err := <-ended; err != nil {
			return err
		}
	}
	return nil
}

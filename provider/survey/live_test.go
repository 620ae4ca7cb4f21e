package survey_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/simulator"
	"setpoint/provider/smarther"
	"setpoint/provider/survey"
)

// ids of a plant and its modules.
func plantID(n int) string { return fmt.Sprintf("1f3c6b1e-0000-4000-8000-%012d", n) }
func moduleID(plant, n int) string {
	return fmt.Sprintf("2a9d5c0f-0000-4000-8000-%06d%06d", plant, n)
}

// lists answers what a cloud lists, in the shapes met in the field, and leaves
// the rest to a handler. Plant n holds sizes[n] thermostats.
func lists(sizes []int, rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	var plants []string
	for n, size := range sizes {
		plants = append(plants, fmt.Sprintf(`{"id":"%s","name":"Plant \"%d\" ${é}","type":"?"}`, strings.ToUpper(plantID(n)), n))
		modules := []string{`{"device":"gateway","id":"b0","name":"Box"}`}
		for m := range size {
			modules = append(modules, fmt.Sprintf(`{"device":"CHRONOTHERMOSTAT","id":"%s","name":"Room","capabilities":[]}`, strings.ToUpper(moduleID(n, m))))
			path := "/chronothermostat/thermoregulation/addressLocation/plants/" + plantID(n) + "/modules/parameter/id/value/" + moduleID(n, m) + "/programlist"
			mux.HandleFunc(simulator.PathPrefix+path, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"chronothermostats":[{"programs":[{"number":0,"name":"0"},{"number":"1","name":"At Home"}],"sender":{"plant":{"module":{"id":"`+moduleID(n, m)+`"}}}}]}`)
			})
		}
		mux.HandleFunc(simulator.PathPrefix+"/plants/"+plantID(n)+"/topology", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "\ufeff"+`{"plant":{"id":"`+plantID(n)+`","modules":[`+strings.Join(append(modules, modules...), ",")+`]}}`)
		})
	}
	mux.HandleFunc(simulator.PathPrefix+"/plants", func(w http.ResponseWriter, _ *http.Request) {
		if len(plants) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_, _ = io.WriteString(w, `{"plants":[`+strings.Join(append(plants, plants...), ",")+`]}`)
	})
	return mux
}

// live makes an account over HTTP.
func live(t *testing.T, sizes []int, faults ...simulator.Fault) *smarther.Client {
	t.Helper()
	house, err := simulator.New(simulator.Options{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	for n, size := range sizes {
		for m := range size {
			if err := house.Ensure(plantID(n), moduleID(n, m), "Europe/Rome", nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return clientOf(t, lists(sizes, house))
}

// clientOf makes a client of a cloud over HTTP.
func clientOf(t *testing.T, cloud http.Handler) *smarther.Client {
	t.Helper()
	server := httptest.NewServer(cloud)
	t.Cleanup(server.Close)
	client, err := smarther.New(smarther.Options{
		Endpoint: server.URL + simulator.PathPrefix, Timeout: 10 * time.Second, UserAgent: "setpoint/test",
		SubscriptionKey: provider.NewSecret("simulated-key"), AccessToken: provider.NewSecret("simulated-token"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// ask puts a question to every thermostat of an account, each of which answers.
func ask(t *testing.T, client *smarther.Client, v *survey.Inventory, q survey.Question) *survey.Report {
	t.Helper()
	report := survey.Thermostats(t.Context(), t.Context(), survey.Input{Reader: client, Policy: quick()}, found(v), q)
	if !complete(report) || report.Calls != len(found(v)) {
		t.Fatalf("%d calls: %s", report.Calls, brief(report.Readings...))
	}
	return report
}

func quick() dispatch.Policy {
	return dispatch.Policy{Parallelism: 10, Attempts: 3, MinWait: time.Millisecond, MaxWait: time.Millisecond, BusyWait: time.Millisecond}
}

func TestALiveAccountOfThreePlantsAndElevenThermostats(t *testing.T) {
	for _, sizes := range [][]int{{}, {0}, {1, 3, 7}} {
		total := 0
		for _, size := range sizes {
			total += size
		}
		client := live(t, sizes)
		v := survey.Account(t.Context(), t.Context(), survey.Input{Reader: client, Policy: quick()})
		if !v.Complete() || len(v.Plants) != len(sizes) || len(found(v)) != total || v.Calls != 1+len(sizes) {
			t.Fatalf("%v: %d plants with %d calls, %v", sizes, len(v.Plants), v.Calls, v.Listed.Err)
		}
		statuses, programs := ask(t, client, v, survey.AskStatus), ask(t, client, v, survey.AskPrograms)
		for n, p := range v.Plants {
			if p.ID != plantID(n) || p.Name != fmt.Sprintf(`Plant "%d" ${é}`, n) || len(p.Thermostats) != sizes[n] || len(p.Listed.Value.Skipped) != 2 {
				t.Errorf("%+v", p)
			}
			for m, room := range p.Thermostats {
				equal(t, "device", provider.Device{PlantID: plantID(n), ModuleID: moduleID(n, m)}, room.Device)
				equal(t, "settings", provider.Settings{Function: provider.Heating, Mode: provider.Automatic, Program: 1}, statuses.Of(room.Device).Status.Value.Settings)
				equal(t, "programs", provider.ProgramList{Programs: []provider.Program{{Number: 1, Name: "At Home"}}}, programs.Of(room.Device).Programs.Value)
			}
		}
	}
}

func TestALiveRefreshWithTroubleIsOnePass(t *testing.T) {
	const size = 400
	forever := 0
	var faults []simulator.Fault
	var all []provider.Device
	for m := range size {
		all = append(all, provider.Device{PlantID: plantID(0), ModuleID: moduleID(0, m)})
		if m%80 == 7 {
			faults = append(faults, simulator.Fault{Module: moduleID(0, m), Method: "GET", Times: &forever, Offline: true})
		}
		if m%100 == 50 {
			faults = append(faults, simulator.Fault{Module: moduleID(0, m), Method: "GET", Status: 429, Message: "Slow down"})
		}
	}
	report := survey.Thermostats(t.Context(), t.Context(), survey.Input{Reader: live(t, []int{size}, faults...), Policy: quick()}, all, survey.AskStatus)
	offline := 0
	for i, r := range report.Readings {
		equal(t, "device", all[i], r.Device)
		if !r.Status.OK() {
			offline++
			if i%80 != 7 || r.Status.Attempts != 2 {
				t.Errorf("%d: %+v", i, r.Status)
			}
		}
	}
	if report.Stop != nil || offline != 5 || report.Calls != size+5+4 {
		t.Errorf("%d offline, %d calls, stop %+v", offline, report.Calls, report.Stop)
	}
}

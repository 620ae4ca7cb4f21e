package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The shapes of the answers: every member that is required, with its type. A
// member whose name ends in "?" may be absent; of a list every item is checked
// against the one given, and there is one at least.
type object map[string]any

func shapeSender() object {
	return object{"addressType": "string", "system": "string", "plant": object{"id": "uuid", "module": object{"id": "uuid"}}}
}

func shapeMeasures() object {
	return object{"measures": []any{object{"timeStamp": "string", "value": "decimal", "unit": "string"}}}
}

func shapeDo() object { return object{"do": "bool"} }

func shapes() map[Operation]any {
	return map[Operation]any{
		OperationPlants: object{"plants": []any{object{"id": "uuid", "name": "string", "type": "string"}}},
		OperationTopology: object{"plant": object{"id": "uuid", "name": "string", "modules": []any{object{
			"device": "string", "id": "uuid", "name": "string", "capabilities": []any{object{
				"capability": "string", "canDo": object{"command": shapeDo(), "request": shapeDo(), "notification": shapeDo()},
			}},
		}}}},
		OperationStatus: object{"chronothermostats": []any{object{
			"function": "upper", "mode": "upper", "loadState": "upper", "temperatureFormat": "string", "time": "string",
			"setPoint?": object{"value": "decimal", "unit": "string"}, "programs": []any{object{"number": "integer"}},
			"activationTime?": "string", "thermometer": shapeMeasures(), "hygrometer": shapeMeasures(), "sender": shapeSender(),
		}}},
		OperationMeasures: object{"thermometer": shapeMeasures(), "hygrometer": shapeMeasures(), "sender": shapeSender()},
		OperationPrograms: object{"chronothermostats": []any{object{
			"programs": []any{object{"number": "integer", "name": "string"}}, "sender": shapeSender(),
		}}},
	}
}

// misfits lists where a value has not the shape.
func misfits(where string, shape, value any) []string {
	var found []string
	reject := func(format string, args ...any) { found = append(found, where+": "+fmt.Sprintf(format, args...)) }
	switch shape := shape.(type) {
	case object:
		is, ok := value.(map[string]any)
		if !ok {
			reject("%v is no object", value)
			return found
		}
		for name, inner := range shape {
			name, optional := strings.CutSuffix(name, "?")
			if member, there := is[name]; there {
				found = append(found, misfits(where+"."+name, inner, member)...)
			} else if !optional {
				reject("%s is missing", name)
			}
		}
		for name := range is {
			if shape[name] == nil && shape[name+"?"] == nil {
				reject("%s is not in the reference", name)
			}
		}
	case []any:
		is, ok := value.([]any)
		if !ok || len(is) == 0 {
			reject("%v is no list with items", value)
		}
		for _, item := range is {
			found = append(found, misfits(where+"[]", shape[0], item)...)
		}
	default:
		if !fits(shape.(string), value) {
			reject("%v is no %s", value, shape)
		}
	}
	return found
}

func fits(kind string, value any) bool {
	text, isText := value.(string)
	switch kind {
	case "string":
		return isText && text != ""
	case "uuid":
		return uuidPattern.MatchString(text)
	case "upper":
		return text != "" && text == strings.ToUpper(text)
	case "decimal":
		_, ok := parseNumber(text)
		return ok && strings.Contains(text, ".")
	case "bool":
		_, ok := value.(bool)
		return ok
	case "integer":
		number, ok := value.(float64)
		return ok && number == float64(int(number))
	}
	return false
}

func pathFor(op operation) string {
	return strings.NewReplacer("{plantId}", testPlant, "{moduleId}", testModule).Replace(op.path)
}

func TestShapes(t *testing.T) {
	boost := `{"function":"heating","mode":"boost","activationTime":"2026-12-24T12:00:00/2026-12-24T12:30:00"}`
	cloud, _ := newCloud(t, Options{})
	for _, body := range []string{offBody, boost} {
		if w := post(cloud, testModule, body); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Type") == "" {
			t.Errorf("set was answered %d %q", w.Code, w.Body)
		}
		for _, op := range operations() {
			shape, ok := shapes()[op.name]
			if !ok {
				continue
			}
			w := send(cloud, newRequest(op.method, pathFor(op), ""))
			var is any
			if err := json.Unmarshal(w.Body.Bytes(), &is); err != nil || w.Code != 200 {
				t.Errorf("%s was answered %d %s: %v", op.name, w.Code, w.Body, err)
				continue
			}
			for _, problem := range misfits(string(op.name), shape, is) {
				t.Error(problem)
			}
		}
	}
}

func TestEveryOperationRefusesAlike(t *testing.T) {
	for _, op := range operations() {
		if op.login {
			continue
		}
		body := ""
		if op.name == OperationSet {
			body = offBody
		}
		for _, status := range []int{400, 401, 404, 408, 469, 470, 500} {
			cloud, _ := newCloud(t, Options{Faults: []Fault{{Operation: op.name, Status: status}}})
			checkRefusal(t, cloud, newRequest(op.method, pathFor(op), body), status, ShapeGateway, "")
		}
		cloud, _ := newCloud(t, Options{Faults: []Fault{{Module: "*", Method: "*", Offline: true}}})
		checkRefusal(t, cloud, newRequest(op.method, pathFor(op), body), 404, ShapeGateway, "Gateway Offline")
		cloud, _ = newCloud(t, Options{})
		for _, status := range []int{469, 470} {
			if err := cloud.SetBlocked(status); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				checkRefusal(t, cloud, newRequest(op.method, pathFor(op), body), status, ShapeGateway, "official application")
			}
		}
		if err := cloud.SetBlocked(0); err != nil {
			t.Fatal(err)
		}
		if w := send(cloud, newRequest(op.method, pathFor(op), body)); w.Code != 200 {
			t.Errorf("%s was answered %d after the person had acted", op.name, w.Code)
		}
		if strings.Contains(op.path, "{plantId}") {
			unknown := strings.Replace(pathFor(op), testPlant, otherModule, 1)
			checkRefusal(t, cloud, newRequest(op.method, unknown, body), 404, ShapeGateway, "no plant")
			checkRefusal(t, cloud, newRequest(op.method, strings.Replace(pathFor(op), testPlant, "home", 1), body), 400, ShapeGateway, "plant id")
		}
		query := newRequest(op.method, pathFor(op)+"?subscription-key=k", body)
		query.Header.Del("Ocp-Apim-Subscription-Key")
		if w := send(cloud, query); w.Code != 200 {
			t.Errorf("%s with the key in the query was answered %d", op.name, w.Code)
		}
	}
	cloud, _ := newCloud(t, Options{})
	if err := cloud.SetBlocked(471); err == nil {
		t.Error("the account was blocked with 471")
	}
}

// list reads a path and returns one member of the answer.
func list(t *testing.T, cloud *Cloud, path string) map[string]any {
	t.Helper()
	w := send(cloud, newRequest(http.MethodGet, path, ""))
	var is map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &is); err != nil || w.Code != 200 {
		t.Fatalf("%s was answered %d %s", path, w.Code, w.Body)
	}
	return is
}

func TestPlantsAndNames(t *testing.T) {
	empty, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if w := send(empty, newRequest("GET", PathPrefix+"/plants", "")); w.Code != http.StatusNoContent || w.Body.Len() != 0 {
		t.Errorf("a house without plants answered %d %q", w.Code, w.Body)
	}
	cloud, _ := newCloud(t, Options{DuplicatePlants: true})
	if err := cloud.EnsurePlant(otherModule, "Europe/Paris"); err != nil {
		t.Fatal(err)
	}
	plant := func(id, name string) any { return map[string]any{"id": id, "name": name, "type": "Home"} }
	for _, name := range []string{"Casa \"al mare\"", ""} {
		if err := cloud.NamePlant(testPlant, name); err != nil {
			t.Fatal(err)
		}
		if name == "" {
			name = "Plant 0001"
		}
		want := []any{plant(testPlant, name), plant(testPlant, name), plant(otherModule, "Plant 0002"), plant(otherModule, "Plant 0002")}
		if diff := cmp.Diff(want, list(t, cloud, PathPrefix+"/plants")["plants"]); diff != "" {
			t.Errorf("plants (-want +got):\n%s", diff)
		}
	}
	if err := cloud.NameThermostat(testPlant, strings.ToUpper(testModule), "Sala"); err != nil {
		t.Fatal(err)
	}
	modules := list(t, cloud, PathPrefix+"/plants/"+testPlant+"/topology")["plant"].(map[string]any)["modules"].([]any)
	if first := modules[0].(map[string]any); first["name"] != "Sala" || first["id"] != testModule {
		t.Errorf("the topology has %v", first)
	}
	for _, err := range []error{
		cloud.NamePlant(testModule, "x"), cloud.NameThermostat(testPlant, otherModule, "x"),
		cloud.EnsurePlant("home", ""), cloud.EnsurePlant(testPlant, "Europe/Nowhere"),
		cloud.SetPrograms(testPlant, otherModule, nil), cloud.SetPrograms(testPlant, testModule, []Program{{12, "x"}}),
		cloud.SetPrograms(testPlant, testModule, []Program{{1, "x"}, {1, "y"}}),
	} {
		if err == nil {
			t.Error("what is not there was named")
		}
	}
}

func TestPrograms(t *testing.T) {
	for _, text := range []bool{false, true} {
		cloud, _ := newCloud(t, Options{NumbersAsText: text})
		number := func(n int) any {
			if text {
				return fmt.Sprint(n)
			}
			return float64(n)
		}
		item := func(n int, name string) any { return map[string]any{"number": number(n), "name": name} }
		programs := func() any {
			return list(t, cloud, pathOf(testModule)+"/programlist")["chronothermostats"].([]any)[0].(map[string]any)["programs"]
		}
		first := []any{item(0, "0"), item(1, "At Home"), item(2, "Night"), item(3, "Holiday")}
		if diff := cmp.Diff(first, programs()); diff != "" {
			t.Errorf("a new device (-want +got):\n%s", diff)
		}
		mine := []Program{{11, "Twice"}, {4, "Twice"}}
		if err := cloud.SetPrograms(testPlant, testModule, mine); err != nil {
			t.Fatal(err)
		}
		mine[0].Name = "changed afterwards"
		if diff := cmp.Diff([]any{item(0, "0"), item(11, "Twice"), item(4, "Twice")}, programs()); diff != "" {
			t.Errorf("programs (-want +got):\n%s", diff)
		}
		if got := get(t, cloud, testModule)["programs"].([]any)[0].(map[string]any)["number"]; got != number(1) {
			t.Errorf("the status has program %v", got)
		}
		code := list404(t, cloud)
		if want := map[bool]any{false: 404.0, true: "404"}[text]; code != want {
			t.Errorf("statusCode is %v, want %v", code, want)
		}
	}
}

func list404(t *testing.T, cloud *Cloud) any {
	t.Helper()
	w := send(cloud, newRequest(http.MethodGet, pathOf(otherModule), ""))
	var is map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &is); err != nil || w.Code != 404 {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	return is["statusCode"]
}

func TestPaths(t *testing.T) {
	const thermostat = "/smarther/v2.0/chronothermostat/thermoregulation/addressLocation/plants/{plantId}/modules/parameter/id/value/{moduleId}"
	want := map[Operation]string{
		"plants": "GET /smarther/v2.0/plants", "topology": "GET /smarther/v2.0/plants/{plantId}/topology",
		"status": "GET " + thermostat, "set": "POST " + thermostat,
		"measures": "GET " + thermostat + "/measures", "programs": "GET " + thermostat + "/programlist",
		"authorize": "GET /login/authorize", "token": "POST /login/token",
	}
	got := map[Operation]string{}
	for _, op := range operations() {
		got[op.name] = op.method + " " + op.path
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

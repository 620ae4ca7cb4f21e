package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// PathPrefix is where the API begins under the server's root.
const PathPrefix = "/smarther/v2.0"

// Operation names one thing that the cloud can do.
type Operation string

// The operations of the API, and the two of the login.
const (
	OperationPlants    Operation = "plants"
	OperationTopology  Operation = "topology"
	OperationStatus    Operation = "status"
	OperationSet       Operation = "set"
	OperationMeasures  Operation = "measures"
	OperationPrograms  Operation = "programs"
	OperationAuthorize Operation = "authorize"
	OperationToken     Operation = "token"
)

// operation is one thing that the cloud can do: add one here, and a method on
// Cloud that answers it.
type operation struct {
	name    Operation
	method  string
	path    string // {plantId} and {moduleId} stand for one segment
	login   bool   // of the login, not the API
	perform func(*Cloud, request) answer
}

const modulePath = PathPrefix + "/chronothermostat/thermoregulation/addressLocation/plants/{plantId}/modules/parameter/id/value/{moduleId}"

func operations() []operation {
	return []operation{
		{OperationPlants, http.MethodGet, PathPrefix + "/plants", false, (*Cloud).getPlants},
		{OperationTopology, http.MethodGet, PathPrefix + "/plants/{plantId}/topology", false, (*Cloud).getTopology},
		{OperationStatus, http.MethodGet, modulePath, false, (*Cloud).getStatus},
		{OperationSet, http.MethodPost, modulePath, false, (*Cloud).setStatus},
		{OperationMeasures, http.MethodGet, modulePath + "/measures", false, (*Cloud).getMeasures},
		{OperationPrograms, http.MethodGet, modulePath + "/programlist", false, (*Cloud).getPrograms},
		{OperationAuthorize, http.MethodGet, LoginPrefix + "/authorize", true, (*Cloud).authorize},
		{OperationToken, http.MethodPost, LoginPrefix + "/token", true, (*Cloud).token},
	}
}

// operationNamed is the operation of a name, and whether there is one.
func operationNamed(name Operation) (operation, bool) {
	all := operations()
	i := slices.IndexFunc(all, func(op operation) bool { return op.name == name })
	if i < 0 {
		return operation{}, false
	}
	return all[i], true
}

func operationNames() []string {
	var names []string
	for _, op := range operations() {
		names = append(names, string(op.name))
	}
	return names
}

// hasModule tells whether the operation is about one thermostat.
func (op operation) hasModule() bool { return strings.Contains(op.path, "{moduleId}") }

// matchPath holds a path against a pattern, segment by segment.
func matchPath(pattern, path string) (ids map[string]string, ok bool) {
	wanted, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	ids = make(map[string]string)
	matches := func(want, have string) bool {
		if strings.HasPrefix(want, "{") {
			ids[want] = have
			return have != ""
		}
		return want == have
	}
	return ids, slices.EqualFunc(wanted, got, matches)
}

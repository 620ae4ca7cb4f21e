package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// houseVersion is the version of the house file's format. Version 1 had neither
// names nor program lists nor a login.
const houseVersion = 2

// house is everything the cloud knows.
type house struct {
	plants map[string]*plant // by id
	login  *account          // nil where there is no login
}

type plant struct {
	Name        string                `json:"name,omitempty"`
	TimeZone    string                `json:"time_zone"`
	Thermostats map[string]thermostat `json:"thermostats"` // by module id
	zone        *time.Location
}

type thermostat struct {
	Name string `json:"name,omitempty"`
	Status
	Programs []Program `json:"programs,omitempty"` // nil: those of a new device
}

// Program is one entry of a thermostat's program list.
type Program struct {
	Number int    `json:"number"` // 0 to 11
	Name   string `json:"name"`   // free text; two may have the same
}

type houseFile struct {
	Version int               `json:"version"`
	Login   *account          `json:"login,omitempty"`
	Plants  map[string]*plant `json:"plants"`
}

// encode writes the house file: sorted, indented by two spaces.
func (h house) encode() ([]byte, error) {
	text, err := json.MarshalIndent(houseFile{houseVersion, h.login, h.plants}, "", "  ")
	return append(text, '\n'), err
}

// permissions of the house file: one with secrets is for its owner only.
func (h house) permissions() fs.FileMode {
	if h.login != nil {
		return 0o600
	}
	return 0o644
}

// parseHouse reads a house file. The error names everything that is wrong with
// it, or the first thing where it is not even the right kind of JSON.
func parseHouse(text []byte) (house, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return house{}, errors.New("it is empty")
	}
	var kind struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return house{}, fmt.Errorf("%s: %w", place(text, err), err)
	}
	switch {
	case kind.Version == nil:
		return house{}, errors.New("it has no version, so it is no house file")
	case *kind.Version > houseVersion:
		return house{}, fmt.Errorf("its version is %d and this program reads up to %d: use a newer program", *kind.Version, houseVersion)
	case *kind.Version < 1:
		return house{}, fmt.Errorf("its version is %d; there never was such a version", *kind.Version)
	}
	var file houseFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return house{}, fmt.Errorf("%s: %w", place(text, err), err)
	}
	h := house{plants: file.Plants, login: file.Login}
	if h.plants == nil {
		h.plants = map[string]*plant{}
	}
	return h, h.check()
}

// check lists everything that cannot be in a house, in the order of the ids, and
// makes what can be ready for use.
func (h house) check() error {
	var problems []error
	reject := func(where, what string) { problems = append(problems, fmt.Errorf("%s: %s", where, what)) }
	if h.login != nil {
		for _, problem := range h.login.problems() {
			problems = append(problems, errors.New(problem))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(h.plants)) {
		p, where := h.plants[id], "plant "+id
		if !uuidPattern.MatchString(id) {
			reject(where, "the id is not a UUID in lower case")
		}
		if p == nil {
			reject(where, "it is null")
			continue
		}
		zone, err := loadZone(p.TimeZone)
		if err != nil {
			reject(where, err.Error())
			zone = time.UTC
		}
		p.zone = zone
		if p.Thermostats == nil {
			p.Thermostats = map[string]thermostat{}
		}
		for _, module := range slices.Sorted(maps.Keys(p.Thermostats)) {
			t, where := p.Thermostats[module], where+", module "+module
			t.Status = t.in(zone)
			if !uuidPattern.MatchString(module) {
				reject(where, "the id is not a UUID in lower case")
			}
			for _, problem := range t.problems() {
				reject(where, problem)
			}
			p.Thermostats[module] = t
		}
	}
	return errors.Join(problems...)
}

// problems lists what cannot be in a thermostat.
func (t thermostat) problems() []string {
	return append(t.Status.problems(), programProblems(t.Programs)...)
}

func programProblems(programs []Program) []string {
	var found []string
	seen := map[int]bool{}
	for _, p := range programs {
		if p.Number < 0 || p.Number > highestProgram {
			found = append(found, fmt.Sprintf("number %d of the program list is not within 0 and 11", p.Number))
		}
		if seen[p.Number] {
			found = append(found, fmt.Sprintf("number %d is in the program list twice", p.Number))
		}
		seen[p.Number] = true
	}
	return found
}

// in shows the end in the plant's zone, in whole seconds as the clock does.
func (s Status) in(zone *time.Location) Status {
	if !s.End.IsZero() {
		s.End = s.End.Truncate(time.Second).In(zone)
	}
	return s
}

// loadZone finds an IANA time zone. The host's own is refused: a house must not
// change with the machine that simulates it.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("time_zone %q is not the name of an IANA time zone such as Europe/Rome", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time_zone %q cannot be used: %w; give an IANA name such as Europe/Rome", name, err)
	}
	return zone, nil
}

// place tells where in a JSON text decoding failed.
func place(text []byte, err error) string {
	offset := int64(len(text))
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = min(syntax.Offset, offset)
	case errors.As(err, &kind):
		offset = min(kind.Offset, offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
	default:
		return "the content"
	}
	before := string(text[:offset])
	return fmt.Sprintf("line %d, column %d", strings.Count(before, "\n")+1, max(1, len(before)-strings.LastIndex(before, "\n")-1))
}

package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// houseVersion is the version of the house file's format.
const houseVersion = 1

// house is everything the cloud knows: plants by their id.
type house map[string]*plant

type plant struct {
	TimeZone    string            `json:"time_zone"`
	Thermostats map[string]Status `json:"thermostats"` // by module id
	zone        *time.Location
}

type houseFile struct {
	Version int   `json:"version"`
	Plants  house `json:"plants"`
}

// copy is a house that changes to this one do not reach.
func (h house) copy() house {
	c := make(house, len(h))
	for id, p := range h {
		c[id] = &plant{TimeZone: p.TimeZone, Thermostats: maps.Clone(p.Thermostats), zone: p.zone}
	}
	return c
}

// encode writes the house file: sorted, indented by two spaces.
func (h house) encode() ([]byte, error) {
	text, err := json.MarshalIndent(houseFile{houseVersion, h}, "", "  ")
	return append(text, '\n'), err
}

// parseHouse reads a house file. The error names everything that is wrong with
// it, or the first thing where it is not even the right kind of JSON.
func parseHouse(text []byte) (house, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("it is empty")
	}
	var kind struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(text, &kind); err != nil {
		return nil, fmt.Errorf("%s: %w", place(text, err), err)
	}
	switch {
	case kind.Version == nil:
		return nil, errors.New("it has no version, so it is no house file")
	case *kind.Version > houseVersion:
		return nil, fmt.Errorf("its version is %d and this program reads up to %d: use a newer program", *kind.Version, houseVersion)
	case *kind.Version != houseVersion:
		return nil, fmt.Errorf("its version is %d; there never was such a version", *kind.Version)
	}
	var file houseFile
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: %w", place(text, err), err)
	}
	if err := file.Plants.check(); err != nil {
		return nil, err
	}
	if file.Plants == nil {
		file.Plants = house{}
	}
	return file.Plants, nil
}

// check lists everything that cannot be in a house, in the order of the ids, and
// makes what can be ready for use.
func (h house) check() error {
	var problems []error
	reject := func(where, what string) { problems = append(problems, fmt.Errorf("%s: %s", where, what)) }
	for _, id := range slices.Sorted(maps.Keys(h)) {
		p, where := h[id], "plant "+id
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
			p.Thermostats = map[string]Status{}
		}
		for _, module := range slices.Sorted(maps.Keys(p.Thermostats)) {
			status, where := p.Thermostats[module].in(zone), where+", module "+module
			if !uuidPattern.MatchString(module) {
				reject(where, "the id is not a UUID in lower case")
			}
			for _, problem := range status.problems() {
				reject(where, problem)
			}
			p.Thermostats[module] = status
		}
	}
	return errors.Join(problems...)
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

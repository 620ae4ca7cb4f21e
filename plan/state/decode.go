package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"unicode/utf8"
)

// Decode reads a state file, also one of an older version, which it brings to
// the present one. path only serves to name it in errors, which are one *Error
// or several joined, each with its Kind and the way out.
func Decode(path string, data []byte) (*State, error) {
	if s, ok := decodeCanonical(path, data); ok {
		return s, nil
	}
	return decode(path, data, everyUpgrade())
}

// decode is the strict decoder: it reads every form that JSON allows, and says
// what is wrong with the others.
func decode(path string, data []byte, known upgrades) (*State, error) {
	if err := decodeText(path, data); err != nil {
		return nil, err
	}
	version, err := decodeVersion(path, data, known.oldest())
	if err != nil {
		return nil, err
	}
	if key, offset := duplicateKey(data); offset >= 0 {
		line, column := position(data, offset)
		return nil, &Error{Kind: KindDuplicate, Path: path, Line: line, Column: column,
			Detail: fmt.Sprintf("%q stands twice in one object", key),
			Remedy: "Remove the one that is wrong. " + restore(path)}
	}
	present := data
	if version < Version {
		if present, err = known.upgrade(path, version, data); err != nil {
			return nil, err
		}
	}
	var in fileJSON
	if err := unmarshalStrict(present, &in); err != nil {
		e := Error{Kind: KindShape, Path: path, Detail: oneLine(err), Remedy: restore(path)}
		if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && version == Version {
			e.Line, e.Column = position(data, int(t.Offset))
		}
		return nil, &e
	}
	return in.state(path)
}

// fileJSON holds pointers where a missing part must not look like an empty one.
type fileJSON struct {
	Version         int                        `json:"version"`
	SetpointVersion *string                    `json:"setpoint_version"`
	Lineage         string                     `json:"lineage"`
	Serial          *uint64                    `json:"serial"`
	Thermostats     map[string]json.RawMessage `json:"thermostats"`
	Outputs         map[string]json.RawMessage `json:"outputs"`
}

func (in *fileJSON) state(path string) (*State, error) {
	var found problems
	for _, part := range []struct {
		name    string
		missing bool
	}{
		{"setpoint_version", in.SetpointVersion == nil},
		{"serial", in.Serial == nil},
		{"thermostats", in.Thermostats == nil},
		{"outputs", in.Outputs == nil},
	} {
		if part.missing {
			found.add(Error{Kind: KindShape, Path: path, Detail: fmt.Sprintf("%q is missing", part.name), Remedy: restore(path)})
		}
	}
	if err := checkUUID("the lineage", in.Lineage); err != nil {
		found.add(Error{Kind: KindLineage, Path: path, Detail: err.Error(), Remedy: restore(path)})
	}
	s := &State{
		Version: in.Version, Lineage: in.Lineage,
		Thermostats: make(map[string]Entry, len(in.Thermostats)), Outputs: make(map[string]Output, len(in.Outputs)),
	}
	for _, a := range slices.Sorted(maps.Keys(in.Thermostats)) {
		if err := checkAddress(a); err != nil {
			found.add(Error{Kind: KindAddress, Path: path, Address: a, Detail: err.Error(), Remedy: restore(path)})
		}
		var e Entry
		if err := e.UnmarshalJSON(in.Thermostats[a]); err != nil {
			found.add(Error{Kind: KindEntry, Path: path, Address: a, Detail: oneLine(err), Remedy: restore(path)})
		}
		s.Thermostats[a] = e
	}
	for _, name := range slices.Sorted(maps.Keys(in.Outputs)) {
		o, err := decodeOutput(in.Outputs[name])
		if err != nil {
			found.add(Error{Kind: KindOutput, Path: path, Detail: fmt.Sprintf("output %q: %s", name, oneLine(err)), Remedy: restore(path)})
		}
		s.Outputs[name] = o
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	s.SetpointVersion, s.Serial = *in.SetpointVersion, *in.Serial
	return s, nil
}

func decodeOutput(raw json.RawMessage) (Output, error) {
	var o Output
	if err := unmarshalStrict(raw, &o); err != nil {
		return Output{}, err
	}
	return o.compact()
}

// compact is the form in which outputs are kept and compared.
func (o Output) compact() (Output, error) {
	if err := o.check(); err != nil {
		return Output{}, err
	}
	if o.Sensitive {
		return o, nil
	}
	var value, typ bytes.Buffer
	err := errors.Join(json.Compact(&value, o.Value), json.Compact(&typ, o.Type))
	return Output{Value: value.Bytes(), Type: typ.Bytes()}, err
}

// decodeText refuses what is not exactly one JSON value.
func decodeText(path string, data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return &Error{Kind: KindEmpty, Path: path, Detail: "the state file is empty", Remedy: restore(path)}
	}
	if line := conflictLine(data); line > 0 {
		return &Error{Kind: KindConflict, Path: path, Line: line, Detail: "the state file holds the markers of an unresolved merge",
			Remedy: "Either side alone does not know what the other applied. Join them: " + join(path)}
	}
	if !utf8.Valid(data) {
		return &Error{Kind: KindNotJSON, Path: path, Detail: "the state file is not JSON: it is not UTF-8", Remedy: restore(path)}
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	var value json.RawMessage
	if err := dec.Decode(&value); err != nil {
		offset := len(data)
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			offset = max(0, int(syntax.Offset)-1)
		} else if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends in the middle")
		}
		line, column := position(data, offset)
		return &Error{Kind: KindNotJSON, Path: path, Line: line, Column: column, Detail: "the state file is not JSON: " + err.Error(), Remedy: restore(path)}
	}
	rest := bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n")
	if len(rest) > 0 {
		line, column := position(data, len(data)-len(rest))
		return &Error{Kind: KindTrailing, Path: path, Line: line, Column: column, Detail: "something follows the end of the state",
			Remedy: "Remove it if it does not belong there. " + restore(path)}
	}
	return nil
}

// decodeVersion looks at the version before anything else: another format may
// differ in every other respect. oldest is the oldest that can be read.
func decodeVersion(path string, data []byte, oldest int) (version int, err error) {
	var sniff struct {
		Version         json.RawMessage `json:"version"`
		SetpointVersion json.RawMessage `json:"setpoint_version"`
	}
	if err := json.Unmarshal(data, &sniff); err != nil {
		return 0, &Error{Kind: KindShape, Path: path, Detail: "this is JSON, but not a state", Remedy: restore(path)}
	}
	if err := json.Unmarshal(sniff.Version, &version); err != nil || version < oldest {
		return 0, &Error{Kind: KindShape, Path: path, Remedy: restore(path),
			Detail: fmt.Sprintf(`this is JSON, but not a state: its "version" is missing or no whole number from %d`, oldest)}
	}
	if version > Version {
		writer, remedy := "a newer setpoint", "Use a newer setpoint"
		var by string
		if json.Unmarshal(sniff.SetpointVersion, &by) == nil && by != "" {
			writer, remedy = "setpoint "+by, "Use setpoint "+by+" or later"
		}
		return 0, &Error{Kind: KindNewer, Path: path, Remedy: remedy,
			Detail: fmt.Sprintf("the state has format %d, written by %s; this setpoint reads up to %d", version, writer, Version)}
	}
	return version, nil
}

// conflictLine is the first line that begins with a merge marker, 0 for none.
// No line of JSON can begin so.
func conflictLine(data []byte) int {
	number := 0
	for line := range bytes.Lines(data) {
		number++
		for _, marker := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
			if bytes.HasPrefix(line, []byte(marker)) {
				return number
			}
		}
	}
	return 0
}

// position turns a byte offset into line and column, both from 1.
func position(data []byte, offset int) (line, column int) {
	before := data[:min(offset, len(data))]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

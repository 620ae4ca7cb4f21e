package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"setpoint/plan/state"
)

// FormatVersion is the version of the plan file format that is written, and the
// newest that is read. A new minor version adds, a new major version changes.
const FormatVersion = 1

// What keeps a plan file from being read. Errors of Decode wrap one of these.
var (
	// ErrNotAPlan: the file is something else.
	ErrNotAPlan = errors.New("this is not a plan file")
	// ErrCutOff: the file ends too early.
	ErrCutOff = errors.New("the plan file is cut off")
	// ErrNewer: a newer setpoint wrote it.
	ErrNewer = errors.New("the plan file is from a newer version of setpoint")
	// ErrAltered: the content does not fit the digest in it.
	ErrAltered = errors.New("the plan file was damaged or altered after it was made")
)

// The digest is computed over the file with zeros in the digest's place, which
// is always the same.
const (
	fileOpening  = "{\n  \"setpoint_plan\": "
	digestIntro  = ",\n  \"digest\": \"sha256:"
	digestLength = sha256.Size * 2
)

// Encode writes a plan as one JSON file: format version and digest first, then
// the plan. It holds no secret.
func (p *Plan) Encode() ([]byte, error) {
	body, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode plan: %w", err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%d%s%s\",", fileOpening, FormatVersion, digestIntro, strings.Repeat("0", digestLength))
	b.Write(bytes.TrimPrefix(body, []byte("{")))
	b.WriteByte('\n')
	content := b.Bytes()
	sum := sha256.Sum256(content)
	hex.Encode(content[digestAt(content):], sum[:])
	return content, nil
}

// digestAt is where the hexadecimal digits of the digest begin, -1 if nowhere.
func digestAt(content []byte) int {
	i := bytes.Index(content[:min(len(content), 200)], []byte(digestIntro))
	if i < 0 || len(content) < i+len(digestIntro)+digestLength {
		return -1
	}
	return i + len(digestIntro)
}

// Decode reads what Encode wrote and nothing else.
func Decode(content []byte) (*Plan, error) {
	var head struct {
		Version *int `json:"setpoint_plan"`
	}
	syntax := json.Unmarshal(content, &head)
	switch {
	case syntax != nil && bytes.HasPrefix(content, []byte(fileOpening)) && cutOff(content):
		return nil, fmt.Errorf("%w: make it anew with setpoint plan --out", ErrCutOff)
	case syntax != nil && bytes.HasPrefix(content, []byte(fileOpening)):
		return nil, fmt.Errorf("%w (%v): make it anew with setpoint plan --out", ErrAltered, syntax)
	case syntax != nil || head.Version == nil:
		return nil, fmt.Errorf("%w: name one that was written by setpoint plan --out", ErrNotAPlan)
	case *head.Version > FormatVersion:
		return nil, fmt.Errorf("%w (format %d; this version reads up to %d): apply it with that version, or make it anew",
			ErrNewer, *head.Version, FormatVersion)
	}
	at := digestAt(content)
	if at < 0 {
		return nil, fmt.Errorf("%w: it has no digest", ErrAltered)
	}
	claimed := string(content[at : at+digestLength])
	blank := bytes.Clone(content)
	copy(blank[at:], strings.Repeat("0", digestLength))
	sum := sha256.Sum256(blank)
	if claimed != hex.EncodeToString(sum[:]) {
		return nil, fmt.Errorf("%w: make it anew with setpoint plan --out", ErrAltered)
	}
	var file struct {
		Version int    `json:"setpoint_plan"`
		Digest  string `json:"digest"`
		Plan
	}
	dec := json.NewDecoder(bytes.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("%w (%v): make it anew with setpoint plan --out", ErrAltered, err)
	}
	return &file.Plan, nil
}

// cutOff tells whether JSON ends before it is complete.
func cutOff(content []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(content))
	var v json.RawMessage
	err := dec.Decode(&v)
	return errors.Is(err, io.ErrUnexpectedEOF)
}

// Moved is a thermostat whose record is not any more what a plan was made from.
type Moved struct {
	Step      *Step
	Then, Now *state.Entry // nil: there was, is no record
}

// Stale lists the thermostats that the plan touches and whose record has moved
// since, in the order of the plan. Others may have moved: the plan is still
// good then.
func (p *Plan) Stale(now *state.State) []Moved {
	var moved []Moved
	for i := range p.Steps {
		step := &p.Steps[i]
		if step.Action == NoOp {
			continue
		}
		var present *state.Entry
		if entry, ok := now.Thermostats[step.Address.String()]; ok {
			present = &entry
		}
		if present == nil && step.Before == nil || present != nil && step.Before != nil && present.Equal(*step.Before) {
			continue
		}
		moved = append(moved, Moved{step, step.Before, present})
	}
	return moved
}

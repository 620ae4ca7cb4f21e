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

	"setpoint/config/address"
	"setpoint/plan/state"
)

// formatVersion is the version of the plan file format that is written, and the
// newest that is read. A new minor version adds, a new major version changes.
const formatVersion = 1

// What keeps a plan file from being read. Errors of Decode wrap one of these.
var (
	// ErrNotAPlan: the file is something else.
	ErrNotAPlan = errors.New("this is not a plan file")
	// errCutOff: the file ends too early.
	errCutOff = errors.New("the plan file is cut off")
	// ErrNewer: a newer setpoint wrote it.
	ErrNewer = errors.New("the plan file is from a newer version of setpoint")
	// errAltered: the content does not fit the digest in it.
	errAltered = errors.New("the plan file was damaged or altered after it was made")
)

// The digest is computed over the file with zeros in the digest's place, which
// is always the same.
const (
	fileOpening  = "{\n  \"setpoint_plan\": "
	digestIntro  = ",\n  \"digest\": \"sha256:"
	digestLength = sha256.Size * 2
)

// digestAt is where the hexadecimal digits of the digest begin, -1 if nowhere.
func digestAt(content []byte) int {
	i := bytes.Index(content[:min(len(content), 200)], []byte(digestIntro))
	if i < 0 || len(content) < i+len(digestIntro)+digestLength {
		return -1
	}
	return i + len(digestIntro)
}

// remedy is what can be done about any plan file that cannot be read.
const remedy = "make it anew with setpoint plan --out"

// Decode reads what Encode wrote and nothing else. The error wraps one of those
// above.
func Decode(content []byte) (*Plan, error) {
	if !intact(content) {
		return nil, unreadable(content)
	}
	p, err := decodeBody(content)
	if err != nil {
		return nil, fmt.Errorf("%w (%v): %s", errAltered, err, remedy)
	}
	return p, nil
}

// intact tells whether a file is of this format and fits the digest in it.
func intact(content []byte) bool {
	opening := fmt.Sprintf("%s%d%s", fileOpening, formatVersion, digestIntro)
	at := len(opening)
	if !bytes.HasPrefix(content, []byte(opening)) || len(content) < at+digestLength {
		return false
	}
	hash := sha256.New() // whose writes never fail
	hash.Write(content[:at])
	hash.Write(bytes.Repeat([]byte("0"), digestLength))
	hash.Write(content[at+digestLength:])
	return hex.EncodeToString(hash.Sum(nil)) == string(content[at:at+digestLength])
}

// unreadable says what is wrong with a file that is not intact.
func unreadable(content []byte) error {
	var head struct {
		Version *int `json:"setpoint_plan"`
	}
	syntax := json.Unmarshal(content, &head)
	switch ours := bytes.HasPrefix(content, []byte(fileOpening)); {
	case cutOff(content):
		return fmt.Errorf("%w: %s", errCutOff, remedy)
	case syntax != nil && ours:
		return fmt.Errorf("%w (%v): %s", errAltered, syntax, remedy)
	case len(content) == 0:
		return fmt.Errorf("%w (it is empty): name one that was written by setpoint plan --out", ErrNotAPlan)
	case syntax != nil || head.Version == nil || *head.Version < 1:
		return fmt.Errorf("%w: name one that was written by setpoint plan --out", ErrNotAPlan)
	case *head.Version > formatVersion:
		return fmt.Errorf("%w (format %d; this version reads up to %d): apply it with that version, or make it anew",
			ErrNewer, *head.Version, formatVersion)
	case digestAt(content) < 0:
		return fmt.Errorf("%w (it has no digest in its place): %s", errAltered, remedy)
	}
	return fmt.Errorf("%w: %s", errAltered, remedy)
}

func decodeBody(content []byte) (*Plan, error) {
	p, err := decodeParts(content)
	if err != nil {
		return nil, err
	}
	for i := range p.Steps {
		if err := p.Steps[i].check(); err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	for _, c := range p.Checks {
		if err := c.check(); err != nil {
			return nil, err
		}
	}
	for name, value := range p.Variables {
		p.Variables[name] = compact(value)
	}
	for _, o := range p.Outputs {
		for _, side := range []*state.Output{o.Before, o.After} {
			if side != nil {
				side.Value, side.Type = compact(side.Value), compact(side.Type)
			}
		}
	}
	return p, nil
}

// compact takes out the indentation that the file gives to JSON within it.
func compact(value json.RawMessage) json.RawMessage {
	if value == nil {
		return nil
	}
	var b bytes.Buffer
	if err := json.Compact(&b, value); err != nil {
		return value // cannot be: it was just decoded
	}
	return b.Bytes()
}

// check refuses a step that Make does not make, so that nobody later has to ask
// what is there.
func (s *Step) check() error {
	calls, before, after := false, true, true // what the action needs
	switch s.Action {
	case NoOp:
		before, after = s.Before != nil, s.After != nil
	case Add:
		calls, before = true, s.Before != nil
	case Change:
		calls = s.Call
	case Exchange, Destroy:
		calls = true
	case Forget:
		after = false
	case Move:
	case Import:
		calls, before = true, false
	default:
		return fmt.Errorf("%q is no action", s.Action)
	}
	if err := s.checkMoved(); err != nil {
		return err
	}
	if err := s.checkSeen(); err != nil {
		return err
	}
	if s.Address.Name == "" || s.Device.PlantID == "" || s.Device.ModuleID == "" ||
		s.Call != calls || (s.Before != nil) != before || (s.After != nil) != after {
		return fmt.Errorf("action %q of %s does not fit what it is given", s.Action, s.Address)
	}
	return nil
}

// checkSeen refuses a reading that neither was made nor failed, and a record
// without a reading that it could be of.
func (s *Step) checkSeen() error {
	recorded := s.Reason == ReasonAdopted || s.Reason == ReasonObserved
	read := s.Seen != nil && s.Seen.Settings != nil
	if s.Seen != nil && read == (s.Seen.Why != "") || s.Outside != "" && !read ||
		(s.Record != nil) != recorded || recorded && (!read || s.Call || s.Action != Change || s.Record.Device != s.Device) {
		return fmt.Errorf("what was read of %s does not fit what is made of it", s.Address)
	}
	return nil
}

// checkMoved refuses another address where there is nothing to move or nothing
// is moved, and none with Move.
func (s *Step) checkMoved() error {
	if s.Moved == "" && s.Action != Move {
		return nil
	}
	from, err := address.Parse(s.Moved)
	if err != nil {
		return err
	}
	if from.String() != s.Moved || from == s.Address || s.Before == nil || s.Action == NoOp {
		return fmt.Errorf("%s cannot have moved from %s", s.Address, s.Moved)
	}
	return nil
}

// closing ends every plan file; nothing before its end looks like it.
const closing = "\n}\n"

// cutOff tells whether a plan file ends before it is complete.
func cutOff(content []byte) bool {
	switch {
	case len(content) == 0 || bytes.HasSuffix(content, []byte(closing)):
		return false
	case len(content) < len(fileOpening):
		return strings.HasPrefix(fileOpening, string(content))
	case !bytes.HasPrefix(content, []byte(fileOpening)):
		return false
	case bytes.HasSuffix(content, []byte(closing[:len(closing)-1])):
		return true
	}
	var v json.RawMessage
	return errors.Is(json.NewDecoder(bytes.NewReader(content)).Decode(&v), io.ErrUnexpectedEOF)
}

package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// unmarshalStrict reads one JSON value and refuses names that v does not have.
func unmarshalStrict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if len(bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n")) > 0 {
		return errors.New("something follows the end")
	}
	return nil
}

// duplicateKey finds a name that stands twice in one object, which the standard
// decoder would let pass, the last one winning: the mark of a merge gone wrong.
// The data must be valid JSON. The offset is that of the second, -1 for none.
func duplicateKey(data []byte) (key string, offset int) {
	var seen []map[string]bool // by depth
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			if depth == len(seen) {
				seen = append(seen, nil)
			}
			// Emptying a large map costs as much as its largest size did.
			if seen[depth] == nil || len(seen[depth]) > 64 {
				seen[depth] = map[string]bool{}
			}
			clear(seen[depth])
			depth++
		case '}', ']':
			depth--
		case '"':
			start := i
			i = stringEnd(data, i)
			if !isKey(data[i+1:]) {
				continue
			}
			name := string(data[start+1 : i])
			if strings.Contains(name, `\`) && json.Unmarshal(data[start:i+1], &name) != nil {
				continue
			}
			if seen[depth-1][name] {
				return name, start
			}
			seen[depth-1][name] = true
		}
	}
	return "", -1
}

// stringEnd is the index of the quote that closes the one at start.
func stringEnd(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(data) - 1
}

// isKey tells whether a colon comes next: in JSON only names have one.
func isKey(after []byte) bool {
	after = bytes.TrimLeft(after, " \t\r\n")
	return len(after) > 0 && after[0] == ':'
}

// problems collects everything that is wrong with one file.
type problems []error

func (p *problems) add(e Error) { *p = append(*p, &e) }

// err is the one problem as it is, or all of them joined.
func (p problems) err() error {
	if len(p) == 1 {
		return p[0]
	}
	return errors.Join(p...)
}

// oneLine is an error's text without line breaks and without the decoder's own prefix.
func oneLine(err error) string {
	return strings.ReplaceAll(strings.TrimPrefix(err.Error(), "json: "), "\n", "; ")
}

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
)

// Encode writes a plan as one JSON file: format version and digest first, then
// the plan. It holds no secret.
//
// The steps are written as they are encoded and never all held, but twice: the
// digest stands before what it is of.
func (p *Plan) Encode(w io.Writer) error {
	head, tail, err := p.around()
	if err != nil {
		return fmt.Errorf("encode plan: %w", err)
	}
	hash := sha256.New()
	e := stepEncoder{settings: map[indentedSettings][]byte{}}
	if err := e.file(hash, head, p.Steps, tail); err != nil {
		return fmt.Errorf("encode plan: %w", err)
	}
	hex.Encode(head[digestAt(head):], hash.Sum(nil))
	return e.file(w, head, p.Steps, tail)
}

// around is the file before and after what stands in the list of steps, with
// zeros for the digest.
func (p *Plan) around() (head, tail []byte, err error) {
	const steps = "\n  \"steps\": " // a text in it has no line break, and what lies deeper is further in
	rest := *p
	rest.Steps = nil
	body, err := json.MarshalIndent(&rest, "", "  ")
	if err != nil {
		return nil, nil, err
	}
	before, after, ok := bytes.Cut(body, []byte(steps+"null"))
	if !ok {
		return nil, nil, errors.New("it has no list of steps")
	}
	head = fmt.Appendf(nil, "%s%d%s%s\",%s%s", fileOpening, formatVersion, digestIntro, strings.Repeat("0", digestLength),
		bytes.TrimPrefix(before, []byte("{")), steps)
	return head, append(after, '\n'), nil
}

// file writes head, the list of steps and tail, some 32 KiB at a time.
func (e *stepEncoder) file(w io.Writer, head []byte, steps []Step, tail []byte) error {
	const chunk = 32 << 10
	e.text = append(e.text[:0], head...)
	switch {
	case steps == nil:
		e.text = append(e.text, "null"...)
	case len(steps) == 0:
		e.text = append(e.text, "[]"...)
	}
	for i := range steps {
		if i == 0 {
			e.text = append(e.text, '[')
		} else {
			e.text = append(e.text, ',')
		}
		e.line(2)
		if e.step(&steps[i]); e.err != nil {
			return fmt.Errorf("%s: %w", steps[i].Address, e.err)
		}
		if len(e.text) >= chunk {
			if _, err := w.Write(e.text); err != nil {
				return err
			}
			e.text = e.text[:0]
		}
	}
	if len(steps) > 0 {
		e.line(1)
		e.text = append(e.text, ']')
	}
	_, err := w.Write(append(e.text, tail...))
	return err
}

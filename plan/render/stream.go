package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"

	"setpoint/config/diag"
)

// Stream writes what happens while a command runs for programs: one JSON object
// a line, in the shape of Terraform's UI stream, so that tools written for that
// read it. Whoever reads it ignores types and keys that he does not know.
//
// Each method writes whole lines with one call of Write, so a Stream may be used by
// several goroutines if its writer may. Each returns the error of the writer.
type Stream struct{ w io.Writer }

// NewStream writes to w.
func NewStream(w io.Writer) *Stream { return &Stream{w} }

// Level is how grave a line is.
type Level string

// The levels.
const (
	LevelInfo  Level = "info"
	LevelWarn  Level = "warn"
	LevelError Level = "error"
)

// streamVersion is the version of the shape: Terraform's that it follows.
const streamVersion = "1.2"

// envelope is what every line has.
type envelope struct {
	Level     Level  `json:"@level"`
	Message   string `json:"@message"`
	Module    string `json:"@module"`
	Timestamp string `json:"@timestamp"`
	Type      string `json:"type"`
}

// timestampLayout is RFC 3339 with microseconds, all of them always.
const timestampLayout = "2006-01-02T15:04:05.000000Z07:00"

// Line writes one line: its type, the sentence for people, and what belongs to the
// type, which is a struct or nil.
func (s *Stream) Line(level Level, kind, message string, payload any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // they matter in a web page only
	head := envelope{level, diag.Printable(message), "setpoint.ui", time.Now().UTC().Format(timestampLayout), kind}
	if err := encoder.Encode(head); err != nil {
		return fmt.Errorf("encode a line of the stream: %w", err)
	}
	if payload != nil {
		const end = len("}\n")
		b.Truncate(b.Len() - end)
		start := b.Len()
		if err := encoder.Encode(payload); err != nil {
			return fmt.Errorf("encode a line of the stream: %w", err)
		}
		if b.Len()-start > len("{}\n") {
			b.Bytes()[start] = ',' // in the place of its brace: its keys join the envelope's
		} else {
			b.Truncate(start)
			b.WriteString("}\n")
		}
	}
	_, err := s.w.Write(b.Bytes())
	return err
}

// Version writes the first line: whose stream this is.
func (s *Stream) Version(version string) error {
	return s.Line(LevelInfo, "version", "setpoint "+version, struct {
		Setpoint string `json:"setpoint"`
		UI       string `json:"ui"`
	}{version, streamVersion})
}

// Log writes a sentence that belongs to no other type.
func (s *Stream) Log(level Level, message string) error { return s.Line(level, "log", message, nil) }

// Diagnostic writes a problem, with when to come back where that is known.
func (s *Stream) Diagnostic(d diag.Diagnostic, retry Retry) error {
	level, word := LevelError, "Error"
	if d.Severity == diag.Warning {
		level, word = LevelWarn, "Warning"
	}
	return s.Line(level, "diagnostic", word+": "+d.Summary, struct {
		Diagnostic diag.Diagnostic `json:"diagnostic"`
		Retry
	}{d, retry})
}

// Retry is when it makes sense to come back after the cloud has asked to wait. It
// is embedded where JSON tells of that, always under the same two keys.
type Retry struct {
	After int    `json:"retry_after,omitempty"` // seconds from then, at least that long
	At    string `json:"retry_at,omitempty"`    // the same as an instant: RFC 3339, UTC, whole seconds
}

// RetryAfter is a wait that begins now; that of 0 or less is not known.
func RetryAfter(wait time.Duration, now time.Time) Retry {
	if wait <= 0 {
		return Retry{}
	}
	at := now.Add(wait)
	if whole := at.Truncate(time.Second); whole.Before(at) {
		at = whole.Add(time.Second)
	}
	return Retry{int(math.Ceil(wait.Seconds())), at.UTC().Format(time.RFC3339)}
}

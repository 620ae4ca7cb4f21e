package state

import (
	"bytes"
	"encoding/json"
	"fmt"

	"setpoint/config/diag"
)

// journalContent is a journal as it was read.
type journalContent struct {
	header  header
	records []record
	lines   []int // the line of each record, from 1
}

// parseJournal reads a journal. A last line that is not whole was cut off or
// left with holes by a crash before any of its writers was told that it is on
// disk: it is dropped. A header that is not whole means that no record was ever
// written: nil. Damage before the last line is refused.
func parseJournal(path string, data []byte) (*journalContent, error) {
	var content *journalContent
	number := 0
	for len(data) > 0 {
		number++
		end := bytes.IndexByte(data, '\n') + 1
		if end == 0 {
			end = len(data)
		}
		line, rest := data[:end], data[end:]
		data = rest
		payload, whole := decodeLine(line)
		if !whole && len(rest) == 0 && (number > 1 || beginsAsLine(line)) && !swallowsNext(line) {
			break
		}
		if !whole {
			return nil, damaged(path, number, "the line is not as it was written (its checksum differs)")
		}
		if content == nil {
			h, err := decodeHeader(payload)
			if err != nil {
				return nil, damaged(path, number, oneLine(err))
			}
			if h.Format > journalFormat {
				return nil, &Error{Kind: KindNewer, Path: path, Line: number,
					Detail: fmt.Sprintf("the journal has format %d; this setpoint reads up to %d", h.Format, journalFormat),
					Remedy: "Use the setpoint that wrote it, or a later one"}
			}
			content = &journalContent{header: h}
			continue
		}
		if err := content.add(payload, number); err != nil {
			return nil, damaged(path, number, oneLine(err))
		}
	}
	return content, nil
}

// add takes in the records of a line.
func (c *journalContent) add(payload []byte, number int) error {
	var list []json.RawMessage
	if err := unmarshalStrict(payload, &list); err != nil {
		return err
	}
	for _, text := range list {
		r, err := decodeRecord(text)
		if err != nil {
			return err
		}
		c.records = append(c.records, r)
		c.lines = append(c.lines, number)
	}
	return nil
}

// beginsAsLine tells whether what stands there is the beginning of a line, or zeros
// where that did not get to the disk: a checksum comes first. Anything else no crash
// leaves in place of the header.
func beginsAsLine(line []byte) bool {
	for _, c := range line[:min(8, len(line))] {
		if c != 0 && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// swallowsNext tells whether the last line is a whole line that only lost its
// newline to damage, so that another one stands behind it. A crash leaves at
// most zeros there.
func swallowsNext(line []byte) bool {
	if len(line) < 9 {
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(line[9:]))
	var value json.RawMessage
	if dec.Decode(&value) != nil {
		return false
	}
	end := 9 + int(dec.InputOffset())
	if _, whole := decodeLine(append(bytes.Clone(line[:end]), '\n')); !whole || end == len(line) {
		return false
	}
	return len(bytes.Trim(line[end+1:], "\x00")) > 0
}

func damaged(path string, line int, detail string) *Error {
	return &Error{Kind: KindJournalDamaged, Path: path, Line: line, Detail: "the journal is damaged: " + detail,
		Remedy: fmt.Sprintf("Restore it from a backup of the disk. Or, to give up what it recorded, move it away (mv %s %s); the next apply then sends again what the state does not know",
			diag.ShellWord(path), diag.ShellWord(path+".damaged"))}
}

// foldOnto gives a folder with all records on top of the state, or nil if a
// newer state has all of them in it.
func (c *journalContent) foldOnto(f files, s *State) (*folder, error) {
	h := c.header
	switch {
	case h.Lineage != s.Lineage:
		return nil, &Error{Kind: KindJournalLineage, Path: f.journal,
			Detail: fmt.Sprintf("the journal belongs to the state of lineage %s, but %s has lineage %s", h.Lineage, f.state, s.Lineage),
			Remedy: fmt.Sprintf("Put back the state that belongs to it. Or, if the calls of that other state do not matter here, move the journal away: mv %s %s",
				diag.ShellWord(f.journal), diag.ShellWord(f.journal+".other"))}
	case h.BaseSerial > s.Serial:
		return nil, &Error{Kind: KindJournalAhead, Path: f.journal,
			Detail: fmt.Sprintf("the journal continues serial %d of the state, but %s has serial %d: an older state was put in its place", h.BaseSerial, f.state, s.Serial),
			Remedy: fmt.Sprintf("Put back serial %d from version control or a backup. Or, to give up what the journal recorded, move it away (mv %s %s); the next apply then sends again what the state does not know",
				h.BaseSerial, diag.ShellWord(f.journal), diag.ShellWord(f.journal+".ahead"))}
	}
	fold := newFolder(s)
	for i, r := range c.records {
		if err := fold.apply(r); err != nil {
			return nil, damaged(f.journal, c.lines[i], err.Error())
		}
	}
	if h.BaseSerial == s.Serial {
		return fold, nil
	}
	// The state is newer: because the journal is folded into it, and then folding
	// it once more changes nothing; or it came from elsewhere.
	if fold.state() != s {
		return nil, &Error{Kind: KindJournalBehind, Path: f.journal,
			Detail: fmt.Sprintf("the journal holds results that continue serial %d of the state, but %s has serial %d without them: a newer state was put in its place before they were taken up",
				h.BaseSerial, f.state, s.Serial),
			Remedy: fmt.Sprintf("Keep the newer state under another name, put back serial %d from version control or a backup, run setpoint plan and apply, and join the two with setpoint state merge. Or, to give up what the journal recorded, move it away (mv %s %s); the next apply then sends again what the state does not know",
				h.BaseSerial, diag.ShellWord(f.journal), diag.ShellWord(f.journal+".behind"))}
	}
	return nil, nil
}

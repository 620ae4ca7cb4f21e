package state

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"
)

// Session is the record opened for writing. Each method that records something
// returns nil only when it is on disk. The journal is made at the first record,
// so a Session without any leaves every file as it was.
//
// It is safe for concurrent use. After an error of KindJournalFailed nothing
// more can be recorded, so no further call may be made; Close still saves all
// that is known.
type Session struct {
	files     files
	version   string
	operation string
	lock      *heldLock // nil: opened without
	shared    *shared   // nil: the state is the file
	recovery  Recovery

	// As they were when opened, recovery included.
	base    *State
	created bool   // there was no state at Open
	absent  bool   // base is not on disk yet
	digest  digest // of the state file
	perm    fs.FileMode

	mu      sync.Mutex
	fold    *folder
	records []record
	lastID  uint64
	journal *journal // nil before the first record
	closed  bool

	unrecorded bool // the journal had failed, and Close saved nothing

	untold   int   // results since the remote was told last
	telling  int   // records in what it is being told; the publisher's, and Close's after it
	lockLost error // the remote lock is another's
}

// State is the record as it was opened, after recovery. It must not be written.
func (s *Session) State() *State { return s.base }

// Absent tells that there was no state when the session was opened.
func (s *Session) Absent() bool { return s.created }

// Recovery is what Open took up of a run that did not end.
func (s *Session) Recovery() Recovery { return s.recovery }

// Intent records, before a call, what it will send: e has device, settings
// exactly as sent, on_remove and the time (zero: now); outcome and previous
// follow by themselves, and nothing stays adopted. remove marks the last call for a thermostat that is
// destroyed: confirmed, the entry goes. The id is for Result. Where the error
// is not nil the call must not be made. One call to an address at a time.
func (s *Session) Intent(address string, e Entry, remove bool) (id uint64, err error) {
	if e.At.IsZero() {
		e.At = time.Now()
	}
	e.Outcome, e.Previous, e.Declared = Unknown, nil, nil
	s.mu.Lock()
	if s.fold.calling(address) {
		s.mu.Unlock()
		return 0, s.busy(address)
	}
	s.lastID++ // never given twice, also where this intent is refused
	id = s.lastID
	text, r, err := s.encode(record{Type: intentRecord, ID: id, Address: address, Entry: &e, Remove: remove})
	if err != nil {
		s.mu.Unlock()
		return 0, err
	}
	b, err := s.add(text, r)
	s.mu.Unlock()
	if err := s.commitAfter(b, err); err != nil {
		s.withdraw(id)
		return 0, err
	}
	return id, nil
}

// MayCall says, right before a call whose intent was recorded earlier, why it must
// not be made any more: its result could not be recorded, or the remote lock is
// another's. nil: it may be made.
func (s *Session) MayCall() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return s.misuse("the state is closed, so no call may be made")
	case s.lockLost != nil:
		return s.lockLost
	case s.journal == nil:
		return nil
	}
	return s.journal.failed()
}

// withdraw forgets an intent that could not be written. Its call is not made,
// so no result must be missing in what Close saves.
func (s *Session) withdraw(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := record{Type: resultRecord, ID: id, Outcome: CallRejected}
	if s.fold.apply(r) == nil { // else it was refused before it was taken in
		s.records = append(s.records, r)
	}
}

// Result records how the call ended: its HTTP status (0 for no answer) and
// when. A call with the result CallUnknown may get another one later.
func (s *Session) Result(id uint64, result CallResult, status int, at time.Time) error {
	if err := checkAt(at); err != nil {
		return s.misuse("result of call %d: %s", id, err)
	}
	r := record{Type: resultRecord, ID: id, Outcome: result, Status: status, At: wholeSecond(at).Format(time.RFC3339)}
	text, r, err := s.encode(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	b, err := s.add(text, r)
	s.mu.Unlock()
	return s.commitAfter(b, err)
}

// Put records an entry that needs no call: import, adopted drift, a changed
// on_remove. An entry that is there already is not recorded again.
func (s *Session) Put(address string, e Entry) error {
	return s.recordOnce(record{Type: putRecord, Address: address, Entry: &e})
}

// Drop records that the thermostat is no longer managed, without a call. One
// that is not there is not recorded.
func (s *Session) Drop(address string) error {
	return s.recordOnce(record{Type: dropRecord, Address: address})
}

// Rename records that the thermostat under one address stands under another one
// now, with all that is known of it. What was recorded there is replaced; it must
// be of the same device. Rename must come before the first call to either
// address. One that is not there is not recorded.
func (s *Session) Rename(from, to string) error {
	text, r, err := s.encode(record{Type: renameRecord, Address: from, To: to})
	if err != nil {
		return err
	}
	s.mu.Lock()
	moving, there := s.fold.current(from)
	replaced, taken := s.fold.current(to)
	if !s.closed && (!there || from == to || taken && replaced.Device != moving.Device) {
		s.mu.Unlock()
		if there && from != to {
			return s.misuse("%s cannot become %s, which is another thermostat", from, to)
		}
		return nil
	}
	b, err := s.add(text, r)
	s.mu.Unlock()
	return s.commitAfter(b, err)
}

// recordOnce adds a put or drop unless the record says so already.
func (s *Session) recordOnce(r record) error {
	text, r, err := s.encode(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	if s.fold.calling(r.Address) {
		s.mu.Unlock()
		return s.busy(r.Address)
	}
	now, ok := s.fold.current(r.Address)
	if !s.closed && ok == (r.Entry != nil) && (!ok || now.Equal(*r.Entry)) {
		s.mu.Unlock()
		return nil
	}
	b, err := s.add(text, r)
	s.mu.Unlock()
	return s.commitAfter(b, err)
}

// SetOutputs records all outputs. The same as before are not recorded again.
func (s *Session) SetOutputs(outputs map[string]Output) error {
	text, r, err := s.encode(record{Type: outputsRecord, Outputs: outputs})
	if err != nil {
		return err
	}
	s.mu.Lock()
	if !s.closed && sameOutputs(r.Outputs, s.fold.currentOutputs()) {
		s.mu.Unlock()
		return nil
	}
	b, err := s.add(text, r)
	s.mu.Unlock()
	return s.commitAfter(b, err)
}

// add takes a record in and puts it behind those before it. The caller holds
// mu, and waits for the batch without it. What the cloud answered is taken in
// also where the journal has failed: Close may still be able to save it.
func (s *Session) add(text []byte, r record) (*batch, error) {
	if s.closed {
		return nil, s.misuse("the state is closed, so no %s can be recorded", r.Type)
	}
	if s.lockLost != nil && r.Type != resultRecord {
		return nil, s.lockLost
	}
	if s.journal == nil {
		if err := s.begin(); err != nil {
			return nil, err
		}
	}
	if err := s.fold.apply(r); err != nil {
		return nil, s.misuse("%s", err)
	}
	s.records = append(s.records, r)
	s.recorded(r)
	return s.journal.enqueue(text)
}

// commitAfter waits for what add put in.
func (s *Session) commitAfter(b *batch, err error) error {
	if err != nil {
		return err
	}
	return s.journal.commit(b)
}

// encode gives the JSON and the record as it will be read, or KindMisuse.
func (s *Session) encode(r record) (text []byte, asRead record, err error) {
	text, asRead, err = encodeRecord(r)
	if err != nil {
		err = s.misuse("%s %s cannot be recorded: %s", r.Type, r.Address, oneLine(err))
	}
	return text, asRead, err
}

// begin makes the journal, and before it the state where there was none: a
// journal alone is taken for the trace of a lost state.
func (s *Session) begin() error {
	data, _, err := s.files.readRegular(s.files.state)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if absent := err != nil; absent != s.absent || digestOf(data) != s.digest {
		return &Error{Kind: KindChanged, Path: s.files.state, Detail: "the state changed after it was read, so nothing is started",
			Remedy: "Run the command again; to keep other runs out, do not use --lock=false"}
	}
	if err := s.make(); err != nil {
		return err
	}
	first, err := marshal(header{
		Type: headerRecord, Format: journalFormat, Lineage: s.base.Lineage, BaseSerial: s.base.Serial,
		SetpointVersion: s.version, At: wholeSecond(time.Now()).Format(time.RFC3339), Operation: s.operation,
	}, "")
	if err != nil {
		return err
	}
	file, err := s.files.createJournal(s.perm, encodeLine(bytes.TrimSuffix(first, []byte("\n"))))
	if err != nil {
		return err
	}
	s.journal = newJournal(s.files.journal, file)
	if s.shared != nil {
		s.startPublishing()
	}
	return nil
}

// make writes the state where there was none. A remote one is there first: a
// working copy alone is taken for the trace of a lost state.
func (s *Session) make() error {
	if !s.absent {
		return nil
	}
	content, err := Encode(s.base)
	if err == nil && s.shared != nil {
		content, err = s.shared.publish(s.shared.ctx, s.base)
	}
	if err != nil {
		return err
	}
	if err := s.files.replaceState(s.perm, content); err != nil {
		return err
	}
	s.absent, s.digest = false, digestOf(content)
	return nil
}

// Make writes the empty state where there was none, and does nothing else.
func (s *Session) Make() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return s.misuse("the state is closed already")
	}
	return s.make()
}

func (s *Session) busy(address string) error {
	return s.misuse("%s has a call without result: record that first", address)
}

func (s *Session) misuse(format string, args ...any) error {
	return &Error{Kind: KindMisuse, Path: s.files.state, Detail: fmt.Sprintf(format, args...)}
}

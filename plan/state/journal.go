package state

import (
	"fmt"
	"io"
	"runtime"
	"sync"
)

// journalFile is what a journal asks of its file.
type journalFile interface {
	io.WriteCloser
	Sync() error
}

// journal appends records to a file. One is on disk when commit returns nil.
// Flushes are shared: whoever waits first flushes for all who came meanwhile.
// After a failed write or flush it refuses everything: what is on disk then is
// uncertain, and a second flush that succeeds would prove nothing.
//
// It is safe for concurrent use.
type journal struct {
	path string
	file journalFile
	turn chan struct{} // holds one element while somebody writes and flushes

	mu   sync.Mutex
	next *batch // records that nobody has begun to write, nil for none
	err  error  // why nothing more is accepted
}

// batch is the records of one line, flushed together.
type batch struct {
	records []byte        // JSON, with commas between
	done    chan struct{} // closed when the outcome is known
	err     error         // to be read after done
}

func newJournal(path string, file journalFile) *journal {
	return &journal{path: path, file: file, turn: make(chan struct{}, 1)}
}

// enqueue puts the JSON of a record behind all others. The order in the file is
// the order of the calls of enqueue.
func (j *journal) enqueue(text []byte) (*batch, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return nil, j.err
	}
	if j.next == nil {
		j.next = &batch{done: make(chan struct{})}
	} else {
		j.next.records = append(j.next.records, ',')
	}
	j.next.records = append(j.next.records, text...)
	return j.next, nil
}

// failed is why nothing more is accepted, nil if it is.
func (j *journal) failed() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// commit returns when the batch is on disk, or certainly will not be called so.
func (j *journal) commit(b *batch) error {
	select {
	case <-b.done:
		return b.err
	case j.turn <- struct{}{}:
	}
	defer func() { <-j.turn }()
	select {
	case <-b.done: // by whoever had the turn before
	default:
		runtime.Gosched() // others that are about to record something come along
		j.flush()         // b is the next one: batches leave in order, one at a turn
	}
	return b.err
}

// flush writes the next batch. The caller has the turn.
func (j *journal) flush() {
	j.mu.Lock()
	b, err := j.next, j.err
	j.next = nil
	j.mu.Unlock()
	if b == nil {
		return
	}
	if err == nil {
		err = j.write(encodeLine(fmt.Appendf(nil, "[%s]", b.records)))
	}
	b.err = err
	close(b.done)
}

func (j *journal) write(line []byte) error {
	n, err := j.file.Write(line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err = &Error{Kind: KindJournalFailed, Path: j.path, Err: err,
		Detail: "a record could not be written, so nothing more is started",
		Remedy: "Mend the cause (a full disk, a lost mount) and run the command again: it takes up what is recorded"}
	return j.err
}

// barrier returns when everything enqueued before is on disk, or nothing more
// is accepted: then its error says why. It must not be called after close.
func (j *journal) barrier() error {
	j.turn <- struct{}{}
	j.flush()
	<-j.turn
	return j.failed()
}

// close flushes what is waiting, lets nothing more in and closes the file. Its
// error is that of the last flush or of closing; records that commit called
// written stay so.
func (j *journal) close() error {
	j.turn <- struct{}{} // for ever
	j.flush()
	j.mu.Lock()
	defer j.mu.Unlock()
	failed := j.err
	if failed == nil {
		j.err = &Error{Kind: KindMisuse, Path: j.path, Detail: "the journal is closed", Remedy: "Open the state again"}
	}
	if err := j.file.Close(); failed == nil && err != nil {
		return &Error{Kind: KindJournalFailed, Path: j.path, Err: err, Detail: "closing the journal failed",
			Remedy: "Run the command again: it takes up what is recorded"}
	}
	return failed
}

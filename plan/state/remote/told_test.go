package remote_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/internal/durable"
	"setpoint/plan/state"
)

// What the server was told in the middle of a run is no other run's doing: the end
// of the journal stands, also where it is of the same second, and where somebody
// else changed another thermostat since.
func TestToldInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		dir := t.TempDir()
		killed := open(t, w.store(t, dir))
		first, err := call(killed, 1, 200, state.CallConfirmed)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(4100 * time.Millisecond)
		id, err := killed.Intent("thermostat.t2", entry(2, 210), false)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(1000 * time.Millisecond) // it is told now
		if e := read(t, w.store(t, t.TempDir())).State.Thermostats["thermostat.t2"]; e.Outcome != state.Unknown {
			t.Fatalf("the server was not told: %+v", e)
		}
		dirty := read(t, w.store(t, t.TempDir())).State.Thermostats["thermostat.t2"].At
		if err := killed.Result(id, state.CallConfirmed, 200, dirty); err != nil {
			t.Fatal(err)
		}
		left := folderAfterCrash(t, dir)
		w.do("UNLOCK", "/house", "")
		other := open(t, w.store(t, t.TempDir()))
		theirs, err := call(other, 3, 220, state.CallConfirmed)
		if err != nil {
			t.Fatal(err)
		}
		closed(t, other)
		closed(t, open(t, w.store(t, left)))
		holds(t, "in the end", read(t, w.store(t, t.TempDir())).State, []sent{first, {"thermostat.t2", 210, state.CallConfirmed}, theirs})
		_, _ = killed.Close() // it is cut off
	})
}

// brokenJournal is a disk that flushes no journal any more, once it is broken.
type brokenJournal struct {
	durable.FS
	broken *atomic.Bool
}

func (b brokenJournal) CreateNew(name string, perm fs.FileMode) (durable.File, error) {
	f, err := b.FS.CreateNew(name, perm)
	return brokenFile{f, b.broken}, err
}

type brokenFile struct {
	durable.File
	broken *atomic.Bool
}

func (f brokenFile) Sync() error {
	if f.broken.Load() {
		return errors.New("broken")
	}
	return nil
}

// The server is never ahead of the journal: else whoever takes up the journal
// would know less than the server.
func TestServerIsNotAheadOfTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		var broken atomic.Bool
		dir := t.TempDir()
		files := brokenJournal{unflushed{durable.OS()}, &broken}
		store := state.NewRemoteStore(files, filepath.Join(dir, "setpoint.state.json"), "1.0", w.client(t), func() error { return nil })
		s := open(t, store)
		flying, err := s.Intent("thermostat.t1", entry(1, 200), false)
		if err != nil {
			t.Fatal(err)
		}
		broken.Store(true)
		if err := s.Result(flying, state.CallConfirmed, 200, time.Now()); err == nil {
			t.Error("the record was taken")
		}
		time.Sleep(time.Minute)
		if e, known := read(t, w.store(t, t.TempDir())).State.Thermostats["thermostat.t1"]; known {
			t.Errorf("the server knows what is not on disk: %+v", e)
		}
		known, _ := s.Close() // the journal's error was told; what is known is saved
		holds(t, "saved", known, []sent{{"thermostat.t1", 200, state.CallConfirmed}})
	})
}

// careless is a server that checks nothing. It holds back one write, and does it
// when the one of last was answered.
type careless struct {
	content, late string
	posts         int
	hold, last    int // by number
}

func (c *careless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		_, _ = io.WriteString(w, c.content)
	case http.MethodPost:
		c.posts++
		body, _ := io.ReadAll(r.Body) // of a test
		if c.posts == c.hold {
			c.late = string(body)
			w.WriteHeader(http.StatusGatewayTimeout)
			return
		}
		c.content = string(body)
		if c.posts == c.last {
			c.content = c.late
		}
	}
}

// A write that was never answered may arrive after a later one, at a server that
// checks nothing. The end of a run looks for that.
func TestLateWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		none := &careless{hold: 2, last: 3}
		w := &wire{handler: none}
		w.fault = func(w *wire, r *http.Request) (*http.Response, error) { // so that it is not tried again
			response, err := w.serve(r)
			w.at = 0
			if err != nil {
				return nil, err
			}
			response.Body = io.NopCloser(strings.NewReader(""))
			<-r.Context().Done()
			return nil, errReset
		}
		w.at = 4 // LOCK, GET, POST, POST
		s := open(t, w.store(t, t.TempDir()))
		first, err := call(s, 1, 200, state.CallConfirmed)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		second, err := call(s, 2, 210, state.CallConfirmed)
		if err != nil {
			t.Fatal(err)
		}
		closed(t, s)
		if none.late == "" || none.posts < 4 {
			t.Fatalf("nothing was late: %d writes", none.posts)
		}
		holds(t, "in the end", read(t, w.store(t, t.TempDir())).State, []sent{first, second})
	})
}

// Who lost the lock does not end that of another.
func TestLoserDoesNotUnlock(t *testing.T) {
	w := newWire(t)
	s := begun(t, w, t.TempDir())
	w.do("UNLOCK", "/house", "")
	w.do("LOCK", "/house", othersLock)
	if _, err := s.Close(); err == nil {
		t.Error("it is called saved")
	}
	if slices.Contains(w.requests(), "UNLOCK /house/lock") {
		t.Errorf("%v", w.requests())
	}
}

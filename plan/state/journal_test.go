package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// slowFile is a file whose flush takes a while, and can be made to fail.
type slowFile struct {
	mu      sync.Mutex
	content bytes.Buffer
	synced  int // bytes
	syncs   int
	delay   time.Duration
	failure error
	short   bool
}

func (f *slowFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.short {
		p = p[:len(p)/2]
	}
	return f.content.Write(p)
}

func (f *slowFile) Sync() error {
	time.Sleep(f.delay)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.syncs++
	f.synced = f.content.Len()
	return f.failure
}

func (f *slowFile) Close() error { return nil }

func (f *slowFile) durable() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.content.String()[:f.synced]
}

func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := &slowFile{delay: 10 * time.Millisecond}
		j := newJournal("j", file)
		const workers, each = 10, 20
		var wg sync.WaitGroup
		for w := range workers {
			wg.Go(func() {
				for i := range each {
					line := fmt.Sprintf(`"%d-%d"`, w, i)
					b, err := j.enqueue([]byte(line))
					if err == nil {
						err = j.commit(b)
					}
					if err != nil || !strings.Contains(file.durable(), line) {
						t.Errorf("%s: acknowledged but not on disk: %v", line, err)
					}
				}
			})
		}
		wg.Wait()
		if file.syncs > workers*each/2 {
			t.Errorf("%d flushes for %d records", file.syncs, workers*each)
		}
		t.Logf("%d flushes for %d records", file.syncs, workers*each)
	})
}

func TestJournalRefusesAfterFailure(t *testing.T) {
	for name, spoil := range map[string]func(*slowFile){
		"flush": func(f *slowFile) { f.failure = errors.New("disk on fire") },
		"short": func(f *slowFile) { f.short = true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				file := &slowFile{delay: time.Second}
				spoil(file)
				j := newJournal("j", file)
				first, err := j.enqueue([]byte(`"first"`))
				if err != nil {
					t.Fatal(err)
				}
				done := make(chan error)
				go func() { done <- j.commit(first) }()
				synctest.Wait() // the first is being written
				second, err := j.enqueue([]byte(`"second"`))
				if name == "flush" {
					if err != nil {
						t.Fatal(err)
					}
					go func() { done <- j.commit(second) }()
					wantKind(t, <-done, KindJournalFailed)
				}
				wantKind(t, <-awaitOr(done, err), KindJournalFailed)
				file.failure, file.short = nil, false
				_, err = j.enqueue([]byte(`"third"`))
				wantKind(t, err, KindJournalFailed)
				wantKind(t, j.failed(), KindJournalFailed)
				wantKind(t, j.close(), KindJournalFailed)
				if s := file.content.String(); strings.Contains(s, "second") || strings.Contains(s, "third") {
					t.Errorf("written after the failure: %q", s)
				}
			})
		})
	}
}

// awaitOr gives done, or where err is there already a channel with it.
func awaitOr(done chan error, err error) chan error {
	if err == nil {
		return done
	}
	<-done
	now := make(chan error, 1)
	now <- err
	return now
}

func journalText(t testing.TB, h header, records ...record) string {
	t.Helper()
	first, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	text := string(encodeLine(first))
	for _, r := range records {
		record, _, err := encodeRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		text += string(encodeLine(fmt.Appendf(nil, "[%s]", record)))
	}
	return text
}

func headerFor(serial uint64) header {
	return header{Type: headerRecord, Format: 1, Lineage: lineage, BaseSerial: serial, SetpointVersion: "1", At: "2026-11-22T10:00:00Z", Operation: "apply"}
}

func someRecords() []record {
	return []record{
		{Type: intentRecord, ID: 1, Address: room, Entry: ptr(entry(device1, 200, Unknown))},
		{Type: resultRecord, ID: 1, Outcome: CallConfirmed, Status: 200, At: "2026-11-22T11:00:00Z"},
		{Type: dropRecord, Address: "thermostat.b"},
	}
}

func TestJournalLineFormat(t *testing.T) {
	got := journalText(t, headerFor(7), someRecords()[1:2]...)
	want := `56a19f96 {"type":"header","format":1,"lineage":"6a1c0000-0000-4000-8000-000000000001","base_serial":7,"setpoint_version":"1","at":"2026-11-22T10:00:00Z","operation":"apply"}
0b586a3f [{"type":"result","id":1,"outcome":"confirmed","status":200,"at":"2026-11-22T11:00:00Z"}]
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestJournalCutAnywhere cuts and spoils a journal at every byte.
func TestJournalCutAnywhere(t *testing.T) {
	text := journalText(t, headerFor(7), someRecords()...)
	for i := range len(text) {
		whole := max(0, strings.Count(text[:i], "\n")-1)
		c, err := parseJournal("j", []byte(text[:i]))
		if err != nil || (c == nil) != !strings.Contains(text[:i], "\n") || c != nil && len(c.records) != whole {
			t.Fatalf("cut at %d: %+v, %v", i, c, err)
		}
		spoilt := []byte(text)
		spoilt[i] ^= 0x04
		c, err = parseJournal("j", spoilt)
		line := strings.Count(text[:i], "\n") + 1
		if last := strings.Count(text, "\n"); line == last {
			if err != nil || len(c.records) != last-2 {
				t.Fatalf("last line spoilt at %d: %v", i, err)
			}
		} else if e := wantKind(t, err, KindJournalDamaged); e.Line != line || e.Remedy == "" {
			t.Fatalf("spoilt at %d, line %d: %v", i, line, err)
		}
	}
}

func TestJournalRefusesBadContent(t *testing.T) {
	line := func(payload string) string { return fmt.Sprintf("%08x %s\n", checksum([]byte(payload)), payload) }
	head := journalText(t, headerFor(7))
	for name, tt := range map[string]struct {
		text string
		kind Kind
	}{
		"newer format":   {line(`{"type":"header","format":2,"x":1}`), KindNewer},
		"not a journal":  {"hello\n", KindJournalDamaged},
		"no line at all": {"-", KindJournalDamaged},
		"no header":      {line(`{"type":"drop","address":"thermostat.a"}`), KindJournalDamaged},
		"unknown type":   {head + line(`[{"type":"x"}]`), KindJournalDamaged},
		"unknown field":  {head + line(`[{"type":"drop","address":"thermostat.a","x":1}]`), KindJournalDamaged},
		"bad address":    {head + line(`[{"type":"drop","address":"a"}]`), KindJournalDamaged},
		"intent alone":   {head + line(`[{"type":"intent","id":1,"address":"thermostat.a"}]`), KindJournalDamaged},
		"second header":  {head + head, KindJournalDamaged},
		"bad result":     {head + line(`[{"type":"result","id":1,"outcome":"x","at":"2026-11-22T11:00:00Z"}]`), KindJournalDamaged},
		"result no time": {head + line(`[{"type":"result","id":1,"outcome":"confirmed"}]`), KindJournalDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseJournal("j", []byte(tt.text))
			wantKind(t, err, tt.kind)
		})
	}
}

func FuzzJournal(f *testing.F) {
	f.Add([]byte(journalText(f, headerFor(7), someRecords()...)))
	f.Add([]byte(journalText(f, headerFor(7))[:20]))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseJournal("j", data)
		if err != nil || c == nil {
			return
		}
		again, err := parseJournal("j", []byte(journalText(t, c.header, c.records...)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.records, again.records); diff != "" {
			t.Fatal(diff)
		}
		folded, err := fold(New("1"), c.records)
		if err != nil {
			return // a history that cannot be
		}
		text, err := Encode(folded)
		if err != nil {
			t.Fatalf("what was recorded cannot be saved: %v", err)
		}
		if read, err := Decode("s", text); err != nil || cmp.Diff(folded, read) != "" {
			t.Fatalf("what was saved reads differently: %v, %s", err, cmp.Diff(folded, read))
		}
	})
}

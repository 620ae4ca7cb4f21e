package login

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"setpoint/internal/durable"
	"setpoint/internal/durable/faultfs"
	"setpoint/provider"
)

func full() Credentials {
	c := login(time.Date(2026, 11, 23, 4, 5, 6, 789e6, time.UTC))
	c.PreviousRefreshToken = provider.NewSecret("refresh-canary-previous")
	c.SecretCreated = time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	c.Lineage = "0123abcd"
	return c
}

// same compares credentials with their secrets.
func same(a, b Credentials) bool {
	x, errX := encode(a)
	y, errY := encode(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func TestStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "credentials.json")
	s := NewStore(path, durable.OS())
	if _, err := s.Load(); !errors.Is(err, ErrNoFile) || !strings.Contains(err.Error(), "setpoint login") || !strings.Contains(err.Error(), path) {
		t.Errorf("no file: %v", err)
	}
	if err := s.Remove(t.Context()); err != nil {
		t.Errorf("nothing to remove: %v", err)
	}
	for _, c := range []Credentials{full(), login(time.Now())} {
		if err := s.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		got, err := s.Load()
		if err != nil || !same(got, c) {
			t.Errorf("%v: stored %+v, loaded %+v", err, c, got)
		}
		shows(t, c, got, s)
	}
	for name, want := range map[string]fs.FileMode{path: 0o600, path + ".lock": 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	left := filepath.Join(filepath.Dir(path), ".credentials.json.123.tmp")
	write(t, left, "canary", 0o600)
	if err := s.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{path, left} {
		if _, err := os.Stat(gone); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", gone, err)
		}
	}
}

func TestStoreThroughALink(t *testing.T) {
	dir := t.TempDir()
	link, target := filepath.Join(dir, "link.json"), filepath.Join(dir, "target.json")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := NewStore(link, durable.OS()).Save(t.Context(), full()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 || !same(load(t, target), full()) {
		t.Errorf("%v %v", info, err)
	}
	unlock, err := NewStore(link, durable.OS()).lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*lockPause)
	defer cancel()
	if err := NewStore(target, durable.OS()).Save(ctx, full()); !errors.Is(err, errHeld) {
		t.Errorf("one file has two locks: %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

func TestUnusableFile(t *testing.T) {
	for name, tt := range map[string]struct {
		content string
		mode    fs.FileMode
		says    []string
	}{
		"newer":          {`{"version": 2, "tokens": ["canary"]}`, 0o600, []string{"newer version of setpoint", "version 2", variableFile}},
		"empty":          {``, 0o600, []string{"damaged", "too early", "setpoint login"}},
		"half":           {`{"version": 1, "client_secret": "canary`, 0o600, []string{"damaged", "setpoint login"}},
		"not JSON":       {`canary`, 0o600, []string{"damaged", "byte 1"}},
		"no version":     {`{"client_secret": "canary"}`, 0o600, []string{"damaged", "no version"}},
		"wrong type":     {`{"version": 1, "client_secret": ["canary"]}`, 0o600, []string{"damaged", "wrong type"}},
		"unknown field":  {`{"version": 1, "canary": 1}`, 0o600, []string{"damaged", "unknown"}},
		"wrong time":     {`{"version": 1, "refreshed": "canary"}`, 0o600, []string{"damaged", "time"}},
		"wrong day":      {`{"version": 1, "client_secret_created": "canary", "access_token": "can ary"}`, 0o600, []string{"client_secret_created", "access_token holds"}},
		"more follows":   {`{"version": 1} canary`, 0o600, []string{"damaged"}},
		"others read":    {`{"version": 1}`, 0o640, []string{"others", "chmod 600"}},
		"others write":   {`{"version": 1}`, 0o602, []string{"others", "chmod 600"}},
		"nobody reads":   {`{"version": 1}`, 0o600, nil},
		"owner reads it": {`{"version": 1}`, 0o400, nil},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "credentials.json")
			write(t, path, tt.content, tt.mode)
			_, err := NewStore(path, durable.OS()).Load()
			if tt.says == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var file *fileError
			if !errors.As(err, &file) || file.Remedy == "" {
				t.Fatalf("%v", err)
			}
			for _, want := range append(tt.says, path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not speak of %s", err, want)
				}
			}
			shows(t, err)
		})
	}
	if _, err := NewStore(t.TempDir(), durable.OS()).Load(); err == nil || !strings.Contains(err.Error(), "regular") {
		t.Errorf("a folder: %v", err)
	}
}

// operations is how many a renewal asks of the file system.
func operations(t *testing.T) int {
	s, fsys := faulty(t, newAuthority())
	s.token(t)
	return fsys.Count("")
}

// faulty is a source over a file system with faults, which begin when it is made.
func faulty(t *testing.T, a *authority, faults ...faultfs.Fault) (*setting, *faultfs.FS) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := NewStore(path, durable.OS()).Save(t.Context(), login(time.Now())); err != nil {
		t.Fatal(err)
	}
	fsys := faultfs.New(t, filepath.Dir(path))
	s := sourceAt(t, direct{a}, path, fsys, nil)
	fsys.Restart(faults...)
	return s, fsys
}

// A process killed at any step leaves a whole file; the next one goes on where
// the service is lenient, and where it is strict if the new token was stored.
func TestKilledInARenewal(t *testing.T) {
	stored := 0
	for at := range operations(t) {
		for _, strict := range []bool{false, true} {
			a := newAuthority()
			a.strict = strict
			s, _ := faulty(t, a, faultfs.Fault{At: at + 1, Stop: true, Torn: true})
			_, _ = s.Token(t.Context()) // what a killed process is told, nobody hears
			file := load(t, s.path)
			used := a.asked() > 0
			renewed := file.RefreshToken.Reveal() == refreshToken(1)
			if !renewed && !same(file, load(t, sourceFor(t, direct{a}, file).path)) {
				t.Errorf("killed at %d: neither the old nor the new file", at+1)
			}
			if renewed {
				stored++
			}
			file.Expires = time.Now().Add(-time.Hour)
			if err := NewStore(s.path, durable.OS()).Save(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			_, err := sourceAt(t, direct{a}, s.path, durable.OS(), nil).Token(t.Context())
			if lost := strict && !renewed && used; lost != (err != nil) {
				t.Errorf("killed at %d, strict %t, stored %t: the next process gets %v", at+1, strict, renewed, err)
			}
			entries, err := os.ReadDir(filepath.Dir(s.path))
			if err != nil || len(entries) != 2 {
				t.Errorf("killed at %d: %d files are left, %v", at+1, len(entries), err)
			}
		}
	}
	if stored == 0 {
		t.Error("no kill came after the storing")
	}
}

// What cannot be stored is told, the run goes on, and it is stored at the end
// if it can be by then.
func TestStoringFails(t *testing.T) {
	full := faultfs.Fault{At: 1, Kind: faultfs.Write, Err: syscall.ENOSPC, Lasting: true}
	a := newAuthority()
	a.strict = true
	s, fsys := faulty(t, a, full)
	s.token(t)
	if w := s.warned(); len(w) != 1 || !strings.Contains(w[0].Detail, "no space left") || !strings.Contains(w[0].Detail, "setpoint login") || !strings.Contains(w[0].Detail, s.path) {
		t.Errorf("warnings %+v", w)
	}
	shows(t, s.warned())
	// The next renewal goes on from the token in memory, not from the file.
	s.expire()
	s.token(t)
	if a.asked() != 2 || load(t, s.path).RefreshToken.Reveal() != refreshToken(0) {
		t.Errorf("%d requests", a.asked())
	}
	if err := s.Close(t.Context()); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("close: %v", err)
	} else {
		shows(t, err)
	}
	fsys.Restart()
	if err := s.Close(t.Context()); err != nil || load(t, s.path).RefreshToken.Reveal() != refreshToken(2) {
		t.Errorf("close: %v", err)
	}
}

// What somebody else has stored meanwhile is not overwritten at the end.
func TestStoringLateRespectsOthers(t *testing.T) {
	s, fsys := faulty(t, newAuthority(), faultfs.Fault{At: 1, Kind: faultfs.Rename, Err: syscall.EIO, Lasting: true})
	s.token(t)
	fsys.Restart()
	other := full()
	other.RefreshToken = provider.NewSecret("refresh-canary-other")
	if err := NewStore(s.path, durable.OS()).Save(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil || !same(load(t, s.path), other) {
		t.Errorf("close: %v", err)
	}
}

// expire lets the access token run out.
func (s *setting) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Source.mu.Lock()
	defer s.Source.mu.Unlock()
	s.held.Expires = time.Now().Add(-time.Second)
}

func TestLockIsHeld(t *testing.T) {
	s := sourceFor(t, direct{newAuthority()}, login(time.Now()))
	s.service.timeout = 20 * time.Millisecond
	unlock, err := s.store.lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(t.Context()); kind(t, err) != provider.KindUnreachable || !strings.Contains(err.Error(), "another process") {
		t.Errorf("%v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	s.service.timeout = timeout
	s.token(t)
}

func FuzzDecode(f *testing.F) {
	content, err := encode(full())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add([]byte(`{"version":1,"access_token_expires":"2026-11-23T04:05:06+01:00"}`))
	f.Add([]byte(`{"version":1}{}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := decode(content)
		if err != nil {
			return
		}
		again, err := encode(c)
		if err != nil {
			t.Fatalf("%+v cannot be written: %v", c, err)
		}
		back, err := decode(again)
		if err != nil {
			t.Fatalf("%q came back as %q: %v", content, again, err)
		}
		if third, err := encode(back); err != nil || string(third) != string(again) {
			t.Errorf("%q, then %q: %v", again, third, err)
		}
	})
}

// Package server keeps states in a folder and serves them over the HTTP protocol
// of Terraform's http backend: for a small team, and for tests.
//
// The state NAME is at /NAME, its lock at the same place with the methods LOCK
// and UNLOCK, and at /NAME/lock with these or, as at GitLab, POST and DELETE. What
// is promised when:
//
//   - An answer of 2xx to a write means that the content is on disk, whole; so does
//     one to a lock. Both outlive the server.
//   - A write without the ID of the lock that is held is answered 423, with who
//     holds it; one with an ID where nobody holds the lock any more 409. A lock that
//     another ID holds is answered 423, too; the one that holds it may ask again.
//   - Of one lineage no serial is taken twice with different content, nor a lower
//     one than before: 409. Every version is kept, by its serial.
//   - A body that does not fit its Content-MD5 is refused, and every content has one.
//
// An unlock without a body ends the lock whoever holds it: that is how one forces
// it. One with another ID is answered 409.
//
// The package shares no code with the client, so that one misreading of the
// protocol cannot hide in both. Of a state it reads lineage and serial only, so
// that it serves those of Terraform as well.
package server

import (
	"crypto/md5" // the protocol's checksum, against damage and not against people
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"setpoint/internal/durable"
)

// mostBytes bounds a state.
const mostBytes = 64 << 20

// Options say what is served.
type Options struct {
	Files  durable.FS // nil: the machine's
	Folder string     // of the states; it must be there
	// Username and Password are asked of everybody; both empty: of nobody.
	Username, Password string
}

// Server is an http.Handler. It is safe for concurrent use; one folder belongs to
// one Server.
type Server struct {
	o  Options
	mu sync.Mutex // one request at a time
}

// New serves the states of a folder.
func New(o Options) *Server {
	if o.Files == nil {
		o.Files = durable.OS()
	}
	return &Server{o: o}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="states"`)
		http.Error(w, "user name or password is wrong", http.StatusUnauthorized)
		return
	}
	name, lock := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/"), "/lock")
	if !validName(name) {
		http.Error(w, "a state is at /NAME: letters, digits, dots, dashes and underscores", http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBytes))
	if err != nil {
		http.Error(w, "the body cannot be read to its end", http.StatusBadRequest)
		return
	}
	if want := r.Header.Get("Content-MD5"); want != "" && want != checksum(body) {
		http.Error(w, "the body does not fit its Content-MD5", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := folder{s.o.Files, s.o.Folder, name}
	if err := s.answer(w, r, f, lock, body); err != nil {
		http.Error(w, "the server failed: "+err.Error(), http.StatusInternalServerError)
	}
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, f folder, lock bool, body []byte) error {
	switch method := r.Method; {
	case method == "LOCK", lock && method == http.MethodPost:
		return takeLock(w, f, body)
	case method == "UNLOCK", lock && method == http.MethodDelete:
		return endLock(w, f, body)
	case lock:
	case method == http.MethodGet:
		return read(w, f)
	case method == http.MethodPost, method == http.MethodPut:
		return write(w, f, r.URL.Query(), body)
	case method == http.MethodDelete:
		return remove(w, f, r.URL.Query())
	}
	http.Error(w, "this cannot be done here", http.StatusMethodNotAllowed)
	return nil
}

// allowed compares in a time that does not depend on what was given.
func (s *Server) allowed(r *http.Request) bool {
	if s.o.Username == "" && s.o.Password == "" {
		return true
	}
	user, password, _ := r.BasicAuth()
	same := func(a, b string) int {
		x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
		return subtle.ConstantTimeCompare(x[:], y[:])
	}
	return same(user, s.o.Username)&same(password, s.o.Password) == 1
}

func validName(name string) bool {
	return name != "" && len(name) <= 100 && name[0] != '.' &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}

func checksum(body []byte) string {
	sum := md5.Sum(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// holder is the part of a lock's info that counts.
type holder struct{ ID string }

func takeLock(w http.ResponseWriter, f folder, body []byte) error {
	var wants holder
	if json.Unmarshal(body, &wants) != nil || wants.ID == "" {
		http.Error(w, "a lock is asked for with its info, in JSON, with an ID", http.StatusBadRequest)
		return nil
	}
	info, held, err := f.lock()
	if err != nil {
		return err
	}
	if info != nil && held != wants.ID {
		refuse(w, info)
		return nil
	}
	return f.writeLock(body)
}

// refuse says who holds the lock.
func refuse(w http.ResponseWriter, info []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-MD5", checksum(info))
	w.WriteHeader(http.StatusLocked)
	_, _ = w.Write(info) // whoever has gone does not need it
}

func endLock(w http.ResponseWriter, f folder, body []byte) error {
	info, held, err := f.lock()
	if err != nil || info == nil {
		return err
	}
	var wants holder
	if len(body) > 0 && json.Unmarshal(body, &wants) != nil {
		http.Error(w, "the body is no info of a lock", http.StatusBadRequest)
		return nil
	}
	if wants.ID != "" && wants.ID != held {
		w.WriteHeader(http.StatusConflict)
		_, _ = w.Write(info)
		return nil
	}
	return f.removeLock()
}

func read(w http.ResponseWriter, f folder) error {
	content, err := f.content()
	if err != nil {
		return err
	}
	if content == nil {
		http.Error(w, "there is no such state", http.StatusNotFound)
		return nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-MD5", checksum(content))
	_, _ = w.Write(content)
	return nil
}

// version is the part of a state that counts.
type version struct {
	Lineage string  `json:"lineage"`
	Serial  *uint64 `json:"serial"`
}

func write(w http.ResponseWriter, f folder, query url.Values, body []byte) error {
	var next, now version
	if json.Unmarshal(body, &next) != nil || next.Serial == nil {
		http.Error(w, "a state is JSON with a serial", http.StatusBadRequest)
		return nil
	}
	if done, err := f.guarded(w, query); done || err != nil {
		return err
	}
	content, err := f.content()
	if err != nil {
		return err
	}
	if content != nil && json.Unmarshal(content, &now) == nil && now.Serial != nil && now.Lineage == next.Lineage {
		switch {
		case string(content) == string(body):
			return nil
		case *next.Serial < *now.Serial:
			http.Error(w, "a later serial is here already", http.StatusConflict)
			return nil
		case *next.Serial == *now.Serial:
			http.Error(w, "this serial is here already, with other content", http.StatusConflict)
			return nil
		}
	}
	return f.write(*next.Serial, body)
}

func remove(w http.ResponseWriter, f folder, query url.Values) error {
	if done, err := f.guarded(w, query); done || err != nil {
		return err
	}
	return f.remove()
}

// guarded refuses whoever does not hold the lock that is held.
func (f folder) guarded(w http.ResponseWriter, query url.Values) (refused bool, err error) {
	info, held, err := f.lock()
	switch wants := query.Get("ID"); {
	case err != nil || wants == held: // both "" where nobody holds it
		return false, err
	case info == nil:
		http.Error(w, "that lock is not held any more", http.StatusConflict)
	default:
		refuse(w, info)
	}
	return true, nil
}

var errNoID = errors.New("the file of the lock names no ID: look at it, and remove it if nobody holds the lock")

package simulator

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"
)

// write sends the answer. Where the client is gone there is nobody left to tell.
func (a answer) write(w http.ResponseWriter, ctx context.Context, now time.Time) {
	if a.status == 0 {
		cut(w, a.reset)
		return
	}
	header := w.Header()
	header.Set("Date", now.UTC().Format(http.TimeFormat))
	for name, value := range a.header {
		header.Set(name, value)
	}
	bodyless := a.status == http.StatusNotModified || a.status == http.StatusNoContent
	body := a.body
	if a.truncate && !bodyless {
		// Of an empty body the one byte is missing that it never had.
		header.Set("Content-Length", strconv.Itoa(max(1, len(body))))
		body = body[:len(body)/2]
	}
	w.WriteHeader(a.status)
	if bodyless {
		return
	}
	if a.trickle(w, ctx, body) && a.truncate {
		cut(w, false)
	}
}

// trickle writes the body over the answer's time, and tells whether the client
// waited.
func (a answer) trickle(w http.ResponseWriter, ctx context.Context, body []byte) bool {
	const pieces = 16
	// A response that cannot be flushed is none on a network.
	flush := func() { _ = http.NewResponseController(w).Flush() }
	if a.bodyOver <= 0 {
		_, _ = w.Write(body)
		if a.truncate {
			flush()
		}
		return true
	}
	for i := range pieces {
		flush()
		if !pause(ctx, a.bodyOver/pieces) {
			return false
		}
		_, _ = w.Write(body[i*len(body)/pieces : (i+1)*len(body)/pieces])
	}
	return true
}

// cut ends the connection: closed, or reset where there is a connection to reset.
func cut(w http.ResponseWriter, reset bool) {
	if reset {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // what is worth knowing, Close tells the client
			}
			_ = conn.Close()
			return
		}
	}
	// The way net/http offers to cut a connection without an answer.
	panic(http.ErrAbortHandler)
}

// pause waits, and tells whether the client waited too.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

package login

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"setpoint/provider"
)

// Listener waits on this machine for the browser to come to the reply URL.
type Listener struct {
	flow    *Flow
	sockets []net.Listener
}

// CanListen tells whether the reply URL leads to this machine, so that the reply
// need not be pasted.
func (f *Flow) CanListen() bool {
	return f.reply.Scheme == "http" && provider.IsLoopback(f.reply.Hostname())
}

// Listen takes the port of the reply URL, on loopback addresses only. It fails
// where the port is taken; the reply can be pasted all the same.
func (f *Flow) Listen() (*Listener, error) {
	if !f.CanListen() {
		return nil, fmt.Errorf("the reply URL %s does not lead to this machine: paste the address that the browser goes to", f.reply.Redacted())
	}
	port := f.reply.Port()
	if port == "" {
		port = "80"
	}
	hosts := []string{f.reply.Hostname()}
	if net.ParseIP(hosts[0]) == nil { // a browser takes localhost for either
		hosts = []string{"127.0.0.1", "::1"}
	}
	l := &Listener{flow: f}
	var problems []error
	taken := false
	for _, host := range hosts {
		socket, err := net.Listen("tcp", net.JoinHostPort(host, port))
		if err != nil {
			problems = append(problems, err)
			taken = taken || errors.Is(err, syscall.EADDRINUSE)
			continue
		}
		l.sockets = append(l.sockets, socket)
	}
	if taken || len(l.sockets) == 0 { // whoever holds half of localhost could get the reply
		problems = append(problems, l.Close())
		return nil, fmt.Errorf("listen for the reply: %w. Paste the address that the browser goes to, or end the program that holds port %s", errors.Join(problems...), port)
	}
	return l, nil
}

// Close gives the port back; Wait does it too.
func (l *Listener) Close() error {
	var problems []error
	for _, socket := range l.sockets {
		if err := socket.Close(); !errors.Is(err, net.ErrClosed) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// goodbye is how long the browser has to take its page.
const goodbye = 2 * time.Second

// mostForeign is how many replies that belong to another login are turned away.
const mostForeign = 16

// Wait returns the code of the one reply that comes. Errors are those of
// ParseReply, or the cause of ctx. A visit that is no reply, for an icon say, is
// answered 404 and not counted. A reply that belongs to another login, an old page
// or somebody's forgery, is turned away and the wait goes on: foreign is called
// for each, on the goroutine of Wait. After many of them ErrState ends it.
func (l *Listener) Wait(ctx context.Context, state provider.Secret, foreign func()) (provider.Secret, error) {
	type reply struct {
		code provider.Secret
		err  error
	}
	replies, turnedAway := make(chan reply, 1), make(chan error, mostForeign)
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !l.isReply(r) {
				http.NotFound(w, r)
				return
			}
			code, err := l.flow.read(r.URL.Query(), state)
			page(w, err)
			if errors.Is(err, ErrState) {
				select {
				case turnedAway <- err:
				default: // there are enough to end the wait
				}
				return
			}
			select {
			case replies <- reply{code, err}:
			default: // one reply counts
			}
		}),
	}
	ended := make(chan error, len(l.sockets))
	for _, socket := range l.sockets {
		go func() { ended <- server.Serve(socket) }()
	}
	defer func() {
		leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
		defer cancel()
		if server.Shutdown(leave) != nil {
			_ = server.Close() // the browser holds on; nothing is left to tell it
		}
	}()
	for n := 1; ; n++ {
		select {
		case r := <-replies:
			return r.code, r.err
		case err := <-turnedAway:
			if n == mostForeign {
				return provider.Secret{}, err
			}
			foreign()
		case err := <-ended:
			return provider.Secret{}, fmt.Errorf("listen for the reply: %w", err)
		case <-ctx.Done():
			return provider.Secret{}, fmt.Errorf("no reply came: %w", context.Cause(ctx))
		}
	}
}

// isReply tells a reply from any other visit.
func (l *Listener) isReply(r *http.Request) bool {
	path := func(u *url.URL) string { return "/" + trimSlash(u.EscapedPath()) }
	query := r.URL.Query()
	return r.Method == http.MethodGet && r.Host == l.flow.reply.Host && path(r.URL) == path(l.flow.reply) && (query.Has("code") || query.Has("error"))
}

// trimSlash drops the one that a path begins with: a bare host has none.
func trimSlash(path string) string {
	if path != "" && path[0] == '/' {
		return path[1:]
	}
	return path
}

// page tells the person what to do next. It shows nothing of the reply.
func page(w http.ResponseWriter, err error) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("Connection", "close")
	text, status := "The terminal goes on from here.", http.StatusOK
	switch {
	case errors.Is(err, ErrState):
		text, status = "This page belongs to another login and was not taken. The terminal still waits for the page that it opened.", http.StatusBadRequest
	case err != nil:
		text, status = "The login did not succeed. The terminal says why.", http.StatusBadRequest
	}
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!doctype html><title>setpoint</title><p>%s</p><p>You can close this window.</p>\n", text) // a browser that has gone needs no page
}

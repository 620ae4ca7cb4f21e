package smarther

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"setpoint/provider"
	"setpoint/provider/smarther/exchange"
)

// inBubbles runs a test of both kinds of call, each in a bubble of its own.
func inBubbles(t *testing.T, test func(t *testing.T, write bool)) {
	for _, write := range []bool{true, false} {
		t.Run(map[bool]string{true: "set", false: "get"}[write], func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, write) })
		})
	}
}

// hang waits until the client closes the connection.
func hang(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

func TestTimeoutAfterSending(t *testing.T) {
	for name, talk := range map[string]func(net.Conn){
		"no answer":    hang,
		"half a head":  func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nDa"); hang(c) },
		"slow reading": func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"); hang(c) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, write bool) {
				start := time.Now()
				c := piped(t, talk)
				if name == "slow reading" && write {
					if err := c.Set(t.Context(), device(), manual()); err != nil || time.Since(start) > drainTime {
						t.Errorf("a 2xx is a success at once: %v after %s", err, time.Since(start))
					}
					return
				}
				e := attempt(t, t.Context(), c, write)
				if e.Kind != provider.KindInterrupted || e.MayHaveLanded != write || !strings.Contains(e.Reason(), "no complete answer within") {
					t.Errorf("%#v", e)
				}
				if !strings.Contains(e.Err.Error(), "10s") || !strings.Contains(e.Remedy, "timeout") || time.Since(start) != 10*time.Second {
					t.Errorf("%v after %s", e, time.Since(start))
				}
			})
		})
	}
}

func TestSlowBodyOfAFailure(t *testing.T) {
	inBubbles(t, func(t *testing.T, write bool) {
		c := piped(t, func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 429 Slow\r\nRetry-After: 3\r\nContent-Length: 99\r\n\r\nhalf a cana")
			hang(c)
		})
		e := attempt(t, t.Context(), c, write)
		if e.Kind != provider.KindRateLimited || e.RetryAfter != 3*time.Second || e.Message != "" || e.MayHaveLanded {
			t.Errorf("%#v", e)
		}
	})
}

// dialing is a client, for a bubble, that never gets further than dialing.
func dialing(t *testing.T, dial func(context.Context) error) *Client {
	t.Cleanup(func() { time.Sleep(time.Hour) }) // let dials end that outlive their call
	transport := exchange.NewTransport(10 * time.Second)
	transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return nil, dial(ctx) }
	o := options("http://127.0.0.1:1")
	o.Transport = transport
	return newClient(t, o)
}

func waitForEnd(ctx context.Context) error {
	select { // net/http lets a dial outlive the call it was for
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Minute):
		return errors.New("nobody there")
	}
}

func TestTimeoutBeforeSending(t *testing.T) {
	inBubbles(t, func(t *testing.T, write bool) {
		e := attempt(t, t.Context(), dialing(t, waitForEnd), write)
		if e.Kind != provider.KindUnreachable || e.MayHaveLanded || !strings.Contains(e.Err.Error(), "10s") || !strings.Contains(e.Remedy, "timeout") {
			t.Errorf("%#v", e)
		}
	})
}

func TestCanceled(t *testing.T) {
	for name, tt := range map[string]struct {
		after time.Duration
		sent  bool
	}{"before the call": {0, false}, "while dialing": {time.Second, false}, "after sending": {time.Second, true}} {
		t.Run(name, func(t *testing.T) {
			inBubbles(t, func(t *testing.T, write bool) {
				c := dialing(t, waitForEnd)
				if tt.sent {
					c = piped(t, hang)
				}
				ctx, cancel := context.WithCancel(t.Context())
				if tt.after == 0 {
					cancel()
				}
				defer time.AfterFunc(tt.after, cancel).Stop()
				e := attempt(t, ctx, c, write)
				if e.Kind != provider.KindCanceled || e.MayHaveLanded != (write && tt.sent) || !errors.Is(e, context.Canceled) {
					t.Errorf("%#v", e)
				}
			})
		})
	}
}

func TestDroppedConnections(t *testing.T) {
	inBubbles(t, func(t *testing.T, write bool) {
		refused := dialing(t, func(context.Context) error { return errors.New("connection refused") })
		if e := attempt(t, t.Context(), refused, write); e.Kind != provider.KindUnreachable || e.MayHaveLanded || e.Remedy == "" ||
			!strings.Contains(e.Err.Error(), "connection refused") {
			t.Errorf("before: %#v", e)
		}
		dropped := piped(t, func(net.Conn) {})
		if e := attempt(t, t.Context(), dropped, write); e.Kind != provider.KindInterrupted || e.MayHaveLanded != write || e.Err == nil {
			t.Errorf("after: %#v", e)
		}
		noHTTP := piped(t, func(c net.Conn) { _, _ = fmt.Fprintf(c, "%s\x1b[31m\r\n\r\n", canaryToken) })
		e := attempt(t, t.Context(), noHTTP, write)
		if e.Kind != provider.KindInterrupted || e.MayHaveLanded != write {
			t.Errorf("no HTTP: %#v", e)
		}
		checkShown(t, e)
	})
	cut := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	if e := attempt(t, t.Context(), cut, false); e.Kind != provider.KindInterrupted || e.MayHaveLanded {
		t.Errorf("half a reading: %#v", e)
	}
}

func TestABadProxyVariableSendsNothing(t *testing.T) {
	transport := exchange.NewTransport(10 * time.Second)
	transport.Proxy = func(*http.Request) (*url.URL, error) { return nil, exchange.ErrProxy }
	o := options("https://example.com")
	o.Transport = transport
	both(t, newClient(t, o), func(t *testing.T, e *provider.Error, _ bool) {
		if e.Kind != provider.KindUnreachable || e.MayHaveLanded || !strings.Contains(e.Remedy, "proxy") {
			t.Errorf("%#v", e)
		}
	})
}

func TestEndlessBodiesAreCutOff(t *testing.T) {
	for _, status := range []int{200, 301, 500} {
		var written atomic.Int64
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/there")
			w.WriteHeader(status)
			for written.Load() < 64<<20 {
				n, err := w.Write(make([]byte, 32<<10))
				written.Add(int64(n))
				if err != nil {
					return
				}
			}
		})
		e := attempt(t, t.Context(), c, false)
		if want := kindOf(status); e.Kind != want {
			t.Errorf("%d: %v, want %v", status, e.Kind, want)
		}
		if n := written.Load(); n >= 64<<20 {
			t.Errorf("%d: all %d bytes were read", status, n)
		}
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	var answers sync.Map
	count := func() (n int) { answers.Range(func(any, any) bool { n++; return true }); return n }
	status := 200
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answers.Store(r.RemoteAddr, true)
		w.Header().Set("Location", "/there")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.Repeat("x", 3000))
	})
	for _, status = range []int{200, 301, 404, 500, 200} {
		for _, write := range []bool{true, false} {
			if write && status == 200 {
				if err := c.Set(t.Context(), device(), manual()); err != nil {
					t.Error(err)
				}
				continue
			}
			attempt(t, t.Context(), c, write)
		}
	}
	if n := count(); n != 1 {
		t.Errorf("%d connections for calls one after the other", n)
	}
}

func TestParallelCallsKeepTheirConnections(t *testing.T) {
	const parallel = 50
	var remotes sync.Map
	var together sync.WaitGroup
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		remotes.Store(r.RemoteAddr, true)
		together.Done()
		together.Wait()
	})
	for range 3 {
		together.Add(parallel)
		var calls sync.WaitGroup
		for range parallel {
			calls.Go(func() {
				if err := c.Set(t.Context(), device(), manual()); err != nil {
					t.Error(err)
				}
				c.ClockSkew()
			})
		}
		calls.Wait()
	}
	n := 0
	remotes.Range(func(any, any) bool { n++; return true })
	if n > parallel+parallel/2 {
		t.Errorf("%d connections for %d calls at a time", n, parallel)
	}
}

func TestClockSkew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var date string
		var takes time.Duration
		c := piped(t, func(conn net.Conn) {
			time.Sleep(takes)
			w := bufio.NewWriter(conn)
			_, _ = w.WriteString("HTTP/1.1 404 Not Found\r\nConnection: close\r\n")
			if date != "" {
				_, _ = fmt.Fprintf(w, "Date: %s\r\n", date)
			}
			_, _ = w.WriteString("Content-Length: 0\r\n\r\n")
			_ = w.Flush()
		})
		if d, ok := c.ClockSkew(); ok || d != 0 {
			t.Errorf("before any call: %s, %t", d, ok)
		}
		var want time.Duration
		for _, tt := range []struct {
			cloud, takes time.Duration // the cloud's clock against ours at the end of the call
			fraction     time.Duration // of a second on our clock, which Date does not have
			none, bad    bool
			want         time.Duration
		}{
			{cloud: 0},
			{cloud: -time.Second},
			{fraction: 900 * time.Millisecond},
			{fraction: 500 * time.Millisecond, cloud: -2 * time.Second, want: 1500 * time.Millisecond},
			{cloud: -20 * time.Second, takes: 9 * time.Second, want: 10 * time.Second},
			{cloud: -5 * time.Second, takes: 9 * time.Second},
			{cloud: 5 * time.Minute, takes: 9 * time.Second, want: -5 * time.Minute},
			{none: true, want: -5 * time.Minute},
			{bad: true, want: -5 * time.Minute},
			{cloud: -5 * time.Minute, want: 5*time.Minute - time.Second},
		} {
			takes, want = tt.takes, tt.want
			time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second + tt.fraction)))
			switch {
			case tt.none:
				date = ""
			case tt.bad:
				date = "today"
			default:
				date = time.Now().Add(tt.takes + tt.cloud).UTC().Format(http.TimeFormat)
			}
			attempt(t, t.Context(), c, true)
			if got, ok := c.ClockSkew(); !ok || got != want {
				t.Errorf("%+v: %s, %t; want %s", tt, got, ok, want)
			}
		}
	})
}

package exchange

import (
	"net/http/httptrace"
	"sync/atomic"
)

// Connection follows how far one request got. The zero Connection is ready.
type Connection struct{ wanted, got atomic.Bool }

// Trace is for httptrace.WithClientTrace on the context of the request.
func (c *Connection) Trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { c.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { c.got.Store(true) },
	}
}

// MayHaveCarried is false only where it is certain that nothing was written: a
// connection was wanted and never came. A transport that reports neither may
// have written anything.
func (c *Connection) MayHaveCarried() bool { return c.got.Load() || !c.wanted.Load() }

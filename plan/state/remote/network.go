package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// unreachable is why there was no exchange at all.
type unreachable struct {
	what, remedy string
	lasting      bool // trying again is of no use
}

func (u *unreachable) Error() string { return u.what }

// lasting tells an error that stays until a person mends it. Nothing was asked of
// the server then.
func lasting(err error) bool {
	u, ok := errors.AsType[*unreachable](err)
	return ok && u.lasting
}

// network is what went wrong, without the address around it.
func (c *Client) network(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if u := c.unreached(err); u != nil {
		return u
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the connection was closed before the end of the answer")
	}
	return errors.New(c.clean(err.Error()))
}

// unreached tells the mistakes that a person can mend; nil for another error.
func (c *Client) unreached(err error) *unreachable {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		return nil // it is about the proxy
	}
	host := c.clean(c.address.Host)
	if name, ok := errors.AsType[*net.DNSError](err); ok && name.IsNotFound {
		return &unreachable{what: fmt.Sprintf("there is no host %s, as far as this machine knows", c.clean(name.Name)),
			remedy: "Look whether the address is mistyped, and whether the network or VPN that knows the host is up"}
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return &unreachable{what: "nothing answers at " + host,
			remedy: "Look whether the server runs, and whether the port in the address is its port"}
	}
	if errors.Is(err, http.ErrSchemeMismatch) {
		return &unreachable{lasting: true, what: fmt.Sprintf("the server at %s speaks HTTP, and the address says https", host),
			remedy: "Give the address the port on which it speaks HTTPS. If it speaks none, and runs on this machine, write http:// in the address and in those of the lock"}
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return &unreachable{lasting: true, what: "what answers at " + host + " does not speak HTTPS", remedy: "Look whether the port in the address is that of the server"}
	}
	if e, ok := errors.AsType[x509.HostnameError](err); ok {
		return &unreachable{lasting: true, what: fmt.Sprintf("the certificate of %s is for another name (%s)", host, c.clean(e.Error())),
			remedy: "Write the address with the name that is in the certificate"}
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return &unreachable{lasting: true, what: fmt.Sprintf("the certificate of %s has expired, or is not valid yet", host),
			remedy: "Look whether the clock of this machine is right; else the certificate on the server must be renewed"}
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &unreachable{lasting: true, what: fmt.Sprintf("the certificate of %s is not trusted (%s)", host, c.clean(err.Error())),
			remedy: "If it is the right server, give the backend the certificates of its authority: client_ca_certificate_pem"}
	}
	return nil
}

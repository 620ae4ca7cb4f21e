package exchange

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"setpoint/provider"
)

// ErrProxy is all that is told of a proxy variable that cannot be read: it may
// hold a password.
var ErrProxy = errors.New("the proxy variable in the environment holds no address")

// All calls go to one host, so as many connections to it may idle as there can
// be calls in flight.
const idleConnections = 128

// NewTransport is the network: TLS 1.2 at least, HTTP/2 where the cloud speaks
// it, proxies from the environment. timeout is that of a call; it bounds dialing
// as well, which net/http continues in the background when the call is over.
func NewTransport(timeout time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  proxyFor,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    timeout,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           idleConnections,
		MaxIdleConnsPerHost:    idleConnections,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// proxyFor spares this very machine in every spelling; net/http alone would
// send LOCALHOST through the proxy.
func proxyFor(r *http.Request) (*url.URL, error) {
	if provider.IsLoopback(r.URL.Hostname()) {
		return nil, nil
	}
	proxy, err := http.ProxyFromEnvironment(r)
	if err != nil { // it quotes the address, which may hold a password
		return nil, ErrProxy
	}
	return proxy, nil
}

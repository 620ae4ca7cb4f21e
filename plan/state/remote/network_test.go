package remote

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"setpoint/plan/state"
)

// failing is a network that fails so.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

// What a person got wrong about the address is said in a sentence, with what to do;
// and what stays wrong is not tried again.
func TestUnreachable(t *testing.T) {
	quiet := log.New(io.Discard, "", 0)
	asked := 0
	answers := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ })
	plain := httptest.NewServer(answers)
	defer plain.Close()
	secure := httptest.NewUnstartedServer(answers)
	secure.Config.ErrorLog = quiet
	secure.StartTLS()
	defer secure.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	go func() { // something that is no web server
		for {
			connection, err := other.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Write([]byte("SSH-2.0-OpenSSH_9.9\r\n"))
			_ = connection.Close()
		}
	}()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	at := func(address string) string { return "https://" + address + "/house" }
	for name, test := range map[string]struct {
		o       Options
		lasting bool
		what    string
		remedy  string
	}{
		"https to a server of HTTP": {Options{Address: at(plain.Listener.Addr().String())}, true, "speaks HTTP, and the address says https", "write http:// in the address"},
		"another server":            {Options{Address: at(other.Addr().String())}, true, "does not speak HTTPS", "port"},
		"wrong port":                {Options{Address: at(gone.Addr().String())}, false, "nothing answers at " + gone.Addr().String(), "whether the server runs"},
		"not trusted":               {Options{Address: at(secure.Listener.Addr().String())}, true, "is not trusted", "client_ca_certificate_pem"},
		"another name": {Options{Address: strings.Replace(at(secure.Listener.Addr().String()), "127.0.0.1", "localhost", 1), CA: ca}, true,
			"is for another name", "the name that is in the certificate"},
		"no such host": {Options{Address: at("state.exmaple"), Transport: failing{&url.Error{Op: "Get", Err: &net.OpError{Op: "dial", Err: &net.DNSError{
			Err: "no such host", Name: "state.exmaple", IsNotFound: true}}}}}, false, "there is no host state.exmaple", "mistyped"},
		"expired": {Options{Address: at("state.example"), Transport: failing{x509.CertificateInvalidError{Reason: x509.Expired}}}, true, "has expired", "clock"},
	} {
		t.Run(name, func(t *testing.T) {
			if !test.lasting {
				none := 0
				test.o.RetryMax = &none
			}
			test.o.RetryWaitMin, test.o.RetryWaitMax = time.Hour, time.Hour
			test.o.LockAddress = test.o.Address
			c := must(New(test.o))
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, unread := c.Read(ctx)
			for _, err := range []error{unread, c.Lock(ctx, state.LockInfo{ID: "mine"}), c.Unlock(ctx, state.LockInfo{ID: "mine"}), c.Write(ctx, "mine", []byte("{}"))} {
				known, _ := errors.AsType[*state.Error](err)
				if known == nil || known.Kind != state.KindRemote || !strings.Contains(known.Error(), test.what) || !strings.Contains(known.Remedy, test.remedy) {
					t.Errorf("%v", err)
				}
			}
			if ctx.Err() != nil {
				t.Error("it was tried again")
			}
		})
	}
	if asked > 0 {
		t.Errorf("%d requests arrived", asked)
	}
}

package cli

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"setpoint/config/diag"
)

// service is what is served over HTTP.
type service struct {
	listener         net.Listener
	handler          http.Handler
	where            string // the answer of the command, told before the first request
	certificate, key string // files in PEM; "" for plain HTTP
}

// serve serves until the program is interrupted; then what is asked already is
// answered, for 5 s at most.
func (a *app) serve(s service) error {
	signals := watchInterrupts(io.Discard, time.Minute)
	defer signals.stop()
	if err := a.answer(s.where); err != nil {
		_ = s.listener.Close() // nobody knows of it
		return err
	}
	server := &http.Server{Handler: s.handler, ReadHeaderTimeout: time.Minute, ReadTimeout: 5 * time.Minute}
	served := make(chan error, 1)
	go func() {
		if s.certificate != "" {
			served <- server.ServeTLS(s.listener, s.certificate, s.key)
			return
		}
		served <- server.Serve(s.listener)
	}()
	var err error
	select {
	case err = <-served:
	case <-signals.drain.Done():
		ctx, cancel := context.WithTimeout(signals.calls, 5*time.Second)
		defer cancel()
		err = server.Shutdown(ctx)
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fail("Server ended badly", "%s.", diag.Capital(err.Error()))
	}
	return nil
}

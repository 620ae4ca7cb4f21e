package login

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"setpoint/internal/durable"
	"setpoint/provider"
)

// What a second process is told, see TestMain.
const (
	childTokenURL = "SETPOINT_TEST_LOGIN_TOKEN_URL"
	childFile     = "SETPOINT_TEST_LOGIN_FILE"
)

// TestMain is the second process where it is told to be.
func TestMain(m *testing.M) {
	if os.Getenv(childTokenURL) != "" {
		if err := child(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	m.Run()
}

// child renews, as another process that shares the file, whenever its token is refused.
func child() error {
	service, err := NewService(Options{TokenURL: os.Getenv(childTokenURL), Timeout: timeout, UserAgent: "test"})
	if err != nil {
		return err
	}
	found, err := service.Find(Search{Getenv: func(string) string { return "" }, Path: os.Getenv(childFile), FS: durable.OS(), Warn: func(Warning) {}})
	if err != nil {
		return err
	}
	return renewOften(found.Tokens, 10)
}

func renewOften(s *Source, times int) error {
	for range times {
		token, err := s.Token(context.Background())
		if err != nil {
			return err
		}
		s.Accepted(token)
		if again, err := s.Refused(context.Background(), token); err != nil || !again {
			return fmt.Errorf("refused: %t, %w", again, err)
		}
	}
	return nil
}

// Many sources over one file, one of them in another process: a strict service
// locks none of them out.
func TestStrictRotationAcrossProcesses(t *testing.T) {
	a := newAuthority()
	a.strict = true
	server := httptest.NewServer(http.HandlerFunc(a.ServeHTTP))
	defer server.Close()
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := NewStore(path, durable.OS()).Save(t.Context(), login(time.Now())); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), childTokenURL+"="+server.URL+"/token", childFile+"="+path)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("another process: %v: %s", err, out)
			}
		})
		wait.Go(func() {
			if err := renewOften(sourceAt(t, direct{a}, path, durable.OS(), nil).Source, 10); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.family != len(a.requests) || !a.alive[load(t, path).RefreshToken.Reveal()] {
		t.Errorf("%d of %d requests were good", a.family, len(a.requests))
	}
}

// Two processes whose tokens expire at the same time ask once.
func TestOthersRenewalIsUsed(t *testing.T) {
	a := newAuthority()
	a.strict = true
	one := sourceFor(t, direct{a}, login(time.Now()))
	two := sourceAt(t, direct{a}, one.path, durable.OS(), nil)
	if one.token(t) != two.token(t) || a.asked() != 1 {
		t.Errorf("%d requests", a.asked())
	}
	// Taken over, and refused at once: that is no reason to renew.
	if again, err := two.Refused(t.Context(), provider.NewSecret("access-canary-1._~+/=")); again || err != nil {
		t.Errorf("%t %v", again, err)
	}
}

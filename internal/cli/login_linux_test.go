package cli_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"setpoint/internal/cli"
	"setpoint/provider/simulator"
)

// openTerminal is a terminal and the other end of it.
func openTerminal(t *testing.T) (terminal, person *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var number, unlocked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Fatal(errno)
		}
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() }) // the other side may still be read by the program, whose end it is to close it
	return terminal, person
}

// screen is what a person sees.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// sitting is a person at a terminal who runs setpoint login.
type sitting struct {
	t         *testing.T
	person    *os.File
	shown     *screen // what was printed, and what the terminal echoes
	out       *screen
	seen      int
	ended     chan int
	path      string
	authority *httptest.Server
}

const (
	typedSecret = "canary-secret-\"$`'1"
	typedKey    = "canary-key-5f3c"
	elsewhere   = "https://example.com/reply?from=setpoint"
)

func sitDown(t *testing.T, path, reply string, args ...string) *sitting {
	t.Helper()
	house, err := simulator.New(simulator.Options{Login: &simulator.Login{
		ClientID: "canary-client-1234", ClientSecret: typedSecret, ReplyURLs: []string{reply}, SubscriptionKey: typedKey,
	}})
	if err != nil {
		t.Fatal(err)
	}
	s := &sitting{t: t, shown: &screen{}, out: &screen{}, ended: make(chan int, 1), authority: httptest.NewServer(house), path: path}
	t.Cleanup(s.authority.Close)
	terminal, person := openTerminal(t)
	s.person = person
	go func() { // the echo of the terminal
		buffer := make([]byte, 1024)
		for {
			n, err := person.Read(buffer)
			if err != nil {
				return
			}
			_, _ = s.shown.Write(buffer[:n])
		}
	}()
	go func() {
		s.ended <- cli.Run(cli.System{Args: append([]string{"login"}, args...), Stdin: terminal, Stdout: s.out, Stderr: s.shown, Environ: []string{
			"SMARTHER_LOGIN_URL=" + s.authority.URL + simulator.LoginPrefix, "SMARTHER_CREDENTIALS_FILE=" + s.path, "BROWSER=/no/such/browser",
		}})
	}()
	return s
}

// nowhere is a path without a file.
func nowhere(t *testing.T) string { return filepath.Join(t.TempDir(), "credentials.json") }

// await waits until the screen shows what it has not shown before.
func (s *sitting) await(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		now := s.shown.String()
		if i := strings.Index(now[s.seen:], text); i >= 0 {
			s.seen += i + len(text)
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%q is not on the screen:\n%s", text, now)
		}
	}
}

func (s *sitting) types(text string) {
	s.t.Helper()
	if _, err := s.person.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
}

// answers types what is asked for, after each question.
func (s *sitting) answers(reply string) {
	s.t.Helper()
	for _, a := range []struct{ question, answer string }{
		{"Client id: ", "canary-client-1234"}, {"not shown: ", typedSecret}, {"to the letter: ", reply}, {"comes from elsewhere]: ", typedKey}, {"you do not know]: ", ""},
	} {
		s.await(a.question)
		s.types(a.answer + "\r")
	}
}

// consents goes to the page and says where that leads.
func (s *sitting) consents() string {
	s.t.Helper()
	s.await("http")
	s.await("state=")
	page := regexp.MustCompile(`http\S+/authorize\S+`).FindString(s.shown.String())
	r, err := http.NewRequest(http.MethodGet, page, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.Header.Get("Location")
}

// ends waits for the end, and looks for secrets in all that was seen.
func (s *sitting) ends(code int) {
	s.t.Helper()
	select {
	case got := <-s.ended:
		if got != code {
			s.t.Errorf("exit code %d, not %d:\n%s%s", got, code, s.shown, s.out)
		}
	case <-time.After(20 * time.Second):
		s.t.Fatalf("no end:\n%s", s.shown)
	}
	for _, secret := range []string{typedSecret, typedKey, "canary-secret"} {
		if strings.Contains(s.shown.String()+s.out.String(), secret) {
			s.t.Errorf("a secret is shown:\n%s%s", s.shown, s.out)
		}
	}
	content, err := os.ReadFile(s.path)
	if stored := strings.Contains(string(content), "refresh_token"); (code == 0) != stored {
		s.t.Errorf("exit code %d, and tokens stored %t: %v", code, stored, err)
	}
}

func TestLoginPasted(t *testing.T) {
	s := sitDown(t, nowhere(t), elsewhere)
	s.answers(elsewhere)
	back := s.consents()
	s.await("did not open")
	s.await("paste the whole address")
	s.types("https://example.com/another?code=x\r")
	s.await("its address is not")
	s.await("paste the whole address")
	s.types(back + "\r")
	s.ends(0)
	if !strings.Contains(s.out.String(), "Logged in") {
		t.Error(s.out)
	}
}

// pastesWith answers, consents and pastes the reply with another value in it.
func (s *sitting) pastesWith(name, value string) {
	s.t.Helper()
	s.answers(elsewhere)
	back, err := url.Parse(s.consents())
	if err != nil {
		s.t.Fatal(err)
	}
	query := back.Query()
	query.Set(name, value)
	back.RawQuery = query.Encode()
	s.await("paste the whole address")
	s.types(back.String() + "\r")
}

// A reply can be longer than a line of a terminal may be on some systems, and
// than a page of the code of the vendor's login service is.
func TestLoginPastedLong(t *testing.T) {
	s := sitDown(t, nowhere(t), elsewhere)
	s.pastesWith("code", strings.Repeat("c", 3000))
	s.ends(5) // the service does not know it, but it was read whole
	if !strings.Contains(s.shown.String(), "Login refused") {
		t.Error(s.shown)
	}
}

func TestLoginPastedOfAnother(t *testing.T) {
	s := sitDown(t, nowhere(t), elsewhere)
	s.pastesWith("state", "of-another-login")
	s.ends(5)
	if !strings.Contains(s.shown.String(), "Not the reply to this login") {
		t.Error(s.shown)
	}
}

// The reply is pasted although somebody listens for it, and although the port is taken.
func TestLoginPastedWhileListening(t *testing.T) {
	held, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reply := "http://" + held.Addr().String() + "/callback"
	for _, free := range []bool{false, true} {
		if free {
			if err := held.Close(); err != nil {
				t.Fatal(err)
			}
		}
		s := sitDown(t, nowhere(t), reply, "--no-browser")
		s.answers(reply)
		back := s.consents()
		if free {
			s.await("The reply comes by itself")
		}
		s.await("paste the whole address")
		s.types(back + "\r")
		s.ends(0)
		if said := strings.Contains(s.shown.String(), "end the program that holds port"); said == free {
			t.Errorf("free %t:\n%s", free, s.shown)
		}
	}
}

// Ctrl-C and Ctrl-D end it at any question.
func TestLoginLeft(t *testing.T) {
	for _, key := range []string{"\x03", "\x04"} {
		s := sitDown(t, nowhere(t), elsewhere)
		s.await("Client id: ")
		s.types(key)
		s.ends(130)
		s = sitDown(t, nowhere(t), elsewhere)
		s.answers(elsewhere)
		s.await("paste the whole address")
		s.types(key)
		s.ends(130)
		if !strings.Contains(s.shown.String(), "Nothing was stored") {
			t.Error(s.shown)
		}
	}
}

// At the end of input the listener goes on; Ctrl-C still ends it.
func TestLoginListensOn(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reply := "http://" + free.Addr().String() + "/callback"
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	s := sitDown(t, nowhere(t), reply, "--no-browser")
	s.answers(reply)
	back := s.consents()
	s.await("paste the whole address")
	s.types("\x04")
	s.await("the reply is awaited")
	answer, err := http.Get(back)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	s.ends(0)
	s = sitDown(t, nowhere(t), reply, "--no-browser")
	s.answers(reply)
	s.await("paste the whole address")
	s.types("\x03")
	s.ends(130)
	s = sitDown(t, nowhere(t), reply, "--no-browser") // who comes with another state ends nothing
	s.answers(reply)
	back = s.consents()
	s.await("paste the whole address")
	if answer, err = http.Get(reply + "?code=x&state=of-another-login"); err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	s.await("was turned away")
	s.types(back + "\r")
	s.ends(0)
}

// Nobody waits for ever if there is a limit; what was known of another client is
// no default.
func TestLoginLimit(t *testing.T) {
	s := sitDown(t, nowhere(t), elsewhere, "--timeout", "300ms")
	s.answers(elsewhere)
	s.ends(5)
	if !strings.Contains(s.shown.String(), "No reply") {
		t.Error(s.shown)
	}
}

// A secret belongs to one client, and Enter keeps what is stored of it.
func TestLoginRemembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "credentials.json")
	stored := fmt.Sprintf(`{"version": 1, "client_id": "canary-client-1234", "client_secret": %q, "client_secret_created": "2026-11-01", "reply_url": %q, "subscription_key": %q}`,
		typedSecret, elsewhere, typedKey)
	for _, again := range []bool{true, false} {
		if err := os.WriteFile(path, []byte(stored), 0o600); err != nil {
			t.Fatal(err)
		}
		s := sitDown(t, path, elsewhere)
		s.await("Client id [canary-client-1234]: ")
		if !again {
			s.types("another-client\r")
			s.await("Client secret, not shown: ")
			s.types("another-secret\r")
			s.await("Reply URL, to the letter: ")
			s.types(elsewhere + "\r")
			s.await("[Enter: that of the last login]: ")
			s.types("\r")
			s.await("[Enter: you do not know]: ")
			s.types("\x03")
			s.ends(130)
			continue
		}
		for _, question := range []string{"", "[Enter: that of the last login]: ", "[" + elsewhere + "]: ", "[Enter: that of the last login]: ", "[2026-11-01]: "} {
			s.await(question)
			s.types("\r")
		}
		back := s.consents()
		s.await("paste the whole address")
		s.types(back + "\r")
		s.ends(0)
		if !strings.Contains(s.out.String(), "expires 2027-11-01") {
			t.Error(s.out)
		}
	}
}

package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// examples are the indented blocks of the package comment that begin with a text.
func examples(t testing.TB, begin string) []string {
	t.Helper()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	inside := false
	for line := range strings.Lines(string(text)) {
		code, indented := strings.CutPrefix(line, "//\t")
		if indented && !inside {
			blocks = append(blocks, "")
		}
		if inside = indented; inside {
			blocks[len(blocks)-1] += code
		}
	}
	return slices.DeleteFunc(blocks, func(block string) bool { return !strings.HasPrefix(block, begin) })
}

func houseExample(t testing.TB) string { return examples(t, "{\n  \"version\"")[0] }

func faultsExample(t testing.TB) string { return examples(t, "{\n  \"faults\"")[0] }

func loginExample(t testing.TB) string { return examples(t, "{\n  \"client_id\"")[0] }

func TestExamplesOfThePackageComment(t *testing.T) {
	h, err := parseHouse([]byte(houseExample(t)))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := h.encode(); err != nil || string(text) != houseExample(t) {
		t.Errorf("the house is written as (%v)\n%s", err, text)
	}
	faults, err := ParseFaults([]byte(faultsExample(t)))
	if err != nil || len(faults) != 9 {
		t.Errorf("the example has %d faults: %v", len(faults), err)
	}
	login, err := ParseLogin([]byte(loginExample(t)))
	if err != nil || login.Rotation != RotationStrict {
		t.Errorf("the login is read as %+v: %v", login, err)
	}
	if _, err := New(Options{Faults: faults, Login: login}); err != nil {
		t.Error(err)
	}
}

// FuzzParseBody: what is accepted is within the schema's limits, and written
// again in plain form it is read as the same.
func FuzzParseBody(f *testing.F) {
	for _, seed := range []string{
		offBody, `{}`, `[]`, `{"function":1,"mode":null,"setPoint":[],"programs":[{}],"activationTime":"/"}`,
		`{"function":"Cooling","mode":"MANUAL","setPoint":{"value":"2.05e1","unit":"c"},"programs":[{"number":"07"}],"activationTime":"2026-1-2T03:04:05"}`,
		`{"function":"heating","mode":"boost","activationTime":"2026-12-24T12:00:00/2026-12-24T12:30:00"}`,
		`{"function":"heating","mode":"boost","activationTime":"0001-01-01T00:00:00/9999-12-31T23:59:59"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c, problems := parseBody(body)
		for _, problem := range problems {
			if problem == "" {
				t.Error("a problem without words")
			}
		}
		if len(problems) > 0 {
			return
		}
		again, problems := parseBody([]byte(c.plain()))
		if len(problems) > 0 {
			t.Fatalf("%s became %s, and then %q", body, c.plain(), problems)
		}
		if diff := cmp.Diff(c, again, cmp.AllowUnexported(command{})); diff != "" {
			t.Errorf("%s became %s:\n%s", body, c.plain(), diff)
		}
		if c.setpoint != nil && (*c.setpoint < 30 || *c.setpoint > 400) || c.program != nil && (*c.program < 0 || *c.program > 11) {
			t.Errorf("%s is out of range and was accepted", body)
		}
		settings, problems := c.settings(automaticSettings(Heating, 1), winter().Location(), winter())
		if wrong := settings.problems(); len(problems) == 0 && len(wrong) > 0 {
			t.Errorf("%s led to impossible settings: %q", body, wrong)
		}
	})
}

// plain writes a command as a body.
func (c command) plain() string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"function":%q,"mode":%q,"setPoint":{`, c.function, c.mode)
	if c.setpoint != nil {
		fmt.Fprintf(&b, `"value":%q`, c.setpoint)
	}
	if c.setpoint != nil && c.unit != "" {
		b.WriteByte(',')
	}
	if c.unit != "" {
		fmt.Fprintf(&b, `"unit":%q`, c.unit)
	}
	b.WriteByte('}')
	if c.program != nil {
		fmt.Fprintf(&b, `,"programs":[{"number":%d}]`, *c.program)
	}
	if c.ends {
		b.WriteString(`,"activationTime":"`)
		if c.interval {
			b.WriteString(c.start.Format(wallLayout) + "/")
		}
		b.WriteString(c.end.Format(wallLayout) + `"`)
	}
	return b.String() + "}"
}

// FuzzParseFaults: whatever is accepted can be played, and is what New accepts.
func FuzzParseFaults(f *testing.F) {
	f.Add([]byte(faultsExample(f)))
	for _, seed := range []string{`{}`, `{"faults":[]}`, `{"faults":[null,1]}`, `{"faults":[{"module":"*","status":403,"retry_after":"Thu, 24 Dec 2026 11:00:00 GMT","shape":"login"}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		faults, err := ParseFaults(text)
		if err != nil {
			return
		}
		normal, err := checkFaults(faults)
		if err != nil {
			t.Fatalf("%s was read and then refused: %v", text, err)
		}
		if diff := cmp.Diff(faults, normal); diff != "" {
			t.Errorf("%s is not normal:\n%s", text, diff)
		}
		for _, fault := range faults {
			if listed, err := json.Marshal(map[string]any{"faults": []any{fault.fields()}}); err != nil {
				t.Errorf("%+v cannot be listed: %v", fault, err)
			} else if again, err := ParseFaults(listed); err != nil || !cmp.Equal(again, []Fault{fault}) {
				t.Errorf("%+v is listed as %s and then %+v: %v", fault, listed, again, err)
			}
			a := fault.perform(func() answer { return answer{status: 200} }, winter())
			if a.status != 0 && (a.status < 200 || a.status > 599) {
				t.Errorf("%+v answered %d", fault, a.status)
			}
			if a.header["Content-Type"] == "application/json; charset=utf-8" && !json.Valid(a.body) {
				t.Errorf("%+v answered %s", fault, a.body)
			}
		}
	})
}

// FuzzParseHouse: what is accepted is written and read again as the same.
func FuzzParseHouse(f *testing.F) {
	f.Add([]byte(houseExample(f)))
	f.Add([]byte(`{"version":1}`))
	f.Add([]byte(strings.Replace(houseExample(f), "2026-12-24T18:00:00+01:00", "0001-01-01T00:00:00+01:00", 1)))
	f.Add([]byte(strings.Replace(houseExample(f), "2026-12-24T18:00:00+01:00", "9999-12-31T23:59:59Z", 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := parseHouse(text)
		if err != nil {
			return
		}
		first, err := h.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseHouse(first)
		if err != nil {
			t.Fatalf("%s cannot be read again: %v", first, err)
		}
		if second, err := again.encode(); err != nil || !bytes.Equal(first, second) {
			t.Errorf("written twice, the house differs (%v):\n%s\n%s", err, first, second)
		}
	})
}

// FuzzServe: whatever is asked, something is answered, errors in a known shape,
// and the house stays one that can be saved and read.
func FuzzServe(f *testing.F) {
	for _, op := range operations() {
		f.Add(op.method, pathFor(op), "", "application/json", offBody)
	}
	for _, route := range adminRoutes() {
		path := strings.NewReplacer("{plant}", testPlant, "{module}", testModule, "{id}", "1").Replace(route.path)
		f.Add(route.method, AdminPrefix+path, "", "application/json", `{"mode":"off"}`)
	}
	f.Add("PUT", AdminPrefix+"login", "", "", loginExample(f))
	f.Add("POST", AdminPrefix+"faults", "", "", faultsExample(f))
	f.Add("GET", LoginPrefix+"/authorize", "client_id=client&redirect_uri=http://localhost/&response_type=code&state=x", "", "")
	f.Add("POST", LoginPrefix+"/token", "", "application/x-www-form-urlencoded", "client_id=client&client_secret=s&grant_type=refresh_token&refresh_token=x")
	f.Fuzz(func(t *testing.T, method, path, query, contentType, body string) {
		login := testLogin()
		login.ClientSecret = "s"
		cloud, _ := newCloud(t, Options{Login: &login, NumbersAsText: len(body)%2 == 1})
		login.SubscriptionKey = ""
		if err := cloud.SetLogin(login); err != nil {
			t.Fatal(err)
		}
		access, _ := issueTokens(cloud)
		r := newRequest("GET", "/", body)
		r.Method, r.URL.Path, r.URL.RawQuery, r.RemoteAddr = method, path, query, "pipe"
		r.Header.Set("Content-Type", contentType)
		r.Header.Set("Authorization", "Bearer "+access)
		w := send(cloud, r)
		if w.Code < 200 || w.Code > 499 {
			t.Errorf("%s %s answered %d %s", method, path, w.Code, w.Body)
		}
		if text := w.Body.Bytes(); w.Code >= 400 && !json.Valid(text) && !strings.HasPrefix(string(text), "<html>") {
			t.Errorf("%s %s answered %d %s", method, path, w.Code, text)
		}
		text, err := cloud.house.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseHouse(text); err != nil {
			t.Errorf("%s %s left %s: %v", method, path, text, err)
		}
	})
}

// issueTokens issues tokens past the login's endpoints.
func issueTokens(c *Cloud) (access, refresh string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.house.login.Grants.issue("test", time.Hour, c.clock.now())
}

package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"setpoint/config"
	"setpoint/plan/state"
	"setpoint/provider"
)

// everyKind is a plan with a step of every action.
func everyKind(tb testing.TB) *Plan {
	c := load(tb, block("new", 1, "  mode = \"manual\"\n  setpoint = 20\n  until = \"2026-12-24T18:00:00\"\n  depends_on = [thermostat.same]")+
		block("same", 2, "  mode = \"off\"")+block("changed", 3, "  mode = \"boost\"\n  boost_minutes = 30\n  on_remove { mode = \"protection\" }")+
		block("exchanged", 4, "  mode = \"automatic\"\n  program = 11")+block("late", 5, "  mode = \"off\"\n  until = \"2026-11-21T10:00:00\"")+
		block("moved", 10, "  mode = \"manual\"\n  setpoint = 20")+block("read", 11, "  mode = \"off\"")+
		"check \"c\" {\n  assert {\n    condition = false\n    error_message = \"<Too> warm.\"\n  }\n}\n"+
		"output \"o\" { value = { a = \"<b> & ü\", c = [1, 2.5, null] } }\nvariable \"v\" { default = { x = [1, \"<\"] } }\n")
	removed := entry(6, state.Confirmed, manual(70))
	removed.OnRemove = &provider.Settings{Function: provider.Heating, Mode: provider.Protection}
	unknown := entry(3, state.Unknown, boost(tb, 60, "2026-11-22T10:30:00"))
	unknown.Previous = &provider.Settings{Function: provider.Cooling, Mode: provider.Automatic, Program: 0}
	s := record(map[string]state.Entry{
		"thermostat.same": entry(2, state.Observed, provider.Settings{Function: provider.Heating, Mode: provider.Off}), "thermostat.changed": unknown,
		"thermostat.exchanged": entry(9, state.Confirmed, manual(200)), "thermostat.removed": removed,
		`thermostat.gone["<\"ü\u202e"]`: entry(7, state.Confirmed, manual(200)),
	})
	s.Outputs["o"] = state.Output{Value: []byte(`{"a":1}`), Type: []byte(`["object",{"a":"number"}]`)}
	s.Thermostats["thermostat.old"] = entry(10, state.Confirmed, manual(200))
	in := input(c, s)
	in.MostCalls, in.Config.Moves = 3, moving(tb, "thermostat.old -> thermostat.moved")
	in.Config.Imports = []config.Import{{To: parse(tb, "thermostat.read"), Device: device(11)}}
	for i := range in.Config.Thermostats {
		if in.Config.Thermostats[i].Address.Name == "read" {
			in.Config.Thermostats[i].Ignored = []string{"mode", "until"}
		}
	}
	p, _ := Make(in)
	return p
}

func encode(tb testing.TB, p *Plan) []byte {
	tb.Helper()
	var content bytes.Buffer
	if err := p.Encode(&content); err != nil {
		tb.Fatal(err)
	}
	if want := asLibrary(tb, p); !bytes.Equal(content.Bytes(), want) {
		tb.Fatalf("got\n%s\nthe standard library writes\n%s", content.Bytes(), want)
	}
	return content.Bytes()
}

// asLibrary is the file of a plan as encoding/json makes it in one go.
func asLibrary(tb testing.TB, p *Plan) []byte {
	tb.Helper()
	body, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	head := fmt.Sprintf("{\n  \"setpoint_plan\": 1,\n  \"digest\": \"sha256:%s\",", strings.Repeat("0", digestLength))
	return sealed(append([]byte(head), append(bytes.TrimPrefix(body, []byte("{")), '\n')...))
}

func TestEncodeThenDecodeIsIdentity(t *testing.T) {
	p := everyKind(t)
	content := encode(t, p)
	decoded, err := Decode(content)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, decoded, cmp.Comparer(func(a, b Step) bool {
		x, errX := json.Marshal(a)
		y, errY := json.Marshal(b)
		return errX == nil && errY == nil && bytes.Equal(x, y) && a.Address == b.Address && a.Until.Equal(b.Until)
	})); diff != "" {
		t.Errorf("(-made +read):\n%s", diff)
	}
	if again := encode(t, decoded); !bytes.Equal(content, again) {
		t.Errorf("it was\n%s\nand is\n%s", content, again)
	}
	if p.Digest() != decoded.Digest() {
		t.Error("the digest of the steps is another one")
	}
}

func TestEveryFlippedByteIsRefused(t *testing.T) {
	content := encode(t, everyKind(t))
	for i := range content {
		for _, mask := range []byte{1, 1 << (i % 8)} {
			flipped := bytes.Clone(content)
			flipped[i] ^= mask
			_, err := Decode(flipped)
			fits := errors.Is(err, errAltered)
			if i <= len(fileOpening) { // the version included: it may look like a newer or another file
				fits = fits || errors.Is(err, ErrNotAPlan) || errors.Is(err, ErrNewer)
			}
			if i >= len(content)-len(closing) { // without its end it looks like cut off
				fits = fits || errors.Is(err, errCutOff)
			}
			if !fits {
				t.Errorf("byte %d of %d, %q instead of %q: %v", i, len(content), flipped[i], content[i], err)
			}
		}
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	content := encode(t, everyKind(t))
	for n := 1; n < len(content); n++ {
		if _, err := Decode(content[:n]); !errors.Is(err, errCutOff) {
			t.Errorf("the first %d of %d bytes: %v", n, len(content), err)
		}
	}
}

// sealed puts the digest that fits into a plan file.
func sealed(content []byte) []byte {
	at := digestAt(content)
	if at < 0 {
		return content
	}
	content = bytes.Clone(content)
	copy(content[at:], strings.Repeat("0", digestLength))
	sum := sha256.Sum256(content)
	hex.Encode(content[at:], sum[:])
	return content
}

func TestDecodeRefuses(t *testing.T) {
	content := string(encode(t, everyKind(t)))
	stateFile, err := state.Encode(record(nil))
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(old, new string) string {
		if !strings.Contains(content, old) {
			t.Fatalf("no %s in the plan", old)
		}
		return string(sealed([]byte(strings.Replace(content, old, new, 1))))
	}
	for _, test := range []struct {
		name, content string
		want          error
	}{
		{"a state file", string(stateFile), ErrNotAPlan},
		{"an empty file", "", ErrNotAPlan},
		{"a web page", "<!DOCTYPE html>\n<html><body>Not found</body></html>\n", ErrNotAPlan},
		{"a list", "[]", ErrNotAPlan},
		{"null", "null", ErrNotAPlan},
		{"an archive", "PK\x03\x04\x00\x00", ErrNotAPlan},
		{"a version that is a text", `{"setpoint_plan": "1"}`, ErrNotAPlan},
		{"a newer format", replaced(`"setpoint_plan": 1`, `"setpoint_plan": 2`), ErrNewer},
		{"a newer format with other ends of lines", "{\"setpoint_plan\":7,\"body\":\"…\"}", ErrNewer},
		{"an older format than the first", replaced(`"setpoint_plan": 1`, `"setpoint_plan": 0`), ErrNotAPlan},
		{"two plans", content + content, errAltered},
		{"trailing text", content + "x", errAltered},
		{"trailing space", content + " ", errAltered},
		{"other ends of lines", strings.ReplaceAll(content, "\n", "\r\n"), errAltered},
		{"another digest", strings.Replace(content, `"sha256:`, `"sha512:`, 1), errAltered},
		{"an unknown name", replaced(`"max_calls": 3`, `"max_calls": 3, "more": 1`), errAltered},
		{"an unknown name in a step", replaced(`"action": "add"`, `"action": "add", "more": 1`), errAltered},
		{"steps that stand twice", replaced(`"max_calls": 3`, `"max_calls": 3, "steps": []`), errAltered},
		{"steps that stand twice, nothing the second time", replaced(`"managed"`, `"Steps": [], "managed"`), errAltered},
		{"steps that are no list", replaced(`"steps": [`, `"steps": {}, "x": [`), errAltered},
		{"no digest but a plan within a list", "[" + content + "]", ErrNotAPlan},
		{"an unknown action", replaced(`"action": "add"`, `"action": "explode"`), errAltered},
		{"a change of nothing", replaced(`"action": "add"`, `"action": "change"`), errAltered},
		{"a forget that calls", replaced(`"action": "destroy"`, `"action": "forget"`), errAltered},
		{"a call that is none", replaced("\"action\": \"add\",\n      \"call\": true", "\"action\": \"add\",\n      \"call\": false"), errAltered},
		{"a move from nowhere", replaced(`"moved": "thermostat.old"`, `"moved": ""`), errAltered},
		{"a move from its own place", replaced(`"moved": "thermostat.old"`, `"moved": "thermostat.moved"`), errAltered},
		{"a move from what is no address", replaced(`"moved": "thermostat.old"`, `"moved": "thermostat.old[00]"`), errAltered},
		{"a move of nothing", replaced(`"address": "thermostat.new",`, `"address": "thermostat.new", "moved": "thermostat.old",`), errAltered},
		{"nothing done but a move", replaced(`"action": "move"`, `"action": "no-op"`), errAltered},
		{"an import that makes no call", replaced("\"action\": \"import\",\n      \"call\": true", "\"action\": \"import\",\n      \"call\": false"), errAltered},
		{"no address", replaced(`"address": "thermostat.new",`, ``), errAltered},
		{"another address", replaced(`"address": "thermostat.new"`, `"address": "thermostat.new[01]"`), errAltered},
		{"a sealed end that is not the end", string(sealed([]byte(content + "x"))), errAltered},
		{"a check that ended in no known way", replaced(`"status": "fail"`, `"status": "maybe"`), errAltered},
		{"a check without a name", replaced(`"name": "c",`, `"name": "",`), errAltered},
		{"a setpoint out of range", replaced(`"setpoint": 20,`, `"setpoint": 99,`), errAltered},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := Decode([]byte(test.content))
			if !errors.Is(err, test.want) || p != nil {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	content := encode(f, everyKind(f))
	f.Add(content)
	f.Add(content[:len(content)/2])
	f.Add(encode(f, &Plan{}))
	f.Add([]byte("{}"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, content []byte) {
		if _, err := Decode(content); err != nil && !errors.Is(err, errAltered) && !errors.Is(err, errCutOff) && !errors.Is(err, ErrNewer) && !errors.Is(err, ErrNotAPlan) {
			t.Fatalf("an error of no kind: %v", err)
		}
		p, err := Decode(sealed(content)) // beyond the digest
		if err != nil {
			return
		}
		p.Digest()
		p.Count()
		p.Stale(record(nil))
		once := encode(t, p)
		p, err = Decode(once)
		if err != nil {
			t.Fatalf("what was encoded is refused: %v\n%s", err, once)
		}
		if twice := encode(t, p); !bytes.Equal(once, twice) {
			t.Fatalf("encoded\n%s\nand again\n%s", once, twice)
		}
	})
}

func TestNoSecretInThePlan(t *testing.T) {
	dir := t.TempDir()
	text := `
provider "smarther" { access_token = var.token }
plant "home" {
  id       = "1f3c6b1e-0000-4000-8000-000000000001"
  function = "heating"
}
variable "token" {
  sensitive = true
}
variable "shown" {
  default = "visible"
}
output "o" {
  value     = var.token
  sensitive = true
}
` + block("a", 1, "  mode = \"off\"")
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, list := config.Load(config.Options{Dir: dir, Now: now(), Version: "0.1.0", RecordVariables: true, Inputs: []config.Input{{Name: "token", Value: "s3cr3t-canary"}}})
	if list.HasErrors() {
		t.Fatal(list)
	}
	p, _ := Make(input(c, record(nil)))
	content := string(encode(t, p))
	if strings.Contains(content, "canary") || !strings.Contains(content, "visible") {
		t.Errorf("the plan file holds a secret, or not the variable that is none:\n%s", content)
	}
}

func TestStale(t *testing.T) {
	p := everyKind(t)
	present := func() *state.State {
		s := record(map[string]state.Entry{"thermostat.elsewhere": entry(8, state.Confirmed, manual(200))})
		for _, step := range p.Steps {
			if step.Before != nil {
				s.Thermostats[step.Address.String()] = *step.Before
			}
		}
		return s
	}
	for _, test := range []struct {
		name string
		move func(all map[string]state.Entry)
		want []string
	}{
		{"nothing moved", func(map[string]state.Entry) {}, nil},
		{"others moved", func(all map[string]state.Entry) {
			delete(all, "thermostat.elsewhere")
			delete(all, "thermostat.same") // the plan leaves it alone
			all["thermostat.more"] = entry(1, state.Confirmed, manual(200))
		}, nil},
		{"one to add is there", func(all map[string]state.Entry) { all["thermostat.new"] = entry(1, state.Confirmed, manual(200)) }, []string{"thermostat.new"}},
		{"one is gone, one was set, one was sent again", func(all map[string]state.Entry) {
			delete(all, "thermostat.removed")
			all["thermostat.exchanged"] = entry(9, state.Confirmed, manual(201))
			e := all["thermostat.changed"]
			e.At = now()
			all["thermostat.changed"] = e
		}, []string{"thermostat.changed", "thermostat.exchanged", "thermostat.removed"}},
		{"what to leave behind", func(all map[string]state.Entry) {
			e := all["thermostat.removed"]
			e.OnRemove = nil
			all["thermostat.removed"] = e
		}, []string{"thermostat.removed"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			decoded, err := Decode(encode(t, p))
			if err != nil {
				t.Fatal(err)
			}
			s := present()
			test.move(s.Thermostats)
			var names []string
			for _, m := range decoded.Stale(s) {
				names = append(names, m.Step.Address.String())
			}
			if diff := cmp.Diff(test.want, names); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDigestIsOfWhatIsDone(t *testing.T) {
	of := func(hcl string, change func(*Input)) string {
		in := input(load(t, hcl), record(map[string]state.Entry{"thermostat.a": entry(1, state.Confirmed, manual(200))}))
		if change != nil {
			change(&in)
		}
		p, _ := Make(in)
		return p.Digest()
	}
	wanted := block("a", 1, "  mode = \"manual\"\n  setpoint = 21")
	base := of(wanted, nil)
	if got := of("# a comment\n"+wanted, func(in *Input) { in.Now = in.Now.AddDate(0, 0, 1) }); got != base {
		t.Error("the same steps, made a day later from other files, have another digest")
	}
	for name, other := range map[string]string{
		"setpoint": of(block("a", 1, "  mode = \"manual\"\n  setpoint = 21.1"), nil),
		"device":   of(block("a", 2, "  mode = \"manual\"\n  setpoint = 21"), nil),
		"another":  of(wanted+block("b", 2, "  mode = \"off\""), nil),
		"leaving":  of(block("a", 1, "  mode = \"manual\"\n  setpoint = 21\n  on_remove { mode = \"off\" }"), nil),
		"before":   of(wanted, func(in *Input) { in.State.Thermostats["thermostat.a"] = entry(1, state.Confirmed, manual(195)) }),
		"output":   of(wanted+"output \"o\" { value = 1 }", nil),
	} {
		if other == base {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}

func TestTheSameInputsGiveTheSameFile(t *testing.T) {
	first := encode(t, everyKind(t))
	for range 50 {
		if again := encode(t, everyKind(t)); !bytes.Equal(first, again) {
			t.Fatalf("another file:\n%s", cmp.Diff(string(first), string(again)))
		}
	}
}

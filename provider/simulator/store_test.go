package simulator

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// killed is a house whose cloud wrote three setpoints, 20 to 22, and was killed.
func killed(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "house.json")
	cloud, _ := newCloud(t, Options{House: path})
	for n := 20; n < 23; n++ {
		if w := post(cloud, testModule, manualBody(n)); w.Code != 200 {
			t.Fatalf("answered %s", w.Body)
		}
	}
	return path
}

func manualBody(degrees int) string {
	return fmt.Sprintf(`{"function":"heating","mode":"manual","setPoint":{"value":%d,"unit":"C"}}`, degrees)
}

func setpointAfter(t *testing.T, path string) string {
	t.Helper()
	cloud, err := New(Options{House: path})
	if err != nil {
		t.Fatal(err)
	}
	return status(t, cloud, testModule).Setpoint.String()
}

func TestWritesAreAppended(t *testing.T) {
	path := killed(t)
	house := readFile(t, path)
	if !strings.Contains(house, `"setpoint": 20.0`) || strings.Count(readFile(t, path+journalSuffix), "\n") != 3 {
		t.Errorf("on the disk are %s and %s", house, readFile(t, path+journalSuffix))
	}
	if got := setpointAfter(t, path); got != "22.0" {
		t.Errorf("after a kill the setpoint is %s", got)
	}
	if readFile(t, path) != house {
		t.Error("reading a house changed it")
	}
	cloud, err := New(Options{House: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := cloud.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + journalSuffix); err == nil || !strings.Contains(readFile(t, path), `"setpoint": 22.0`) {
		t.Error("Close did not fold the journal into the house")
	}
	if w := post(cloud, testModule, manualBody(25)); w.Code != 200 {
		t.Errorf("after Close a write was answered %s", w.Body)
	}
	if got := setpointAfter(t, path); got != "25.0" {
		t.Errorf("after Close and a write the setpoint is %s", got)
	}
}

func TestJournalCutShort(t *testing.T) {
	path := killed(t)
	whole := readFile(t, path+journalSuffix)
	head := strings.Index(whole, "\n") + 1
	second := head + strings.Index(whole[head:], "\n") + 1
	for cut := range len(whole) + 1 {
		writeFile(t, path+journalSuffix, whole[:cut])
		want := "20.0"
		switch {
		case cut == len(whole):
			want = "22.0"
		case cut >= second:
			want = "21.0"
		}
		if got := setpointAfter(t, path); got != want {
			t.Errorf("with %d bytes of the journal the setpoint is %s, want %s", cut, got, want)
		}
	}
}

func TestJournalOfAnotherHouse(t *testing.T) {
	path := killed(t)
	writeFile(t, path, strings.Replace(readFile(t, path), `"setpoint": 20.0`, `"setpoint": 5.0`, 1))
	if got := setpointAfter(t, path); got != "5.0" {
		t.Errorf("a house that a person has changed came back with %s", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	cloud, err := New(Options{House: path})
	if err != nil || len(cloud.house.plants) != 0 {
		t.Errorf("a house that a person has removed came back: %v", err)
	}
}

func TestDamagedJournal(t *testing.T) {
	path := killed(t)
	whole := readFile(t, path+journalSuffix)
	for _, damage := range [][2]string{
		{`{"journal":1`, `{"journal":9`}, {`{"journal":1`, `"journal":1`}, {testModule, otherModule}, {testPlant, otherModule},
		{`"status":{`, `"state":{`}, {`"setpoint":21.0`, `"setpoint":99`}, {`"mode":"manual"`, `"mode":"boost"`}, {`"plant"`, `"login":{},"plant"`},
	} {
		writeFile(t, path+journalSuffix, strings.Replace(whole, damage[0], damage[1], 1))
		if _, err := New(Options{House: path}); err == nil || !strings.Contains(err.Error(), path+journalSuffix) || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%q: %v", damage, err)
		}
	}
}

func TestJournalIsFolded(t *testing.T) {
	path := killed(t)
	cloud, err := New(Options{House: path})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, cloud, 200)
	cloud.store.size = cloud.store.fold + 1
	if w := post(cloud, testModule, manualBody(31)); w.Code != 200 {
		t.Fatalf("answered %s", w.Body)
	}
	if !strings.Contains(readFile(t, path), `"setpoint": 31.0`) || strings.Count(readFile(t, path+journalSuffix), "\n") != 1 {
		t.Error("a journal that had grown was not folded")
	}
}

func TestAppendThatFails(t *testing.T) {
	path := killed(t)
	cloud, err := New(Options{House: path})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, cloud, 200)
	was := cloud.store.journal
	defer was.Close()
	if cloud.store.journal, err = os.Open(path); err != nil { // not for writing
		t.Fatal(err)
	}
	wantCode(t, cloud, 500)
	if w := post(cloud, testModule, manualBody(34)); w.Code != 200 {
		t.Errorf("after the failure a write was answered %s", w.Body)
	}
	if got := setpointAfter(t, path); got != "34.0" {
		t.Errorf("the setpoint is %s", got)
	}
}

func TestHouseOfVersion1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.json")
	writeFile(t, path, `{"version":1,"plants":{"`+testPlant+`":{"time_zone":"Europe/Rome","thermostats":{"`+testModule+`":`+
		`{"function":"heating","mode":"manual","setpoint":19.5,"program":1,"temperature":19.5,"humidity":48.0}}}}}`)
	if got := setpointAfter(t, path); got != "19.5" {
		t.Errorf("the setpoint is %s", got)
	}
}

func TestHouseWithSecretsIsPrivate(t *testing.T) {
	for _, login := range []*Login{nil, new(testLogin())} {
		path := filepath.Join(t.TempDir(), "house.json")
		cloud, _ := newCloud(t, Options{House: path, Login: login})
		if err := cloud.Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if private := info.Mode().Perm()&0o077 == 0; private != (login != nil) {
			t.Errorf("a house with login %v has the permissions %v", login != nil, info.Mode())
		}
	}
}

// FuzzReplay: whatever a journal has, what it leaves is a house that can be
// written and read again.
func FuzzReplay(f *testing.F) {
	house := houseExample(f)
	head := `{"journal":1,"house":"` + digest([]byte(house)) + `"}` + "\n"
	f.Add([]byte(""))
	f.Add([]byte(`{"plant":"` + testPlant + `","module":"` + testModule + `","status":{"function":"heating","mode":"off","setpoint":20,"program":1}}` + "\n"))
	f.Add([]byte(`{"login":` + strings.ReplaceAll(loginExample(f), "\n", "") + "}\n"))
	f.Add([]byte("{}\nx"))
	f.Fuzz(func(t *testing.T, lines []byte) {
		h, err := parseHouse([]byte(house))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := replay(append([]byte(head), lines...), digest([]byte(house)), &h); err != nil {
			return
		}
		text, err := h.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseHouse(text); err != nil {
			t.Errorf("%s led to %s: %v", lines, text, err)
		}
	})
}

package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/plan"
	"setpoint/plan/state"
	"setpoint/plan/summary"
	"setpoint/provider"
)

const golden = "../../testdata/plans"

// TestGolden plans every folder of testdata/plans: main.hcl against state.json
// (none: nothing was applied yet), with the command line of flags.txt (none:
// no flags), and the readings of seen.json, at 2026-11-22T10:00:00Z. It holds the plan as text, in full,
// as JSON, as a stream and as a comment, and the notices that go with it.
func TestGolden(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(golden, "*", "main.hcl"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no plans in %s: %v", golden, err)
	}
	for _, file := range folders {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			p, width, notices := goldenPlan(t, dir)
			for name, got := range drawn(t, p, width) {
				compare(t, filepath.Join(dir, name), got)
			}
			compare(t, filepath.Join(dir, "want.notices.txt"), notices)
		})
	}
}

// TestSavedPlansLookTheSame holds that a plan that went through its file is
// drawn to the same bytes.
func TestSavedPlansLookTheSame(t *testing.T) {
	folders, err := os.ReadDir(golden)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		p, width, _ := goldenPlan(t, filepath.Join(golden, folder.Name()))
		var content bytes.Buffer
		if err := p.Encode(&content); err != nil {
			t.Fatal(err)
		}
		saved, err := plan.Decode(content.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", folder.Name(), err)
		}
		if diff := cmp.Diff(drawn(t, p, width), drawn(t, saved, width)); diff != "" {
			t.Errorf("%s (-made +saved):\n%s", folder.Name(), diff)
		}
	}
}

// drawn are all forms of a plan by the name of their file.
func drawn(t *testing.T, p *plan.Plan, width int) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, o := range map[string]TextOptions{"want.txt": {Width: width}, "want.full.txt": {Width: width, Full: true}} {
		var b strings.Builder
		if err := Text(&b, p, o); err != nil {
			t.Fatal(err)
		}
		all[name] = b.String()
	}
	line, err := JSON(p)
	if err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, line, "", "  "); err != nil {
		t.Fatal(err)
	}
	all["want.json"] = indented.String()
	all["want.md"] = summary.Markdown(&summary.Summary{Command: "plan", Folder: "house", State: "setpoint.state.json", Plan: SummaryOf(p)})
	all["want.stream.jsonl"] = streamed(t, func(s *Stream) error { return s.Plan(p) })
	return all
}

func goldenPlan(t *testing.T, dir string) (p *plan.Plan, width int, notices string) {
	t.Helper()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	c, list := config.Load(config.Options{Dir: dir, Now: now, Version: "0.1.0", RecordVariables: true})
	if list.HasErrors() {
		t.Fatal(list)
	}
	in := plan.Input{Config: c, Now: now, SetpointVersion: "0.1.0"}
	content, err := os.ReadFile(filepath.Join(dir, "state.json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		in.State, in.Absent = state.New("0.1.0"), true
	case err != nil:
		t.Fatal(err)
	default:
		if in.State, err = state.Decode("state.json", content); err != nil {
			t.Fatal(err)
		}
	}
	width = readFlags(t, filepath.Join(dir, "flags.txt"), &in)
	readSeen(t, filepath.Join(dir, "seen.json"), &in)
	p, found := plan.Make(in)
	for i := range found {
		n := &found[i]
		summary, detail := NoticeText(n, "")
		where := n.Address
		if n.Place != nil {
			where = fmt.Sprintf("%s:%d", n.Place.Filename, n.Place.Start.Line)
		}
		notices += fmt.Sprintf("%s %s %s: %s\n  %s\n", n.Severity, where, n.Attribute, summary, detail)
	}
	return p, width, notices
}

// readSeen reads what was read of thermostats, by address (no file: nobody has
// looked). It is read as often as a plan can use it.
func readSeen(t *testing.T, path string, in *plan.Input) {
	t.Helper()
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var seen map[string]plan.Seen
	if err == nil {
		err = json.Unmarshal(content, &seen)
	}
	if err != nil {
		t.Fatal(err)
	}
	in.Seen = map[provider.Device]plan.Seen{}
	asked := plan.Readable(*in)
	for i := range in.Config.Thermostats {
		device := in.Config.Thermostats[i].Device
		if s, ok := seen[in.Config.Thermostats[i].Address.String()]; ok && slices.Contains(asked, device) {
			in.Seen[device] = s
		}
	}
	if len(in.Seen) != len(seen) {
		t.Errorf("%s has %d readings, of which the plan asks for %d", path, len(seen), len(in.Seen))
	}
}

// readFlags reads one flag a line: destroy, refresh-only, replace ADDRESS, target ADDRESS,
// max-calls N, width N, and blocks as if the configuration had them there:
// moved FROM TO, removed FROM [forget], import TO MODULE_ID, protected BLOCK,
// ignored ADDRESS ATTRIBUTE.
func readFlags(t *testing.T, path string, in *plan.Input) (width int) {
	t.Helper()
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if readBlock(t, name, value, hcl.Range{Filename: "flags.txt", Start: hcl.Pos{Line: number}}, in) {
			continue
		}
		switch name {
		case "destroy":
			in.Destroy = true
		case "refresh-only":
			in.RefreshOnly = true
		case "replace":
			in.Replace = append(in.Replace, value)
		case "target":
			in.Targets = append(in.Targets, value)
		case "max-calls":
			in.MostCalls, err = strconv.Atoi(value)
		case "width":
			width, err = strconv.Atoi(value)
		default:
			t.Fatalf("%s: unknown flag %q", path, name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return width
}

// readBlock reads a flag that stands for a block; false for any other.
func readBlock(t *testing.T, name, value string, place hcl.Range, in *plan.Input) bool {
	t.Helper()
	first, second, _ := strings.Cut(value, " ")
	group := func(text string) address.Group {
		g, err := address.ParseGroup(text)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	switch name {
	case "moved":
		in.Config.Moves = append(in.Config.Moves, config.Move{From: group(first), To: group(second), Range: place})
	case "removed":
		removal := config.Removal{From: group(first), Range: place}
		if second == "forget" {
			removal.Destroy = new(bool)
		}
		in.Config.Removals = append(in.Config.Removals, removal)
	case "import":
		to, err := address.Parse(first)
		if err != nil {
			t.Fatal(err)
		}
		device := provider.Device{PlantID: in.Config.Thermostats[0].Device.PlantID, ModuleID: second}
		in.Config.Imports = append(in.Config.Imports, config.Import{To: to, Device: device, Range: place})
	case "protected":
		in.Config.Protected = map[string]bool{value: true}
	case "ignored":
		for i := range in.Config.Thermostats {
			if in.Config.Thermostats[i].Address.String() == first {
				in.Config.Thermostats[i].Ignored = append(in.Config.Thermostats[i].Ignored, second)
			}
		}
	default:
		return false
	}
	return true
}

// compare holds a file against what it should be; an empty text has no file.
func compare(t *testing.T, path, got string) {
	t.Helper()
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		err := os.Remove(path)
		if got != "" {
			err = os.WriteFile(path, []byte(got), 0o644)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", filepath.Base(path), diff)
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the golden files")
	flag.Parse()
	m.Run()
}

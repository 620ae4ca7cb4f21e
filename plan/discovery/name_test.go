package discovery

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func TestIdentifier(t *testing.T) {
	for official, want := range map[string]string{
		"Bagno di servizio":          "bagno_di_servizio",
		"  Stanza dell'ospite (1) ":  "stanza_dell_ospite_1",
		"Küche":                      "kuche",
		"Ku\u0308che":                "kuche",
		"Straße Ærø Łódź İzmir":      "strasse_aero_lodz_izmir",
		"гостиная":                   "gostinaya",
		"Щука объём":                 "shchuka_obem",
		"Κουζίνα":                    "koyzina",
		"ＳＡＬＡ　２":                     "sala_2",
		"京都":                         "thermostat",
		"":                           "thermostat",
		"🔥":                          "thermostat",
		"🔥 sala 🔥":                   "sala",
		"201":                        "thermostat_201",
		"null":                       "thermostat_null",
		"EACH":                       "thermostat_each",
		"${x}":                       "x",
		"\"\n%{if}":                  "thermostat_if",
		"a--__--b":                   "a_b",
		strings.Repeat("x", 1000):    strings.Repeat("x", longestName),
		strings.Repeat("sala ", 300): "sala_sala_sala_sala_sala_sala_sala_sala",
		"\xff\xfe":                   "thermostat",
	} {
		if got := identifier(official, "thermostat"); got != want {
			t.Errorf("%q is called %q, want %q", official, got, want)
		}
	}
}

func TestLatinTables(t *testing.T) {
	for _, script := range [][2]string{{greek, greekLatin}, {cyrillic, cyrillicLatin}, {other, otherLatin}} {
		if letters, latin := len([]rune(script[0])), len(strings.Fields(script[1])); letters != latin {
			t.Errorf("%d letters, %d ways to write them: %s", letters, latin, script[0])
		}
	}
}

func TestAssignNames(t *testing.T) {
	wishes := []wish{
		{"bagno", "casa_bagno", "p1", "p1/1"},
		{"bagno", "mare_bagno", "p2", "p2/1"},
		{"bagno", "mare_bagno", "p2", "p2/2"},
		{"sala", "casa_sala", "p1", "p1/4"},
		{"sala", "casa_sala", "p1", "p1/3"},
		{"sala_2", "casa_sala_2", "p1", "p1/9"},
		{"hall", "casa_hall", "p1", "p1/5"},
		{"attic", "casa_attic", "p1", "p1/6"},
	}
	taken := func(name string) bool { return slices.Contains([]string{"hall", "attic", "casa_attic"}, name) }
	got := assignNames(wishes, taken)
	want := []string{"casa_bagno", "mare_bagno", "mare_bagno_2", "sala_3", "sala", "sala_2", "casa_hall", "casa_attic_2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestAssignNamesAtRandom: every name is used once and is not taken, and the
// order in which the cloud lists things changes nothing.
func TestAssignNamesAtRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	taken := func(name string) bool { return name == "b" || name == "p1_a" || name == "a_3" }
	for range 500 {
		var wishes []wish
		for i := range random.IntN(12) {
			plant, base := fmt.Sprintf("p%d", random.IntN(3)), []string{"a", "b", "a_2", "a_3", "p1_a"}[random.IntN(5)]
			wishes = append(wishes, wish{base, plant + "_" + base, plant, fmt.Sprint(plant, "/", i)})
		}
		byKey := map[string]string{}
		seen := map[string]bool{}
		for i, name := range assignNames(wishes, taken) {
			if seen[name] || taken(name) {
				t.Fatalf("%v: %s is given twice, or taken", wishes, name)
			}
			seen[name], byKey[wishes[i].key] = true, name
		}
		random.Shuffle(len(wishes), func(i, j int) { wishes[i], wishes[j] = wishes[j], wishes[i] })
		for i, name := range assignNames(wishes, taken) {
			if byKey[wishes[i].key] != name {
				t.Fatalf("%v: %s is called %s or %s, by the order", wishes, wishes[i].key, name, byKey[wishes[i].key])
			}
		}
	}
}

// TestManyAlike: thousands of rooms of one name are named in no time.
func TestManyAlike(t *testing.T) {
	wishes := make([]wish, 20_000)
	for i := range wishes {
		wishes[i] = wish{"room", "hotel_room", "p", fmt.Sprintf("%06d", i)}
	}
	names := assignNames(wishes, func(string) bool { return false })
	if names[0] != "room" || names[19_999] != "room_20000" {
		t.Errorf("%s … %s", names[0], names[19_999])
	}
}

func FuzzIdentifier(f *testing.F) {
	f.Add("Bagno di servizio")
	f.Add("${x}\" \\ \n\u202e")
	f.Add("201")
	f.Fuzz(func(t *testing.T, official string) {
		name := identifier(official, "thermostat")
		if !hclsyntax.ValidIdentifier(name) || len(name) > longestName+len("thermostat_") || strings.ToLower(name) != name {
			t.Errorf("%q is called %q", official, name)
		}
	})
}

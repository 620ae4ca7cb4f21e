package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hcled"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// asPieces holds what the pieces of a source give against what the whole gives:
// the same blocks at the same places, and the same headers for diagnostics. It
// tells whether the source was taken in more than one piece.
func asPieces(t *testing.T, src []byte) bool {
	t.Helper()
	if checkNesting(src, "x.hcl") != nil {
		return false
	}
	var blocks hclsyntax.Blocks
	var all headers
	parsed := 0
	ok := eachPiece(src, 1, func(piece []byte, start hcl.Pos) bool {
		parsed++
		body, ok := parsePiece(piece, "x.hcl", start)
		if !ok {
			return false
		}
		blocks = append(blocks, body.Blocks...)
		all = headersOf(body, all)
		return true
	})
	if !ok {
		return false
	}
	whole, diags := hclsyntax.ParseConfig(src, "x.hcl", hcl.InitialPos)
	if len(diags) > 0 {
		t.Fatalf("sound in pieces, but: %v\n%s", diags, src)
	}
	body, _ := whole.Body.(*hclsyntax.Body)
	if len(body.Attributes) > 0 || len(body.Blocks) != len(blocks) || len(blocks) > 0 && !reflect.DeepEqual(body.Blocks, blocks) {
		t.Fatalf("other blocks in pieces than in\n%s", src)
	}
	for offset := 0; offset <= len(src); offset += 1 + len(src)/500 {
		want := hcled.ContextString(whole, offset)
		if got := hcled.ContextString(&hcl.File{Nav: all}, offset); got != want {
			t.Fatalf("header %q, want %q at byte %d of\n%s", got, want, offset, src)
		}
	}
	return parsed > 1
}

// TestPiecesAreTheWhole: what stands in texts, comments and brackets is no place
// to cut at.
func TestPiecesAreTheWhole(t *testing.T) {
	for _, c := range []struct {
		src string
		cut bool
	}{
		{"a \"x\" {\n  b = 1\n}\n\nlocals {\n  c = [\n    {\n}\n  ]\n}\n# }\n// } {\nd {}\n", true},
		{"a {}\nb {}\n", true},
		{"a \"\\\"}\" {\n}\nb {\n  c = \"}\\n{\"\n}\n", true},
		{"a {\n  b = \"${{\n}\n}\"\n}\n", false},
		{"a {\n  b = <<EOT\n}\nEOT\n}\nc {}\n", false},
		{"/* } \n}\n*/ a {}\n", false},
		{"a = {\n}\nb {}\n", false},
		{"a {\n}\n}\nb {}\n", false},
		{"a {}\nb {\n", false},
		{"\xef\xbb\xbfa {}\nb {}\n", true},
		{"a {}\r\nb {}\r\n", false},
		{"", false},
	} {
		if got := asPieces(t, []byte(c.src)); got != c.cut {
			t.Errorf("cut: %v, want %v\n%s", got, c.cut, c.src)
		}
	}
}

func FuzzPieces(f *testing.F) {
	f.Add([]byte("a \"x\" {\n  b = 1\n}\nlocals {\n  c = [{\n}]\n}\n# }\nd {}\n"))
	f.Add([]byte("a \"\\\"}\" {\n}\nb {\n  c = \"%%{}${d}\"\n}\n<<E\n}\nE\n"))
	names, err := filepath.Glob(filepath.Join("..", "examples", "*", "*.hcl"))
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) { asPieces(t, src) })
}

// TestPiecesInAFile: a file that is long enough to be cut gives the places and
// the findings that it gives as a whole, wherever something is wrong in it.
func TestPiecesInAFile(t *testing.T) {
	const blocks = 1000
	for name, wrong := range map[string]string{
		"nothing":      "",
		"attribute":    "thermostat \"x\" {\n  colour = \"red\"\n}\n",
		"syntax":       "thermostat \"x\" {\n  mode = = \"off\"\n}\n",
		"top level":    "colour = \"red\"\n",
		"number":       "thermostat \"x\" {\n  setpoint = 1e99999\n}\n",
		"twice":        "thermostat \"room_0001\" {\n  mode = \"off\"\n}\n",
		"out of place": "thermostat \"x\" {\n  on_remove {\n    until = \"\"\n  }\n  on_remove {}\n}\n",
		"name":         "thermostat \"1x\" {\n  colour = \"red\"\n}\nthermostat {\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			var src strings.Builder
			for i := range blocks {
				fmt.Fprintf(&src, "thermostat \"room_%04d\" {\n  plant_id  = \"1f3c6b1e-0000-4000-8000-000000000001\"\n"+
					"  module_id = \"2a9d5c0f-0000-4000-8000-%012d\"\n  function  = \"heating\"\n  mode      = \"manual\"\n  setpoint  = 20.5\n}\n", i, i)
				if i == blocks/2 {
					src.WriteString(wrong)
				}
			}
			cut := src.String()
			if len(pieces([]byte(cut), pieceSize)) < 5 {
				t.Fatal("not cut")
			}
			whole := cut + "/**/\n" // which keeps it from being cut
			if len(pieces([]byte(whole), pieceSize)) != 1 {
				t.Fatal("cut")
			}
			var lists [2]string
			for i, src := range []string{cut, whole} {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(src), 0o600); err != nil {
					t.Fatal(err)
				}
				c, list := Load(Options{Dir: dir})
				for _, d := range list {
					text, err := json.Marshal(d)
					if err != nil {
						t.Fatal(err)
					}
					lists[i] += string(text) + "\n"
				}
				if wrong == "" && len(c.Thermostats) != blocks {
					t.Errorf("%d thermostats", len(c.Thermostats))
				}
				if wrong == "" && c.Thermostats[blocks-1].Range("mode").Start.Line != 7*blocks-2 {
					t.Errorf("at %v", c.Thermostats[blocks-1].Range("mode"))
				}
			}
			if lists[0] != lists[1] || (lists[0] == "") != (wrong == "") {
				t.Errorf("in pieces:\n%s\nas a whole:\n%s", lists[0], lists[1])
			}
		})
	}
}

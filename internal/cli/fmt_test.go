package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// FuzzFormat formats any source: what has no syntax errors keeps its meaning and
// its comments, and formatting the result changes nothing.
func FuzzFormat(f *testing.F) {
	for _, pattern := range []string{"../../testdata/config/*/*.hcl", "../../examples/*/*.hcl", "../../examples/*/*/*.hcl", "starter.hcl"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			if source, err := os.ReadFile(name); err == nil { // one of them is a link to nowhere
				f.Add(source)
			}
		}
	}
	for _, source := range []string{
		"", "\n", "a=1", "a=1\r\nbcd = 2 # x\r\n", "\xef\xbb\xbfa=1\n", "a =[\n1,\n  2]\n", "a{\nb=1\n}\n", "a \"b\" {}\n", "a { b=1 }\n",
		"a=<<E\n x\nE\n", "a=<<-E\n    x\n   ${ y }\n  E\n", "a=[<<E\nx\nE\n, 1]\n", "/* a\n b */ a = 1 // c\n", "# a\n\n\n\n#b\na=1",
		"a = { b=1, c : 2 }\n", "a = x ? y:z\n", "a = - 1\n", "a = !b && !  c\n", "a = f( x... )\n", "a = b [ 0 ] . c\n", "a = [for x in y:x if z]\n",
		"a = \"%{ if x }y%{ endif }${  z  }\"\n", "\ta\t=\t1\n", "a = 1  \n", "a = b.*.c[ * ]\n", "a = provider::x::f()\n", "a = 1\n\n\nb = 2\n",
		"a {\n  b = 1 # x\n  cc = 2 # y\n\n  d = {\n    e = 1\n  }\n}\n", "a = x == -1 ? [ ] : { }\n", "a = (\n  1\n  + 2\n)\n",
	} {
		f.Add([]byte(source))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		watch := time.AfterFunc(5*time.Second, func() { panic("formatting hangs") })
		defer watch.Stop()
		once, list := formatted(source, "a.hcl")
		if list.HasErrors() {
			if once != nil {
				t.Error("something was made of a source with syntax errors")
			}
			return
		}
		twice, list := formatted(once, "a.hcl")
		if list.HasErrors() {
			t.Fatalf("%q became %q, which has syntax errors: %+v", source, once, list)
		}
		if !bytes.Equal(once, twice) {
			t.Errorf("%q became %q, then %q", source, once, twice)
		}
		if diff := cmp.Diff(written(source), written(once)); diff != "" {
			t.Errorf("%q means something else (-before +after):\n%s", source, diff)
		}
	})
}

func TestFormattedKeepsWhatIsNoLayout(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"line ends of Windows":   {"a=1\r\n# c\r\nbcd=2 # d\r\n", "a = 1\r\n# c\r\nbcd = 2 # d\r\n"},
		"a heredoc":              {"a=<<-E\r\n    x\r\n\ty\r\n  E\r\nb=1\r\n", "a = <<-E\r\n    x\r\n\ty\r\n  E\r\nb = 1\r\n"},
		"no byte order mark":     {"\xef\xbb\xbfa=1\n", "a = 1\n"},
		"no line end at the end": {"a=1", "a = 1"},
		"comments":               {"/* a\n  b */\na=1//c\n\nb{# d\n#e\n}\n", "/* a\n  b */\na = 1 //c\n\nb { # d\n  #e\n}\n"},
		"empty lines":            {"a=1\n\n\nbcd=2\n", "a = 1\n\n\nbcd = 2\n"},
	} {
		got, list := formatted([]byte(c.source), "a.hcl")
		if list.HasErrors() || string(got) != c.want {
			t.Errorf("%s: %q became %q, not %q; %+v", name, c.source, got, c.want, list)
		}
	}
}

// written is what is written in a source but for the spaces between it:
// comments, names, operators, texts and line ends, in their order.
func written(source []byte) []string {
	tokens, _ := hclsyntax.LexConfig(source, "", hcl.InitialPos)
	var all []string
	for _, token := range tokens {
		all = append(all, token.Type.GoString()+" "+string(token.Bytes))
	}
	return all
}

package config

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/internal/house"
)

// BenchmarkScale loads houses of every size and shape, and reads their files
// without evaluating them. The floor is to parse the same files one after
// another.
func BenchmarkScale(b *testing.B) {
	for _, shape := range house.Shapes() {
		b.Run("load/"+string(shape), func(b *testing.B) {
			house.Each(b, func(b *testing.B, n int) {
				dir, floor := built(b, shape, n)
				house.Against(b, floor, func() {
					if c, list := Load(Options{Dir: dir}); len(list) > 0 || len(c.Thermostats) != n {
						b.Fatalf("%d thermostats, %v", len(c.Thermostats), list)
					}
				})
			})
		})
		b.Run("read/"+string(shape), func(b *testing.B) {
			house.Each(b, func(b *testing.B, n int) {
				dir, floor := built(b, shape, n)
				house.Against(b, floor, func() {
					e := &evaluation{
						options: Options{Dir: dir}, files: map[string]*hcl.File{}, damaged: map[string]bool{}, schemas: map[string]*hcl.BodySchema{},
					}
					m := e.decodeModule(".", e.parseDir(".", nil))
					if len(e.diags) > 0 || len(m.thermostats)+len(m.calls) == 0 {
						b.Fatal(e.diags)
					}
				})
			})
		})
	}
}

// built writes a house and gives the floor of loading it.
func built(b *testing.B, shape house.Shape, n int) (dir string, floor func()) {
	dir = b.TempDir()
	files := house.Files(shape, n)
	if err := house.Write(dir, files); err != nil {
		b.Fatal(err)
	}
	return dir, func() {
		for name := range files {
			src, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil {
				b.Fatal(err)
			}
			if strings.HasSuffix(name, ".csv") {
				if _, err := csv.NewReader(bytes.NewReader(src)).ReadAll(); err != nil {
					b.Fatal(err)
				}
				continue
			}
			if _, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos); diags.HasErrors() {
				b.Fatal(diags)
			}
		}
	}
}

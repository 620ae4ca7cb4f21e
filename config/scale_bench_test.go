package config

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"setpoint/config/functions"
	"setpoint/internal/house"
	"setpoint/provider"
)

// BenchmarkScale loads houses of every shape and size, and evaluates them when
// their files have been read. The floor is to parse the same files one after
// another.
func BenchmarkScale(b *testing.B) {
	house.Each(b, "load", house.Shapes(), func(b *testing.B, shape house.Shape, n int) {
		dir, floor := built(b, shape, n)
		house.Against(b, floor, func() {
			if c, list := Load(Options{Dir: dir}); len(list) > 0 || len(c.Thermostats) != n {
				b.Fatalf("%d thermostats, %v", len(c.Thermostats), list)
			}
		})
	})
	house.Each(b, "evaluate", house.Shapes(), func(b *testing.B, shape house.Shape, n int) {
		dir, floor := built(b, shape, n)
		var c *Config
		house.Prepared(b, func() { c = readOnly(b, dir) }, floor, func() {
			c.evaluate()
			if len(c.scope.diags) > 0 || len(c.Thermostats) != n {
				b.Fatalf("%d thermostats, %v", len(c.Thermostats), c.scope.diags)
			}
		})
	})
}

// readOnly is a configuration as Load has it before it evaluates: files and
// modules are read, and the files of variables. What Load does after it,
// with secrets and digests, does not depend on the size of a house.
func readOnly(b *testing.B, dir string) *Config {
	o := Options{Dir: dir}
	e := &evaluation{
		options: o, files: map[string]*hcl.File{}, zones: map[string]*time.Location{}, variables: map[string]json.RawMessage{},
		damaged: map[string]bool{}, addresses: map[provider.Device]string{}, modules: map[string]*module{},
		schemas: map[string]*hcl.BodySchema{}, plants: map[string]*plant{}, secretTexts: map[string]bool{}, providerConfig: defaultProvider(),
	}
	m := e.decodeModule(".", e.parseDir(".", nil))
	var err error
	if e.readable, err = functions.NewFiles(dir, nil, e.digest.add); err != nil {
		b.Fatal(err)
	}
	m.functions = e.functionsOf(".")
	e.link(m, []string{dir})
	c := &Config{Provider: defaultProvider(), files: e.files}
	c.scope = &scope{evaluation: e, module: m, nodes: map[string]*node{}}
	e.root = c.scope
	e.root.values = e.root.variableValues(o)
	return c
}

// built writes a house and gives the floor of loading it.
func built(b *testing.B, shape house.Shape, n int) (dir string, floor func()) {
	dir = b.TempDir()
	files := house.Files(shape, n)
	if err := house.Write(dir, files); err != nil {
		b.Fatal(err)
	}
	return dir, func() {
		for name, src := range files {
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

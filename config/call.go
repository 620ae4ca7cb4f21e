package config

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/address"
	"setpoint/config/diag"
)

// callBlock is a module block: the folder it calls and what it gives to it.
type callBlock struct {
	name       string
	declared   hcl.Range
	body       *hcl.BodyContent // for_each, count, depends_on
	inputs     map[string]*hcl.Attribute
	source     *hcl.Attribute
	module     *module // nil where it cannot be called, which has been reported
	incomplete bool    // inputs could not be told
}

func (e *evaluation) decodeCall(m *module, block *hcl.Block) {
	body, rest, diags := block.Body.PartialContent(e.schema("module"))
	e.diags = append(e.diags, diags...)
	decoded := &callBlock{name: block.Labels[0], declared: block.DefRange, body: body, incomplete: diags.HasErrors()}
	decoded.inputs, diags = rest.JustAttributes()
	e.diags = append(e.diags, diags...)
	e.boundJSON(body.Attributes)
	e.boundJSON(decoded.inputs)
	decoded.source = body.Attributes["source"]
	declare(e, m.calls, block, decoded)
}

// link finds the modules that m calls and those that these call. Chain are the
// folders from the root to m.
func (e *evaluation) link(m *module, chain []string) {
	m.hasPlants = len(m.plants) > 0
	for _, name := range slices.Sorted(maps.Keys(m.calls)) {
		call := m.calls[name]
		if call.module = e.called(m, call, chain); call.module != nil {
			m.hasPlants = m.hasPlants || call.module.hasPlants
			e.checkInputs(call)
		}
	}
}

// called gives the module of a folder, read when it is first called.
func (e *evaluation) called(m *module, call *callBlock, chain []string) *module {
	if call.source == nil {
		e.reportf(call.declared, "Missing source", "Say which folder the module is, as in source = \"./modules/floor\".")
		return nil
	}
	at := call.source.Expr.Range()
	before := len(e.diags)
	source := e.staticString(call.source)
	switch {
	case source == "" && len(e.diags) == before:
		e.reportf(at, "Missing source", "Say which folder the module is, as in source = \"./modules/floor\".")
		return nil
	case source == "":
		return nil
	case !strings.HasPrefix(source, "./") && !strings.HasPrefix(source, "../") && source != "." && source != "..":
		if _, err := e.readable.Dir(path.Join(m.dir, source)); err == nil {
			e.reportf(at, "Source that is no local folder", "%q does not begin with ./ or ../. Did you mean %q?", source, "./"+source)
			return nil
		}
		e.reportf(at, "Source that is no local folder", "%q does not begin with ./ or ../. A module is a folder of this repository; nothing is "+
			"fetched from elsewhere. Copy it here, or add it as a submodule of git.", source)
		return nil
	}
	dir := path.Join(m.dir, filepath.ToSlash(source))
	place, err := e.readable.Dir(dir)
	if err != nil {
		e.reportf(at, "Module out of reach", "%s. A source starts at the folder of the file that names it.", diag.Capital(err.Error()))
		return nil
	}
	if i := slices.Index(chain, place); i >= 0 {
		e.reportf(at, "Module that calls itself", "The folder %s is called from within itself. Take one of the calls out.", dir)
		return nil
	}
	if known := e.modules[place]; known != nil {
		return known
	}
	files := e.parseDir(dir, &at)
	if files == nil {
		return nil
	}
	loaded := e.decodeModule(dir, files)
	loaded.functions = e.functionsOf(dir)
	e.modules[place] = loaded
	e.link(loaded, append(slices.Clone(chain), place))
	return loaded
}

// checkInputs holds what a call gives against what the module asks for.
func (e *evaluation) checkInputs(call *callBlock) {
	if e.partial() || call.incomplete {
		return
	}
	variables := call.module.variables
	for _, name := range slices.Sorted(maps.Keys(call.inputs)) {
		if variables[name] == nil {
			e.reportf(call.inputs[name].NameRange, "Unknown input", "The module %s declares no variable %q.%s",
				call.module.dir, name, suggest(name, slices.Collect(maps.Keys(variables))))
		}
	}
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if call.inputs[name] == nil && variables[name].fallback == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		e.reportf(call.declared, "Missing input", "The module %s needs a value for %s.", call.module.dir, strings.Join(missing, ", "))
	}
}

// call evaluates a module block once: its instances, not what is in them.
func (s *scope) call(block *callBlock, at hcl.Range) *node {
	return s.need("module."+block.name, at, func(n *node) {
		n.dependsOn = s.dependencies(block.body.Attributes["depends_on"])
		forEach, count := block.body.Attributes["for_each"], block.body.Attributes["count"]
		repeated, ok := s.repeat(forEach, count)
		n.failed = !ok || block.module == nil
		n.single, n.counted = forEach == nil && count == nil, count != nil
		n.byKey = make(map[address.Key]*scope, len(repeated))
		if n.single || repeated[0].none { // also one that is only looked at: below it there may be more and more
			n.failed = !s.reserve(1, block.declared) || n.failed
		}
		if block.module == nil || s.tooMany {
			n.failed = true
			return
		}
		for _, each := range repeated {
			each.scoped, each.each = each.values(), cty.NilVal // once for all inputs
			child := &scope{
				evaluation: s.evaluation, module: block.module, parent: s, block: block, repeated: each,
				path:      s.within("module." + block.name + each.key.String()),
				nodes:     map[string]*node{},
				after:     union(s.after, n.after),
				dependsOn: merged(s.dependsOn, n.dependsOn),
				absent:    s.absent || each.none,
			}
			if each.none {
				n.absent = child
				break
			}
			n.modules = append(n.modules, child)
			n.byKey[each.key] = child
		}
	})
}

// input evaluates a variable of a called module.
func (s *scope) input(v *variableBlock, at hcl.Range) *node {
	return s.need("var."+v.name, at, func(n *node) {
		attr := s.block.inputs[v.name]
		if attr == nil {
			n.value = cty.DynamicVal
			if v.fallback != nil {
				if value, ok := s.defaultOf(v); ok {
					n.value = value
				}
			}
		} else {
			given := s.parent.evaluateWith(attr.Expr, s.repeated)
			fitting, ok := s.fit(v, given, attr.Expr.Range(), fmt.Sprintf("module %q", s.block.name))
			if n.value = fitting; !ok {
				n.value = cty.DynamicVal
			}
		}
		if v.sensitive {
			s.keepSecrets(n.value)
			n.value = n.value.Mark(diag.Sensitive)
		}
		n.value = s.accept(v, n.value)
	})
}

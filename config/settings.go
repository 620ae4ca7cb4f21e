package config

import (
	"path/filepath"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
)

// DefaultStatePath is where the state lies unless the configuration or the
// command line say otherwise, relative to the configuration's folder.
const DefaultStatePath = "setpoint.state.json"

// readSettings reads the setpoint block. It is read before anything else is
// known, so it holds constants only.
func (e *evaluation) readSettings(block *hcl.Block) Backend {
	backend := Backend{Path: DefaultStatePath}
	if block == nil {
		return backend
	}
	body := e.content(block.Body, "setpoint")
	if attr, ok := body.Attributes["required_version"]; ok {
		e.checkVersion(attr)
	}
	inner := e.single(body, "backend")
	if inner == nil {
		return backend
	}
	switch kind := inner.Labels[0]; kind {
	case "local":
	case "http":
		return Backend{HTTP: e.readHTTPBackend(inner)}
	default:
		e.reportf(inner.LabelRanges[0], "Unknown backend", "There is no backend %q.%s", kind, suggest(kind, []string{"local", "http"}))
		return backend
	}
	content := e.content(inner.Body, "setpoint", "backend.local")
	if attr, ok := content.Attributes["path"]; ok {
		if path := e.staticString(attr); path != "" {
			backend.Path = filepath.FromSlash(path)
		}
	}
	return backend
}

func (e *evaluation) checkVersion(attr *hcl.Attribute) {
	text := e.staticString(attr)
	if text == "" {
		return
	}
	constraints, err := version.NewConstraint(text)
	if err != nil {
		e.reportf(attr.Expr.Range(), "Invalid version constraint", "%q is no version constraint. Write it as in \">= 0.1\".", text)
		return
	}
	have, err := version.NewVersion(e.options.Version)
	if err != nil {
		e.reportf(attr.Expr.Range(), "Version unknown", "This build of setpoint has no version (%q) to hold against %q.", e.options.Version, text)
		return
	}
	if !constraints.Check(have) {
		e.reportf(attr.Expr.Range(), "Wrong version of setpoint", "The configuration asks for version %s, but this is %s. Install a fitting version.", text, have)
	}
}

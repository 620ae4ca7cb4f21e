package config

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"setpoint/config/diag"
	"setpoint/config/functions"
	"setpoint/config/programs"
	"setpoint/provider"
)

// evaluation is one run of Load: its inputs and everything found on the way.
type evaluation struct {
	options     Options
	files       map[string]*hcl.File
	diags       hcl.Diagnostics
	digest      digest
	readable    *functions.Files // what file functions and module sources reach
	zones       map[string]*time.Location
	variables   map[string]json.RawMessage
	secrets     []provider.Secret
	secretTexts map[string]bool // of secrets
	// valuesLost tells that a file of variables could not be read.
	valuesLost bool
	assumed    bool            // a variable has no value, which is allowed
	damaged    map[string]bool // files that could not be read as a whole
	blocks     []*node         // of thermostats, those evaluated so far
	addressed  int             // how many of them addresses knows
	addresses  map[provider.Device]string

	root    *scope
	schemas map[string]*hcl.BodySchema // of blocks, by where they stand
	modules map[string]*module         // by folder, links resolved
	active  []*node                    // what is being evaluated, each because of the one before
	cyclic  bool                       // a circle of references was met
	made    int                        // instances of blocks
	tooMany bool                       // there are more than can be, which has been reported

	providerConfig Provider
	zoneDefault    *time.Location    // the provider's; nil where none is declared
	plants         map[string]*plant // by id, those evaluated so far
	plantsKnown    bool              // all are
	plantsLost     bool              // not all could be, which has been reported
	zoneLost       bool              // nor could the provider's time zone

	programs     *programs.Programs // nil unless they were needed and are there
	programsRead bool               // it was looked for them
	programsLost bool               // they cannot be used, which has been reported
}

// partial tells whether something of the configuration could not be read, so
// that what seems to be missing may be there.
func (e *evaluation) partial() bool { return len(e.damaged) > 0 }

func (e *evaluation) report(d *hcl.Diagnostic) { e.diags = append(e.diags, d) }

func (e *evaluation) reportf(subject hcl.Range, summary, format string, args ...any) {
	e.report(errorAt(subject, summary, fmt.Sprintf(format, args...)))
}

func errorAt(subject hcl.Range, summary, detail string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &subject}
}

func (e *evaluation) warn(subject hcl.Range, address, summary, detail string) {
	e.report(&hcl.Diagnostic{
		Severity: hcl.DiagWarning, Summary: summary, Detail: detail, Subject: &subject, Extra: diag.Extra{Address: address},
	})
}

// addConstant adds what went wrong with an expression that had to be constant.
func (e *evaluation) addConstant(diags hcl.Diagnostics, hide bool) {
	for _, d := range diags {
		d.Detail += " Only constants can be used here."
		if hide {
			d.Extra, d.Detail = diag.Extra{HideSource: true}, maskQuoted(d.Detail)
		}
		e.report(d)
	}
}

// static evaluates an attribute that cannot refer to anything. It is not ok
// where the attribute is null, or wrong, which has been reported.
func (e *evaluation) static(attr *hcl.Attribute, want cty.Type) (cty.Value, bool) {
	value, diags := attr.Expr.Value(nil)
	if diags.HasErrors() {
		e.addConstant(diags, false)
		return cty.NilVal, false
	}
	if value.IsNull() {
		return cty.NilVal, false
	}
	converted, err := convert.Convert(value, want)
	if err != nil {
		e.reportf(attr.Expr.Range(), "Wrong type", "%s must be a %s.", attr.Name, want.FriendlyName())
		return cty.NilVal, false
	}
	return converted, true
}

func (e *evaluation) staticString(attr *hcl.Attribute) string {
	if value, ok := e.static(attr, cty.String); ok {
		return value.AsString()
	}
	return ""
}

func (e *evaluation) staticBool(attr *hcl.Attribute) bool {
	value, ok := e.static(attr, cty.Bool)
	return ok && value.True()
}

// zone loads a time zone by its IANA name.
func (e *evaluation) zone(name string) (*time.Location, error) {
	if zone, ok := e.zones[name]; ok {
		return zone, nil
	}
	if name == "" || name == "Local" { // the host's zone would make plans differ between machines
		return nil, fmt.Errorf("%q names no time zone", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	e.zones[name] = zone
	return zone, nil
}

// Package config reads a folder of HCL files and says which thermostats are
// wanted, each with the place where it is declared.
//
// It knows nothing of state or network and not what time it is: the planning
// instant is an input. Reading the same files with the same inputs gives the
// same result, whatever the order of the files and whatever the machine.
package config

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/provider"
)

// Options are the inputs of Load besides the files.
type Options struct {
	// Dir is the folder, "." if empty. File names in diagnostics are relative to it.
	Dir string
	// Now is the planning instant, the value of plantimestamp().
	Now time.Time
	// Version is this program's, held against required_version.
	Version string
	// Environ holds NAME=value; only SETPOINT_VAR_… is looked at.
	Environ []string
	// Inputs are the variables given on the command line, in their order.
	Inputs []Input
	// Planned holds the values that a saved plan was made from. They stand
	// before every other source; a different value on the command line is an
	// error. Sensitive variables are never among them.
	Planned map[string]json.RawMessage
	// RecordVariables asks for Config.Variables, which only a saved plan needs.
	RecordVariables bool
	// AllowMissing lets variables without a value pass, as unknown: for checking
	// a configuration, not for planning it.
	AllowMissing bool
	// AnyProgram lets names of programs pass without looking them up, each as some
	// number: for finding out what the programs are, not for planning.
	AnyProgram bool
	// AllowDirs are folders that file functions may read besides the repository.
	AllowDirs []string
}

// Input is one --var or --var-file.
type Input struct {
	Name, Value string // of --var
	File        string // of --var-file; then Name and Value are empty
}

// Config is a whole, valid configuration.
type Config struct {
	Backend     Backend
	Provider    Provider
	Plants      []Plant      // in the order of modules and names
	Thermostats []Thermostat // in the order of their addresses
	Outputs     []Output     // in the order of their names
	Moves       []Move       // in the order of the modules, then of the source
	Removals    []Removal    // likewise
	Imports     []Import     // in the order of their addresses
	Checks      []Check      // in the order of modules and names
	// Protected are the blocks whose thermostats must not be given up, by
	// address.Address.Declaration.
	Protected map[string]bool
	// Variables are the values of all variables that are not sensitive, as
	// JSON of their type; empty unless Options.RecordVariables asks for them.
	Variables map[string]json.RawMessage
	// Assumed tells that variables have no value (see Options.AllowMissing): what
	// depends on them is in none of the above.
	Assumed bool
	// Digest identifies everything that was read but the values of variables:
	// configuration files, files read by functions, and the names of programs
	// where they are used. It is a SHA-256 in hex.
	Digest string

	files map[string]*hcl.File
	scope *scope // the root; nil where nothing could be read

	redaction *strings.Replacer // of sensitive texts, made once: there may be many findings, and many secrets
}

// Backend is where the state lives.
type Backend struct {
	Path string // of the state file, relative to the configuration's folder; where HTTP is nil
	HTTP *HTTPBackend
}

// HTTPBackend is a state on a server, as far as the configuration says: what is
// "" or nil is for the environment or a default. No credential is in it.
type HTTPBackend struct {
	Address, LockAddress, UnlockAddress    string
	UpdateMethod, LockMethod, UnlockMethod string
	RetryMax                               *int
	RetryWaitMin, RetryWaitMax             *int   // seconds
	CACertificates                         string // a file, relative to the configuration's folder
}

// Provider is how the cloud is reached.
type Provider struct {
	Endpoint      string
	EndpointRange *hcl.Range // nil where the default is used

	// SubscriptionKey and AccessToken are zero where the configuration does
	// not give them.
	SubscriptionKey, AccessToken provider.Secret

	RateLimit      float64 // calls started per second, 0 for no limit
	RateLimitGiven bool    // else it is the default, which is for a real cloud

	Parallelism int // calls in flight, 1 or more
	Timeout     time.Duration
	Retry       Retry
}

// Retry is how often and after which waits a call is made again.
type Retry struct {
	Attempts                   int // of one call, the first included
	MinWait, MaxWait, BusyWait time.Duration
}

// Plant is a declared plant.
type Plant struct {
	Module   string // the module instance it is declared in, "" for the root
	Name     string
	ID       string // UUID, lower case
	Zone     *time.Location
	Function provider.Function // "" where not given
	Range    hcl.Range
}

// String is the plant's name as in messages: module.flat.plant.home.
func (p Plant) String() string {
	if p.Module == "" {
		return "plant." + p.Name
	}
	return p.Module + ".plant." + p.Name
}

// Thermostat is one declared thermostat, checked as far as that is possible
// without knowing its state.
type Thermostat struct {
	Address address.Address
	Device  provider.Device

	// Settings are what is wanted, canonical. A boost has no interval yet.
	Settings provider.Settings
	// Until is the instant of Settings.End; zero where there is none.
	Until time.Time
	// Zone is the plant's time zone; nil where none is declared, which is only
	// so where no time is used.
	Zone *time.Location

	// After are the groups (address.Address.Groups) whose calls come before
	// this one's because it refers to them; DependsOn those that must also
	// have succeeded. Both are sorted, and neither holds what only follows from
	// the After and DependsOn of others.
	After, DependsOn []string

	// OnRemove is what the thermostat is left with when it is removed; nil: as it is.
	OnRemove *provider.Settings

	// Ignored are the attributes among function, mode, setpoint, program,
	// boost_minutes and until whose difference from the record is none, sorted.
	Ignored []string

	// Drift is what becomes of a change made outside.
	Drift Drift

	block *thermostatBlock
}

// Drift is what a thermostat's declaration wants done about a change that was
// made outside and is seen in a reading.
type Drift string

// The ways to deal with drift.
const (
	Enforce Drift = "enforce" // put back what is declared; the default
	Adopt   Drift = "adopt"   // take it into the state, where it stays until the declaration changes
	Warn    Drift = "warn"    // tell, and leave it
)

func drifts() []Drift { return []Drift{Enforce, Adopt, Warn} }

// Place is a stretch of a configuration file.
type Place = hcl.Range

// Move says that what was recorded under From is declared as To now. Both name
// the same kind: a block or an instance of one, a module or an instance of one.
type Move struct {
	From, To address.Group
	Range    hcl.Range
}

// Removal says what becomes of thermostats that are not declared any more.
type Removal struct {
	From address.Group
	// Destroy is false where the thermostats are to be forgotten, whatever is
	// recorded for their removal, true where they must not be forgotten; nil
	// where the record decides.
	Destroy *bool
	// OnRemove is what they are left with instead of what is recorded; nil: as
	// recorded. Its function may be "", which stands for the record's.
	OnRemove *provider.Settings
	Range    hcl.Range
}

// Import takes a thermostat under management as it is, without setting it.
type Import struct {
	To     address.Address
	Device provider.Device
	Range  hcl.Range
}

// Output is a declared output.
type Output struct {
	Name        string
	Sensitive   bool
	Value, Type json.RawMessage // JSON as in Terraform's outputs; both nil where sensitive
}

// Range is where an attribute of the thermostat is written, or its block where
// the attribute is not given or "".
func (t *Thermostat) Range(attribute string) hcl.Range {
	if place, given := t.block.written(attribute); given {
		return place
	}
	return t.block.declared
}

// Diagnose makes a diagnostic about an attribute of a thermostat, for findings
// of later stages, which know addresses but not places.
func (c *Config) Diagnose(t *Thermostat, attribute string, severity diag.Severity, summary, detail string) diag.Diagnostic {
	subject := t.Range(attribute)
	return c.diagnose(&subject, t.Address.String(), severity, summary, detail)
}

// DiagnoseAt makes a diagnostic about a place in the configuration; nil where
// nothing is written about it.
func (c *Config) DiagnoseAt(subject *Place, severity diag.Severity, summary, detail string) diag.Diagnostic {
	return c.diagnose(subject, "", severity, summary, detail)
}

func (c *Config) diagnose(subject *hcl.Range, address string, severity diag.Severity, summary, detail string) diag.Diagnostic {
	found := redact(diag.FromHCL(hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: subject, Extra: diag.Extra{Address: address},
	}}, c.files), c.redaction)[0]
	found.Severity = severity
	return found
}

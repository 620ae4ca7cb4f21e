package main

// row places one package. Packages are named relative to the module; "main" is
// the root.
type row struct {
	pkg     string
	floor   int
	why     string
	stdOnly bool // nothing from outside the standard library
}

// table says which floor every package stands on. An import points to a lower
// floor; a change here needs its reason.
func table() []row {
	return []row{
		{pkg: "provider", floor: 0, why: "the vocabulary of all others", stdOnly: true},
		{pkg: "config/address", floor: 0, why: "configuration, state and plan all speak of addresses"},
		{pkg: "config/diag", floor: 0, why: "diagnostics do not know what they are about"},
		{pkg: "config/conversion", floor: 0, why: "values to declared types, whatever they are for"},
		{pkg: "config/language", floor: 0, why: "the language as data, for the decoder, the editor's schema and the reference alike"},
		{pkg: "internal/durable", floor: 0, why: "state, login and simulator alike replace files whole"},
		{pkg: "internal/house", floor: 0, why: "imported by tests and .ci/bench only: houses of any size as text, whatever reads them", stdOnly: true},
		{pkg: "internal/durable/faultfs", floor: 1, why: "imported by tests only: it fails the operations that durable lists, so it stands above it"},
		{pkg: "provider/smarther/exchange", floor: 1, why: "what the API and its login have in common over HTTP"},
		{pkg: "provider/smarther/login", floor: 2, why: "tokens and where they are kept, whatever they are used for"},
		{pkg: "provider/smarther", floor: 2, why: "the real API"},
		{pkg: "provider/simulator", floor: 1, why: "the simulated cloud shares no code with the client, so that one misreading of the API cannot hide in both"},
		{pkg: "provider/dispatch", floor: 1, why: "issues calls without knowing what a call does"},
		{pkg: "config/programs", floor: 1, why: "what the programs of thermostats are called, wherever names are used"},
		{pkg: "config/functions", floor: 1, why: "what expressions can call, whatever is declared"},
		{pkg: "config", floor: 2, why: "what is wanted, whatever was applied before"},
		{pkg: "config/console", floor: 3, why: "evaluates expressions that no file holds, as config evaluates those of files"},
		{pkg: "config/graph", floor: 3, why: "draws what config declares, for people; config itself draws nothing"},
		{pkg: "plan/state", floor: 2, why: "what was applied, whatever is wanted now"},
		{pkg: "plan/state/remote", floor: 3, why: "keeps what plan/state records on a server; plan/state itself knows no HTTP"},
		{pkg: "plan/state/server", floor: 1, why: "serves states and shares no code with the client, so that one misreading of the protocol cannot hide in both"},
		{pkg: "provider/survey", floor: 2, why: "reads through dispatch"},
		{pkg: "plan", floor: 3, why: "compares what config and plan/state hold"},
		{pkg: "plan/summary", floor: 1, why: "draws the reports that code hosts show; plans and runs alike fill its form, so it stands below both"},
		{pkg: "plan/render", floor: 4, why: "shows plans"},
		{pkg: "plan/discovery", floor: 5, why: "compares a survey with config the other way round, and shows a reading as plan/render does"},
		{pkg: "apply", floor: 4, why: "carries plans out"},
		{pkg: "apply/report", floor: 5, why: "shows the events of apply"},
		{pkg: "internal/scripttest", floor: 2, why: "imported by tests only: a simulated cloud for scripts, whatever program they run"},
		{pkg: "internal/cli", floor: 6, why: "the only place that knows every concrete type"},
		{pkg: "main", floor: 7, why: "starts internal/cli and ends the process"},
	}
}

// ban keeps one import out of packages: out of those in never, or out of all
// but those in only. It covers the packages below the imported path too.
type ban struct {
	imported string
	only     []string
	never    []string
	why      string
	instead  string
}

func bans() []ban {
	return []ban{
		{
			imported: "net/http",
			only:     []string{"provider/smarther", "provider/smarther/exchange", "provider/smarther/login", "provider/simulator", "plan/state/remote", "plan/state/server", "internal/scripttest", "internal/cli"},
			why:      "HTTP is spoken in one place and simulated in another; so is the protocol of remote states",
			instead:  "take a provider.Provider",
		},
		{
			imported: "github.com/hashicorp/hcl",
			only:     []string{"config", "config/console", "config/conversion", "config/diag", "config/functions", "config/language", "plan/discovery", "internal/cli"},
			why:      "the language of the files ends where the configuration is evaluated, and begins where one is written",
			instead:  "name an address and an attribute and let config add the range",
		},
		{
			imported: "os",
			never:    []string{"provider", "plan", "config/address"},
			why:      "these are pure: same input, same output",
			instead:  "take bytes or an io.Reader from the caller",
		},
		{
			imported: "math/rand",
			never:    []string{"plan"},
			why:      "the same input must make the same plan",
			instead:  "order by address, or take the value as an input",
		},
	}
}

// exitFile is the only file of the module that may end the process: anywhere
// else an exit skips what others have deferred, the lock's release included.
const exitFile = "main.go"

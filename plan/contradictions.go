package plan

import (
	"setpoint/config"
	"setpoint/plan/state"
)

// Contradictions are the errors that every plan of a configuration would have,
// whatever is recorded: of moved, removed and import blocks that do not fit what
// is declared or one another. A configuration that lacks values (Config.Assumed)
// may declare more than is known, so that its imports are not judged.
func Contradictions(c *config.Config) []Notice {
	if c.Assumed {
		known := *c
		known.Imports = nil
		c = &known
	}
	m := newMaker(Input{Config: c, State: state.New(""), Absent: true}) // it looks at the moves
	m.checkImports()
	m.checkRemovals()
	return m.notices
}

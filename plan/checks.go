package plan

import (
	"errors"
	"fmt"

	"setpoint/config"
)

// Check is what a check block said when the plan was made. It keeps nothing from
// being applied. Problems are the messages of the assertions that did not hold.
type Check struct {
	Module   string             `json:"module,omitempty"` // the module instance, "" for the root
	Name     string             `json:"name"`
	Status   config.CheckStatus `json:"status"`
	Problems []string           `json:"problems,omitempty"`
}

// checked are the checks of a configuration as the plan keeps them.
func checked(all []config.Check) []Check {
	var kept []Check
	for _, c := range all {
		kept = append(kept, Check(c))
	}
	return kept
}

// check refuses what checked does not make.
func (c Check) check() error {
	switch c.Status {
	case config.CheckPassed, config.CheckFailed, config.CheckUnclear:
	default:
		return fmt.Errorf("%q is no status of check %q", c.Status, c.Name)
	}
	if c.Name == "" {
		return errors.New("a check has no name")
	}
	return nil
}

package config

import "setpoint/config/address"

// Check is what a check block of a module instance says. It never keeps a plan
// from being made.
type Check struct {
	Module string // the module instance, "" for the root
	Name   string
	Status CheckStatus
	// Problems are the messages of the assertions that do not hold, in the order of
	// the source. No sensitive value is in them.
	Problems []string
}

// CheckStatus is how a check ended.
type CheckStatus string

// The ways in which a check ends, named as in Terraform's plan JSON.
const (
	CheckPassed  CheckStatus = "pass"
	CheckFailed  CheckStatus = "fail"
	CheckUnclear CheckStatus = "error" // an assertion could not be evaluated
)

// place orders checks as thermostats are.
func (c Check) place() address.Address { return address.Address{Module: c.Module, Name: c.Name} }

// redactChecks takes known secrets out of what checks say, however they got in.
func (c *Config) redactChecks() {
	if c.redaction == nil {
		return
	}
	for _, check := range c.Checks {
		for i, problem := range check.Problems {
			check.Problems[i] = c.redaction.Replace(problem)
		}
	}
}

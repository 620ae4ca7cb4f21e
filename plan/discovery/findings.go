package discovery

import (
	"fmt"

	"setpoint/config/diag"
	"setpoint/provider/survey"
)

// Warnings are about what does not fit and about what the account lists but
// nothing can be made of.
func (d *Account) Warnings() diag.List {
	var list diag.List
	for i := range d.plants {
		p := &d.plants[i]
		if p.misfit != nil {
			list = append(list, diag.Diagnostic{Severity: diag.Warning, Summary: "Time zone does not fit",
				Detail: fmt.Sprintf("Plant %s (%s) cannot be in %s. %s Fill in its time_zone, or give it for this plant: --time-zone %s=ZONE", survey.Official(p.Name), p.ID, p.misfit, p.clocks.hint(), p.ID)})
		}
	}
	for _, s := range d.Listed.Value.Skipped {
		list = append(list, diag.Diagnostic{Severity: diag.Warning, Summary: "Plant left out", Detail: survey.Skipped(s) + "."})
	}
	return list
}

// Unread names the plants and thermostats that could not be read, each with the
// reason.
func (d *Account) Unread() []string {
	var lines []string
	for i := range d.plants {
		p := &d.plants[i]
		if p.Listed.Err != nil {
			lines = append(lines, fmt.Sprintf("What plant %s holds: %s.", survey.Official(p.Name), survey.Reason(p.Listed.Err)))
		}
		for j := range p.thermostats {
			if t := &p.thermostats[j]; t.Status.Err != nil {
				lines = append(lines, fmt.Sprintf("Thermostat %s of plant %s: %s.", survey.Official(t.Name), survey.Official(p.Name), survey.Reason(t.Status.Err)))
			}
		}
	}
	return lines
}

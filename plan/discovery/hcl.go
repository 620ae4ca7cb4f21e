package discovery

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"setpoint/config/address"
	"setpoint/provider"
	"setpoint/provider/survey"
)

// HCL writes what is not declared yet as a configuration in canonical style,
// which is valid whatever things are called: foreign text stands in comments
// only, as string literals of the language. It is "" where there is nothing.
func (d *Account) HCL() string {
	var parts []string
	if !d.provider {
		parts = append(parts, d.providerBlock())
	}
	said := false
	for i := range d.plants {
		if d.plants[i].wanted() {
			parts = append(parts, d.plants[i].hcl()...)
			said = true
		}
	}
	for _, s := range d.Listed.Value.Skipped {
		parts = append(parts, comment("Left out: plant "+survey.Skipped(s)+"."))
	}
	if !said {
		return ""
	}
	head := "Written by setpoint discover: what the account holds, set as it was when it was read.\n"
	n := d.Tally()
	if n.Declared > 0 {
		head = "Written by setpoint discover: what the account holds and the configuration here did not declare, set as it was when it was read.\n"
	}
	switch {
	case n.Ready > 0:
		head += "Apply takes it over as it is and sends nothing. The import blocks can go after that."
	case n.Commented > 0:
		head += "Nothing is ready to be applied: see what each comment says."
	}
	head = comment(head)
	return string(hclwrite.Format([]byte(head + "\n" + strings.Join(parts, "\n"))))
}

func (d *Account) providerBlock() string {
	text := "provider \"smarther\" {\n" +
		"  # Subscription key and access token come from setpoint login or from the environment.\n"
	if d.endpoint != "" {
		text += "  endpoint = " + address.Quote(d.endpoint) + "\n"
	}
	return text + "}\n"
}

// hcl is the plant with its thermostats, part by part.
func (p *plant) hcl() []string {
	var parts []string
	if p.declared == nil {
		parts = append(parts, p.block())
	}
	if !p.Listed.OK() {
		why := "reading was cut short"
		if p.Listed.Err != nil {
			why = survey.Reason(p.Listed.Err)
		}
		parts = append(parts, comment(fmt.Sprintf("What plant %s holds is not known: %s. Run setpoint discover again.", survey.Official(p.Name), why)))
	}
	for i := range p.thermostats {
		if t := &p.thermostats[i]; t.declared == "" {
			parts = append(parts, t.hcl(p)...)
		}
	}
	for _, s := range p.Listed.Value.Skipped {
		parts = append(parts, comment(fmt.Sprintf("Left out of plant %s: %s.", survey.Official(p.Name), survey.Skipped(s))))
	}
	return parts
}

func (p *plant) block() string {
	if !provider.IsID(p.ID) {
		return comment(fmt.Sprintf("Plant %s cannot be declared: its id, %s, is no UUID.", survey.Official(p.Name), p.ID))
	}
	text := fmt.Sprintf("plant %q {\n  id = %s\n", p.name, address.Quote(p.ID))
	if p.function != "" {
		text += fmt.Sprintf("  function = %q\n", p.function)
	}
	switch {
	case p.zoneGiven:
		text += "  time_zone = " + address.Quote(p.zone.String()) + "\n"
	case p.zone == nil:
		text += "\n" + inset(comment("For boosts and for every until, fill in the time zone of this plant. "+p.clocks.hint()+"\ntime_zone = \"\""))
	}
	text += "}\n"
	return comment(survey.Official(p.Name)) + text
}

// reference is the plant's id as an expression.
func (p *plant) reference() string {
	switch {
	case p.declared == nil:
		return "plant." + p.name + ".id"
	case p.declared.Module == "":
		return "plant." + p.declared.Name + ".id"
	}
	return address.Quote(p.ID) // declared in a module, where no reference leads
}

// hcl is the block of a thermostat with its import block. Where something stands
// in the way both are comments.
func (t *thermostat) hcl(p *plant) []string {
	block := fmt.Sprintf("thermostat %q {\n  plant_id = %s\n  module_id = %s\n%s}\n", t.name, p.reference(), address.Quote(t.Device.ModuleID), t.arguments(p))
	imported := fmt.Sprintf("import {\n  to = thermostat.%s\n  id = %s\n}\n", t.name, address.Quote(t.Device.ID()))
	if t.obstacle == "" {
		return []string{comment(survey.Official(t.Name)) + block, imported}
	}
	text := fmt.Sprintf("%s is left to you: %s.", survey.Official(t.Name), t.obstacle)
	if provider.IsID(t.Device.PlantID) && provider.IsID(t.Device.ModuleID) {
		text += "\n" + string(hclwrite.Format([]byte(block+"\n"+imported)))
	}
	return []string{comment(text)}
}

// arguments are those that say what the thermostat is set to, or an example of
// them to be filled in.
func (t *thermostat) arguments(p *plant) string {
	s, mark := t.settings, ""
	if !t.Status.OK() || s.Mode == provider.Boost {
		mark = " # fill in"
		if s.Function == "" {
			s.Function = provider.Heating
			if p.inherited() != "" {
				s.Function = p.inherited()
			}
		}
		s = provider.Settings{Function: s.Function, Mode: provider.Automatic, Program: 1}
	}
	var b strings.Builder
	if s.Function != p.inherited() {
		fmt.Fprintf(&b, "  function = %q%s\n", s.Function, mark)
	}
	fmt.Fprintf(&b, "  mode = %q%s\n", s.Mode, mark)
	if s.Mode.Allows(provider.FieldSetpoint) {
		fmt.Fprintf(&b, "  setpoint = %s%s\n", s.Setpoint, mark)
	}
	if s.Mode.Allows(provider.FieldProgram) {
		fmt.Fprintf(&b, "  program = %d%s\n", s.Program, mark)
	}
	if !s.End.IsZero() {
		fmt.Fprintf(&b, "  until = %q # a temporary status: say what is to hold after it\n", s.End)
	}
	return b.String()
}

// comment makes every line a comment.
func comment(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSuffix(text, "\n")) {
		b.WriteString(strings.TrimRight("# "+strings.TrimSuffix(line, "\n"), " ") + "\n")
	}
	return b.String()
}

func inset(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

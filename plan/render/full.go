package render

import (
	"fmt"
	"strings"
	"time"

	"setpoint/config/diag"
	"setpoint/plan"
	"setpoint/provider"
)

// attribute is one row of the full form.
type attribute struct{ name, before, after string }

func writeFull(b *strings.Builder, p *plan.Plan, o TextOptions) {
	for i := range p.Steps {
		step := &p.Steps[i]
		if step.Action == plan.NoOp {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		sign := symbol(step)
		fmt.Fprintf(b, "%s %s", paint(fmt.Sprintf("  %c", sign), sign, o.Color), diag.Printable(step.Address.String()))
		if step.File != "" {
			fmt.Fprintf(b, "    %s:%d", diag.Printable(step.File), step.Line)
		}
		fmt.Fprintf(b, "\n      # %s\n", diag.Printable(StepText(step, p.Made)))
		writeAttributes(b, attributes(step, p.Made), o)
	}
}

// attributes are those of the status, and of the device and the status to leave
// behind where these change.
func attributes(step *plan.Step, reference time.Time) []attribute {
	var all []attribute
	if step.Action == plan.Exchange {
		was := step.Before.Device
		all = append(all, attribute{"plant_id", quoted(was.PlantID), quoted(step.Device.PlantID)},
			attribute{"module_id", quoted(was.ModuleID), quoted(step.Device.ModuleID)})
	}
	b, a := rows(certain(step)), rows(step.After)
	if step.Action == plan.Import { // what is declared is not what it will be
		all = append(all, attribute{"plant_id", "", quoted(step.Device.PlantID)}, attribute{"module_id", "", quoted(step.Device.ModuleID)})
		a = nil
	}
	for _, name := range []string{"function", "mode", "setpoint", "program", "boost_minutes", "until"} {
		if b[name] != "" || a[name] != "" {
			all = append(all, attribute{name, b[name], a[name]})
		}
	}
	if step.Action == plan.Forget || step.Action == plan.Destroy {
		return all
	}
	leave := attribute{name: "on_remove"}
	if step.OnRemove != nil {
		leave.after = Settings(*step.OnRemove, reference)
	}
	if step.Before != nil && step.Before.OnRemove != nil && step.Action != plan.Exchange {
		leave.before = Settings(*step.Before.OnRemove, reference)
	}
	if leave.before != leave.after {
		all = append(all, leave)
	}
	return all
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }

func rows(s *provider.Settings) map[string]string {
	if s == nil {
		return nil
	}
	r := map[string]string{"function": quoted(string(s.Function)), "mode": quoted(string(s.Mode))}
	switch s.Mode {
	case provider.Manual:
		r["setpoint"] = s.Setpoint.String()
	case provider.Automatic:
		r["program"] = fmt.Sprint(s.Program)
	case provider.Boost:
		if s.BoostMinutes > 0 { // a boost that was only observed has no length
			r["boost_minutes"] = fmt.Sprint(s.BoostMinutes)
		}
	case provider.Off, provider.Protection:
	}
	if !s.End.IsZero() && s.Mode != provider.Boost {
		r["until"] = quoted(s.End.String())
	}
	return r
}

func writeAttributes(b *strings.Builder, all []attribute, o TextOptions) {
	longest := 0
	for _, a := range all {
		longest = max(longest, len(a.name))
	}
	for _, a := range all {
		sign, text := byte(' '), a.after
		switch {
		case a.before == "":
			sign = '+'
		case a.after == "":
			sign, text = '-', a.before
		case a.before != a.after:
			sign, text = '~', a.before+" -> "+a.after
		}
		mark := string(sign)
		if sign != ' ' {
			mark = paint(mark, sign, o.Color)
		}
		fmt.Fprintf(b, "      %s %-*s = %s\n", mark, longest, a.name, text)
	}
}

package config

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hcled"
)

// plainWords says better what the library says of a block's header and of a
// quote that is not closed, which it reports on every line that follows.
func plainWords(diags hcl.Diagnostics, files map[string]*hcl.File) hcl.Diagnostics {
	unclosed := map[string]bool{}
	var strange *hcl.Range // where a character was that is none of the language
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		missing, isMissing := strings.CutPrefix(d.Summary, "Missing name for ")
		extraneous, isExtraneous := strings.CutPrefix(d.Summary, "Extraneous label for ")
		switch {
		case isMissing:
			d.Detail = fmt.Sprintf("Each %s block has a name. Write: %s \"NAME\" {", missing, missing)
		case isExtraneous && strings.HasPrefix(d.Detail, "Only 1"):
			d.Detail = fmt.Sprintf("A %s block has one name only. Write: %s \"NAME\" {", extraneous, extraneous)
		case d.Summary == "Invalid character":
			strange = d.Subject
		case (d.Summary == "Invalid expression" || d.Summary == "Missing newline after argument") && strange != nil && d.Subject != nil && *strange == *d.Subject:
			return true
		case d.Summary == "Unexpected comma after argument":
			d.Detail = "Each argument stands on a line of its own, without a comma. A decimal is written with a point: 20.5."
		case d.Subject == nil:
		case d.Summary == "Invalid multi-line string", d.Summary == "Unterminated template string":
			if unclosed[d.Subject.Filename] {
				return true
			}
			unclosed[d.Subject.Filename] = true
			d.Summary = "Quote not closed"
			d.Detail = `A text ends on the line it begins on, with a quotation mark. One of several lines is written as <<EOT, the lines, EOT.`
		}
		if d.Subject != nil && files[d.Subject.Filename] != nil {
			quoteMissing(d, files[d.Subject.Filename].Bytes)
		}
		if instead := habits()[unexpected(d)]; instead != "" {
			d.Detail += " " + instead
		} else if outermost(d, files) {
			d.Detail += " Arguments stand in blocks, and values of variables in setpoint.vars.hcl."
		}
		if strings.HasSuffix(d.Detail, "?.") || strings.HasSuffix(d.Detail, "..") {
			d.Detail = strings.TrimSuffix(d.Detail, ".") // the library adds one to any message
		}
		return false
	})
}

// quoteMissing says what is meant by a value that is no expression because its
// quotes are missing, or because it is a reference in the dress of a template.
func quoteMissing(d *hcl.Diagnostic, src []byte) {
	rest := src[min(d.Subject.Start.Byte, len(src)):]
	switch {
	case d.Summary == "Invalid character" && bytes.HasPrefix(rest, []byte("${")):
		d.Detail = "A reference stands alone, as in var.comfort; ${…} is for references within quotes."
	case d.Summary == "Invalid character" && bytes.HasPrefix(rest, []byte("°")):
		d.Detail = "A temperature is a number alone, in °C: setpoint = 20.5."
	case d.Summary == "Missing newline after argument":
		start := min(d.Subject.Start.Byte, len(src))
		line := src[bytes.LastIndexByte(src[:start], '\n')+1:]
		line, _, _ = bytes.Cut(line, []byte("\n"))
		if _, value, ok := bytes.Cut(line, []byte("=")); ok && regexp.MustCompile(`^\s*[0-9a-fA-F]+[0-9a-zA-Z:-]*\s*$`).Match(value) {
			d.Detail = fmt.Sprintf("A text such as an id or a time is written in quotes: %q.", strings.TrimSpace(string(value)))
		}
	}
}

// outermost tells an argument that stands in no block, where it cannot be meant for
// one.
func outermost(d *hcl.Diagnostic, files map[string]*hcl.File) bool {
	if d.Summary != "Unsupported argument" || strings.Contains(d.Detail, "Did you mean") || d.Subject == nil || files[d.Subject.Filename] == nil {
		return false
	}
	return hcled.ContextString(files[d.Subject.Filename], d.Subject.Start.Byte) == ""
}

// unexpected is the name of the block or argument that the library did not
// expect, "" for other diagnostics.
func unexpected(d *hcl.Diagnostic) string {
	if d.Summary != "Unsupported block type" && d.Summary != "Unsupported argument" {
		return ""
	}
	_, rest, _ := strings.Cut(d.Detail, `"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

// habits are what people write who come from Terraform, and what to write here.
func habits() map[string]string {
	const kind = `There is one kind of thing here: write thermostat "NAME" { … }.`
	return map[string]string{
		"resource":              kind,
		"data":                  "Nothing is read from elsewhere while a configuration is evaluated. What files hold is read with file(…) and csvdecode(…).",
		"terraform":             "What belongs there stands in a block setpoint { … }.",
		"dynamic":               "No block is repeated within a block. Repeat the thermostat or the module with for_each.",
		"postcondition":         "What should hold afterwards is asserted in a check block.",
		"create_before_destroy": "A thermostat is set, not created; leave it out.",
		"replace_triggered_by":  "To send a thermostat again: --replace ADDRESS.",
		"provisioner":           "Nothing is run here. Use a pipeline around setpoint.",
		"connection":            "Nothing is run here. Use a pipeline around setpoint.",
		"provider":              "There is one provider, so a block need not name it.",
		"providers":             "There is one provider, which is that of the whole configuration.",
		"timeouts":              "How long a call may take is said by timeout in provider \"smarther\" { … }.",
		"required_providers":    "The one provider is built in: there is nothing to require. Its settings stand in provider \"smarther\" { … }.",
		"temperature":           "The temperature of a thermostat is its setpoint, in °C.",
		"ephemeral":             "Write sensitive = true for what must not be shown.",
	}
}

package config

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/diag"
	"setpoint/provider"
)

// shortestSecret is the length from which a text is looked for in messages.
// Shorter ones would blot out ordinary words.
const shortestSecret = 6

// keepSecrets remembers the texts and numbers within a sensitive value.
func (e *evaluation) keepSecrets(v cty.Value) {
	v, _ = v.UnmarkDeep()
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) {
		switch {
		case !part.IsKnown() || part.IsNull():
		case part.Type() == cty.String:
			e.keepSecret(part.AsString())
		case part.Type() == cty.Number:
			e.keepSecret(number(part))
		}
		return true, nil
	})
}

func (e *evaluation) keepSecret(text string) {
	if len(text) >= shortestSecret && !e.secretTexts[text] {
		e.secretTexts[text] = true
		e.secrets = append(e.secrets, provider.NewSecret(text))
	}
}

// redaction replaces secrets, in every form in which they can stand in a text; it
// is nil where there are none.
func redaction(secrets []provider.Secret) *strings.Replacer {
	forms := spellings(secrets)
	if len(forms) == 0 {
		return nil
	}
	const hidden = "(sensitive value)"
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, hidden)
	}
	return strings.NewReplacer(pairs...)
}

// redact takes known secrets out of diagnostics, however they got in: a message
// loses the secret, a snippet is dropped as a whole.
func redact(list diag.List, replacer *strings.Replacer) diag.List {
	if replacer == nil {
		return list
	}
	for i := range list {
		d := &list[i]
		d.Summary, d.Detail, d.Address = replacer.Replace(d.Summary), replacer.Replace(d.Detail), replacer.Replace(d.Address)
		if s := d.Snippet; s != nil {
			texts := []string{s.Code}
			if s.Context != nil {
				texts = append(texts, *s.Context)
			}
			for _, v := range s.Values {
				texts = append(texts, v.Traversal, v.Statement)
			}
			if all := strings.Join(texts, "\n"); replacer.Replace(all) != all {
				d.Snippet = nil
			}
		}
	}
	return list
}

// spellings lists the forms in which a secret can stand in a message or in the
// source, the longest first: as it is, and as the inside of a quoted text. Of a
// secret of several lines each line is one too.
func spellings(secrets []provider.Secret) []string {
	var forms []string
	add := func(text string) {
		if len(text) < shortestSecret {
			return
		}
		quoted := strconv.Quote(text)
		template := strings.NewReplacer("${", "$${", "%{", "%%{").Replace(quoted)
		forms = append(forms, text, quoted[1:len(quoted)-1], template[1:len(template)-1])
		if encoded, err := json.Marshal(text); err == nil {
			forms = append(forms, string(encoded[1:len(encoded)-1]))
		}
	}
	for _, s := range secrets {
		text := s.Reveal()
		add(text)
		if strings.Contains(text, "\n") {
			for line := range strings.Lines(text) {
				add(strings.TrimSpace(line))
			}
		}
	}
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(forms)
}

// maskQuoted takes what is quoted out of a message about a text that may be
// secret: the library quotes what it stumbled over.
func maskQuoted(message string) string {
	return regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`).ReplaceAllString(message, `"…"`)
}

// hideSensitiveSource marks the diagnostics whose source line may hold the
// default of a sensitive variable, as far as it is not known what its value is:
// the source may be too damaged to tell.
func (e *evaluation) hideSensitiveSource(diags hcl.Diagnostics) {
	regions := map[string][]lineRange{}
	for _, d := range diags {
		if d.Subject == nil || e.files[d.Subject.Filename] == nil {
			continue
		}
		name := d.Subject.Filename
		if _, known := regions[name]; !known {
			regions[name] = sensitiveLines(name, e.files[name].Bytes, e.damaged[name])
		}
		for _, r := range regions[name] {
			if d.Subject.Start.Line <= r.last && d.Subject.End.Line >= r.first {
				extra, _ := hcl.DiagnosticExtra[diag.Extra](d)
				extra.HideSource = true
				d.Extra, d.Detail = extra, maskQuoted(d.Detail)
				break
			}
		}
	}
}

type lineRange struct{ first, last int }

// sensitiveLines finds, by the looks of the text alone, the insides of variable
// blocks that speak of sensitive. In JSON, which has no lines to go by, it is
// the whole of a damaged file.
func sensitiveLines(name string, src []byte, damaged bool) []lineRange {
	lines := bytes.Split(src, []byte("\n"))
	if strings.HasSuffix(name, ".json") {
		if damaged && bytes.Contains(src, []byte("sensitive")) {
			return []lineRange{{1, len(lines) + 1}}
		}
		return nil
	}
	var found []lineRange
	for i := 0; i < len(lines); i++ {
		if !bytes.HasPrefix(bytes.TrimSpace(lines[i]), []byte("variable")) {
			continue
		}
		last := i
		for depth := 0; last < len(lines); last++ {
			depth += bytes.Count(lines[last], []byte("{")) - bytes.Count(lines[last], []byte("}"))
			if depth <= 0 && (last > i || bytes.Contains(lines[last], []byte("}"))) || last > i && bytes.HasPrefix(lines[last], []byte("}")) {
				break
			}
		}
		last = min(last, len(lines)-1)
		if bytes.Contains(bytes.Join(lines[i:last+1], nil), []byte("sensitive")) {
			first := i + 2 // the line after the header, counted from 1
			if last == i {
				first = i + 1
			}
			found = append(found, lineRange{first, last + 1})
		}
		i = last
	}
	return found
}

package address_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"setpoint/config/address"
)

// evaluate reads a literal as the configuration language does.
func evaluate(t *testing.T, literal string) string {
	t.Helper()
	expr, diags := hclsyntax.ParseExpression([]byte(literal), "key.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("HCL refuses %s: %v", literal, diags)
	}
	value, diags := expr.Value(nil)
	if diags.HasErrors() {
		t.Fatalf("HCL cannot evaluate %s: %v", literal, diags)
	}
	return value.AsString()
}

// quotedTexts are texts with everything that means something in a literal.
func quotedTexts() map[string]string {
	return map[string]string{
		``:                       `""`,
		`201`:                    `"201"`,
		`say "hi"`:               `"say \"hi\""`,
		`C:\rooms\new`:           `"C:\\rooms\\new"`,
		"a\nb\r\n\tc":            `"a\nb\r\n\tc"`,
		`${room}`:                `"$${room}"`,
		`$${room}`:               `"$$${room}"`,
		`$$$${`:                  `"$$$$${"`,
		`%{if}`:                  `"%%{if}"`,
		`%%{if}`:                 `"%%%{if}"`,
		`$%{x}%${y}`:             `"$%%{x}%$${y}"`,
		`$ $$ % { } $"{`:         `"$ $$ % { } $\"{"`,
		`\${`:                    `"\\$${"`,
		`].thermostat.x["`:       `"].thermostat.x[\""`,
		"Küche 廚房 🛋":             `"Küche 廚房 🛋"`,
		"\u0301e\u0301":          "\"\u0301e\u0301\"",
		"\x00\x1b\x7f\u00a0":     `"\u0000\u001b\u007f\u00a0"`,
		"\u200b\u2028\ufeff":     `"\u200b\u2028\ufeff"`,
		"\U000e0001\U0010ffff":   `"\U000e0001\U0010ffff"`,
		"\ufffd":                 "\"\ufffd\"",
		"bad \xff\xc3 end \xe2x": "\"bad \ufffd\ufffd end \ufffdx\"",
		"\xff${":                 "\"\ufffd$${\"",
	}
}

func TestQuote(t *testing.T) {
	for text, want := range quotedTexts() {
		got := address.Quote(text)
		if got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
		if back, want := evaluate(t, got), meant(text); back != want {
			t.Errorf("HCL reads %s as %q, want %q", got, back, want)
		}
	}
}

// meant is the text as HCL's values hold it: normalised, each byte that is not
// UTF-8 replaced.
func meant(text string) string {
	return cty.NormalizeString(string([]rune(text)))
}

func FuzzQuote(f *testing.F) {
	for text := range quotedTexts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted := address.Quote(text)
		if back, want := evaluate(t, quoted), meant(text); back != want {
			t.Errorf("Quote(%q) = %s, which HCL reads as %q, want %q", text, quoted, back, want)
		}
		if strings.ContainsAny(quoted, "\n\r") {
			t.Errorf("Quote(%q) = %s has more than one line", text, quoted)
		}
	})
}

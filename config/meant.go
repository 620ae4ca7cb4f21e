package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// longestText bounds a text in a message, in runes.
const longestText = 60

// textual names a text that is no value of the wanted type, and what may be meant:
// the cells of a table are texts.
func textual(text string, want cty.Type) (is, hint string) {
	shown := []rune(text)
	if len(shown) > longestText {
		return fmt.Sprintf("the text %q…", string(shown[:longestText])), ""
	}
	is = fmt.Sprintf("the text %q", text)
	if text == "" {
		return is, " To leave it out where a cell is empty, write null, as in x == \"\" ? null : x."
	}
	if want != cty.Number {
		return is, ""
	}
	point := strings.Replace(text, ",", ".", 1)
	if _, err := cty.ParseNumberVal(point); err == nil {
		return is, fmt.Sprintf(" Decimals follow a point: %s.", point)
	}
	if found := regexp.MustCompile(`^(-?[0-9]+(\.[0-9]+)?)\s*(°\s*C?|C|[Dd]egrees?|min|minutes|m)$`).FindStringSubmatch(point); found != nil {
		hint = fmt.Sprintf(" Write the number alone: %s.", found[1])
	}
	return is, hint
}

// attributeMeant is a hint where a reference stops at an object: most often it is
// an attribute of it that is meant, of the same name or its id.
func attributeMeant(name string, expr hcl.Expression, object cty.Type) string {
	traversal, diags := hcl.AbsTraversalForExpr(expr)
	text, ok := addressText(traversal)
	if diags.HasErrors() || !ok {
		return ""
	}
	for _, meant := range []string{name, "id"} {
		if object.HasAttribute(meant) {
			return fmt.Sprintf(" Did you mean %s.%s?", text, meant)
		}
	}
	return ""
}

// quotedReference is a hint where a text is written like a reference.
func quotedReference(expr hcl.Expression) string {
	value, diags := expr.Value(nil) // of texts without templates, and all texts of JSON
	if diags.HasErrors() || value.Type() != cty.String || value.IsNull() || !value.IsKnown() {
		return ""
	}
	text := value.AsString()
	traversal, diags := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() || len(traversal) < 2 || !slices.Contains(referenceRoots(), traversal.RootName()) {
		return ""
	}
	if json.IsJSONExpression(expr) {
		return fmt.Sprintf(" A reference is written as \"${%s}\".", text)
	}
	return fmt.Sprintf(" A reference is written without quotes: %s.", text)
}

package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// declarations are what one file declares. Thermostats, of which there can be
// very many, are decoded while their file is at hand, so that of its tree only
// what is needed later stays in the memory; the other blocks when all are known.
type declarations struct {
	file  *hcl.File // without its tree where diags has no errors; nil: not readable
	diags hcl.Diagnostics
	all   []declaration
	// found is what was reported while decoding.
	found hcl.Diagnostics
}

// declaration is a block: a thermostat's of a possible name, decoded, or any
// other.
type declaration struct {
	thermostat *thermostatBlock
	block      *hcl.Block
}

// decoder decodes single files, side by side: it has what that needs of an
// evaluation, which it must not touch.
type decoder struct {
	dir     string
	schemas map[string]*hcl.BodySchema // all that thermostats need, and the file's
}

func (e *evaluation) decoder() *decoder {
	e.schema()
	for _, path := range [][]string{{}, {"on_remove"}, {"lifecycle"}, {"lifecycle", "precondition"}} {
		e.schema(append([]string{"thermostat"}, path...)...)
	}
	return &decoder{dir: e.options.Dir, schemas: e.schemas}
}

// declarations reads and decodes one file.
func (d *decoder) declarations(name string) declarations {
	src, unreadable := readNamed(d.dir, name)
	if unreadable != nil {
		return declarations{diags: unreadable}
	}
	var declared declarations
	one := &evaluation{schemas: d.schemas} // for what is reported
	if strings.HasSuffix(name, ".json") || mayNest(src) || !declared.inPieces(one, src, name) {
		declared = declarations{}
		one.diags = nil
		declared.whole(one, src, name)
	}
	declared.found = one.diags
	return declared
}

// inPieces is not ok where the file has to be taken as a whole.
func (d *declarations) inPieces(e *evaluation, src []byte, name string) bool {
	var blocks headers
	ok := eachPiece(src, pieceSize, func(piece []byte, start hcl.Pos) bool {
		body, ok := parsePiece(piece, name, start)
		if !ok || len(settle(body)) > 0 {
			return false
		}
		d.take(e, body)
		blocks = headersOf(body, blocks)
		return true
	})
	d.file = &hcl.File{Bytes: src, Nav: blocks}
	return ok
}

// whole decodes a file unless it is damaged: what is left of it then would be
// called wrong for what it lacks.
func (d *declarations) whole(e *evaluation, src []byte, name string) {
	d.file, d.diags = parseSource(src, name)
	body, native := d.file.Body.(*hclsyntax.Body)
	if native && !d.diags.HasErrors() {
		d.diags = append(d.diags, settle(body)...)
	}
	if d.diags.HasErrors() {
		return
	}
	d.take(e, d.file.Body)
	if native {
		d.file = &hcl.File{Bytes: src, Nav: headersOf(body, nil)}
	}
}

func (d *declarations) take(e *evaluation, body hcl.Body) {
	for _, block := range e.content(body).Blocks {
		if block.Type == "thermostat" && len(block.Labels) > 0 && hclsyntax.ValidIdentifier(block.Labels[0]) {
			d.all = append(d.all, declaration{thermostat: e.thermostatBlock(block)})
			continue
		}
		d.all = append(d.all, declaration{block: block})
	}
}

// settle bounds the expressions of a body and makes quoted texts without templates
// in thermostat blocks the values that they are: they take a fifth of the memory
// and need no evaluation.
func settle(body *hclsyntax.Body) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, attr := range body.Attributes { // none belongs here
		diags = append(diags, bound(attr)...)
	}
	for _, block := range body.Blocks {
		if block.Type == "thermostat" {
			diags = append(diags, settleThermostat(block.Body)...)
			continue
		}
		diags = append(diags, bound(block)...)
	}
	return diags
}

func settleThermostat(body *hclsyntax.Body) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, attr := range body.Attributes {
		switch expr := attr.Expr.(type) {
		case *hclsyntax.TemplateExpr:
			if expr.IsStringLiteral() {
				value, _ := expr.Value(nil) // a literal has nothing to go wrong
				attr.Expr = &hclsyntax.LiteralValueExpr{Val: value, SrcRange: expr.SrcRange}
				continue
			}
		case *hclsyntax.ScopeTraversalExpr:
			continue
		case *hclsyntax.LiteralValueExpr:
			if expr.Val.Type() != cty.Number {
				continue
			}
		}
		diags = append(diags, bound(attr.Expr)...)
	}
	for _, block := range body.Blocks {
		diags = append(diags, settleThermostat(block.Body)...)
	}
	return diags
}

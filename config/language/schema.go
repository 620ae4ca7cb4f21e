package language

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// Schema is a JSON Schema (draft 2020-12) of a *.hcl.json file, for editors. The
// same program gives the same bytes.
//
// It follows HCL's rules for JSON: a label is a property name; a block, a level
// of labels and the whole file are each an object or an array of objects; an
// expression is a JSON value in which every string is a template; a name of
// something declared, or a type, is a string. It is stricter than the decoder in
// that enumerated values are lower case, and less strict in what depends on
// other attributes or on values.
func Schema() ([]byte, error) {
	defs := object{}
	root := Block{Blocks: Blocks()}
	whole := body(defs, "", root)
	whole["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	whole["title"] = "A setpoint configuration (*.hcl.json)"
	whole["$defs"] = defs
	var out bytes.Buffer
	enc := json.NewEncoder(&out) // sorts the properties of a map
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(whole); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type object = map[string]any

const (
	// template is part of a string that only evaluation can judge.
	template = `[$%]\{`
	// identifier is HCL's: a letter or underscore, then also digits and dashes. Which
	// letters there are beyond ASCII not every engine of regular expressions can
	// tell, so all characters there pass.
	identifier = `[^\x00-@\[-^\x60{-\x7f][^\x00-,./:-@\[-^\x60{-\x7f]*`
	uuid       = `[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`
	// comment is the property that HCL leaves for comments in bodies.
	comment = "//"
)

// body describes what stands in a block, or in an array of such. The keywords
// for objects do not touch arrays and the other way round, so no choice between
// the two is needed, and messages stay short.
func body(defs object, path string, b Block) object {
	properties := object{comment: object{"description": "A comment. It is not read."}}
	var required []string
	for _, a := range b.Attributes {
		properties[a.Name] = attribute(a)
		if a.Required == always {
			required = append(required, a.Name)
		}
	}
	for _, inner := range b.Blocks {
		at := strings.TrimPrefix(path+"."+inner.Type, ".")
		labelled := at + "-by-label"
		if before, ok := defs[labelled].(object); ok { // another kind
			at = strings.TrimPrefix(path+"."+inner.kind(), ".")
			defs[at] = body(defs, at, inner)
			before["properties"].(object)[strings.Trim(inner.Label, `"`)] = object{"$ref": pointer(at)}
			continue
		}
		defs[at] = body(defs, at, inner)
		properties[inner.Type] = object{"$ref": pointer(at)}
		if inner.Label != "" {
			defs[labelled] = labels(inner, labelled, pointer(at))
			properties[inner.Type] = object{"$ref": pointer(labelled)}
		}
	}
	schema := object{
		"type":                 []string{"object", "array"},
		"properties":           properties,
		"additionalProperties": false,
		"items":                object{"type": "object", "$ref": pointer(path)},
	}
	if b.Doc != "" {
		schema["description"] = plain(b.Doc)
	}
	if b.Free != "" {
		schema["additionalProperties"] = object{"description": b.Free}
		schema["propertyNames"] = object{"pattern": "^(" + comment + "|" + identifier + ")$"}
	}
	if required != nil {
		schema["required"] = required
	}
	return schema
}

// pointer refers to a definition by its name, to the whole schema by none.
func pointer(name string) string {
	if name == "" {
		return "#"
	}
	return "#/$defs/" + name
}

// labels describes the level between a block type and the body referred to.
func labels(b Block, name, to string) object {
	inner := object{"$ref": to}
	schema := object{
		"description":   plain(b.Doc),
		"type":          []string{"object", "array"},
		"minProperties": 1,
		"items":         object{"type": "object", "$ref": pointer(name)},
	}
	if only, quoted := strings.CutPrefix(b.Label, `"`); quoted {
		schema["properties"] = object{strings.TrimSuffix(only, `"`): inner}
		schema["additionalProperties"] = false
		return schema
	}
	schema["additionalProperties"] = inner
	schema["propertyNames"] = object{"pattern": "^" + identifier + "$"}
	return schema
}

// attribute describes the value of an attribute. A pattern binds strings only,
// bounds bind numbers only.
func attribute(a Attribute) object {
	schema := object{"description": a.described()}
	if a.Type == Any {
		return schema
	}
	types, pattern := a.form()
	if a.nullable() {
		types = append(types, "null")
	}
	schema["type"] = types
	if a.Kind == Expression && pattern != template && (pattern != "" || a.Values != nil) {
		pattern = strings.TrimPrefix(pattern+"|"+template, "|")
	}
	switch {
	case a.Type == FieldList:
		schema["items"] = object{"enum": a.Values}
	case a.Type == AddressList:
		schema["items"] = object{"type": "string", "pattern": addressPattern}
	case a.Values != nil:
		choices := []object{{"enum": a.values()}, {"type": "string", "pattern": pattern}}
		if a.nullable() {
			choices = append(choices, object{"type": "null"})
		}
		schema["anyOf"] = choices
		return schema
	}
	if pattern != "" {
		schema["pattern"] = pattern
	}
	if a.Range != (Range{}) && a.Type != Duration {
		schema["minimum"], schema["maximum"] = json.Number(a.Range.Min), json.Number(a.Range.Max)
	}
	return schema
}

const addressPattern = `^(thermostat|module)\.`

// form gives the JSON types of an attribute, and what its strings look like
// that are no templates; "" where any string will do.
func (a Attribute) form() (types []string, pattern string) {
	const numeric = `[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?`
	switch a.Type {
	case UUID:
		return []string{"string"}, "^" + uuid + "$"
	case Device:
		return []string{"string"}, "^" + uuid + "/" + uuid + "$"
	case Time:
		return []string{"string"}, `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?$`
	case Duration:
		return []string{"string"}, `^\+?(0|([0-9]*\.?[0-9]+|[0-9]+\.)(ns|us|µs|ms|s|m|h))+$`
	case Folder:
		return []string{"string"}, `^\.\.?/`
	case Number:
		return []string{"number", "string"}, "^" + numeric + "$"
	case Whole:
		return []string{"integer", "string"}, "^" + numeric + "$"
	case Program:
		return []string{"integer", "string"}, ""
	case Bool:
		return []string{"boolean", "string"}, "^(true|false)$"
	case Collection:
		return []string{"object", "string"}, template
	case TypeName:
		return []string{"string"}, `^\s*((any|bool|number|string)\s*$|(list|map|object|set|tuple)\s*\()`
	case Address:
		return []string{"string"}, addressPattern
	case AddressList:
		return []string{"array"}, ""
	case FieldList:
		return []string{"array", "string"}, "^all$"
	case Text, Any:
	}
	return []string{"string"}, ""
}

// values are the allowed values as JSON, numbers in both spellings that HCL takes.
func (a Attribute) values() []any {
	var all []any
	for _, v := range a.Values {
		if a.Type == Whole {
			all = append(all, json.Number(v))
		}
		all = append(all, v)
	}
	return all
}

// described is the meaning of an attribute and when it is required.
func (a Attribute) described() string {
	text := plain(a.meaning())
	switch a.Required {
	case "":
		return text
	case always:
		return text + " Required."
	}
	return text + " Required " + a.Required + "."
}

// plain turns links between chapters into words: an editor has no chapters.
func plain(markdown string) string {
	return regexp.MustCompile(`\[([^\]]*)\]\(#[^)]*\)`).ReplaceAllString(markdown, "$1 in the reference")
}

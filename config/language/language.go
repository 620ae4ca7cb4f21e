// Package language is the configuration language as data: one table of every
// block and attribute, with what may stand there and what it means. From it
// come the schemas that the decoder reads files with (Body), the JSON Schema
// that editors check *.hcl.json files with (Schema), and the reference that
// people read (Reference), so that the three cannot differ.
//
// It must not know values, files or diagnostics: what an attribute is worth in
// a configuration, and what is said of a wrong one, is the decoder's affair.
package language

import "strings"

// Block is a kind of block. A table of blocks is made anew by every call of
// Blocks and belongs to the caller.
type Block struct {
	Type string
	// Label is what the one label stands for: "NAME", or the only value it can
	// have in quotes, as "\"local\"". It is "" for a block without label.
	Label string
	// Doc is a paragraph in Markdown.
	Doc string
	// Example is HCL in canonical format, "" where the enclosing block's example shows the block.
	Example    string
	Attributes []Attribute
	Blocks     []Block
	// Many tells a block that may stand there several times.
	Many bool
	// Free says what attributes of other names are, in a sentence; "" where
	// there are none.
	Free string
}

// Attribute is an attribute of a block.
type Attribute struct {
	Name string
	Type Type
	Kind Kind
	// Required says when the attribute must be given: "always", "for manual";
	// "" where it need not.
	Required string
	// Default is what holds where the attribute is not given, in Markdown; "" for nothing.
	Default string
	// Values are all that the attribute may be, in lower case; nil where Range
	// or Type say it.
	Values []string
	Range  Range
	Doc    string // one or two sentences in Markdown
}

// Range bounds an attribute, both ends included. Numbers and durations are
// written as in a configuration. The zero value is no bound.
type Range struct{ Min, Max, Unit string }

// Kind says how much may stand in an attribute.
type Kind uint8

// The kinds of attributes.
const (
	Expression Kind = iota // whatever can be evaluated, references included
	Constant               // a value without references and functions
	Static                 // the name of something declared, or a type: read, never evaluated
)

// Type is what the value of an attribute is converted to.
type Type uint8

// The types of attributes.
const (
	Text        Type = iota // a string
	UUID                    // a string of 36 characters
	Time                    // a string: 2026-12-24T18:00:00, or the same with an offset
	Duration                // a string: 30s, 1m30s
	Folder                  // a string: ./rooms, ../rooms
	Device                  // a string: PLANT_ID/MODULE_ID
	Number                  // decimal
	Whole                   // a number without decimals
	Program                 // a number without decimals, or a name
	Bool                    // true or false
	Any                     // a value of any type
	Collection              // a map, an object or a set of strings
	TypeName                // string, list(number), object({ … })
	Address                 // thermostat.NAME, module.NAME, instances of them
	AddressList             // [thermostat.NAME, module.NAME]
	FieldList               // [setpoint, until], or all
)

// always is the Required of what is needed whatever the rest says.
const always = "always"

// String is the type as people write it.
func (t Type) String() string {
	switch t {
	case Text, UUID, Time, Duration, Folder, Device:
		return "string"
	case Number, Whole:
		return "number"
	case Program:
		return "number or string"
	case Bool:
		return "bool"
	case Any:
		return "any"
	case Collection:
		return "map or set"
	case TypeName:
		return "type"
	case Address:
		return "address"
	case AddressList:
		return "list of addresses"
	case FieldList:
		return "list of names"
	}
	return ""
}

// nullable tells whether the attribute may be null, which means not given.
func (a Attribute) nullable() bool {
	return a.Kind != Static && a.Required != always && a.Name != "for_each" && a.Name != "count"
}

// kind is the type with the only label that the block can have, as in
// backend.http: blocks of one type that differ in what stands in them.
func (b Block) kind() string { return b.Type + "." + strings.Trim(b.Label, `"`) }

// find gives the block at a path of types, or kinds, from the root. A type of
// several kinds stands for the first of them.
func find(path []string) (Block, bool) {
	at := Block{Blocks: Blocks()}
next:
	for _, name := range path {
		for _, inner := range at.Blocks {
			if inner.Type == name || inner.kind() == name {
				at = inner
				continue next
			}
		}
		return Block{}, false
	}
	return at, true
}

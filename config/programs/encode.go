package programs

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Encode writes the file: thermostats sorted by plant and module, programs by
// number, two-space indent, a newline at the end. The same programs give the
// same bytes. Text that is no UTF-8 is written with replacement characters.
//
//	{
//	  "version": 1,
//	  "thermostats": {
//	    "PLANT_ID/MODULE_ID": {
//	      "1": "At Home",
//	      "2": "Night"
//	    }
//	  }
//	}
func (p *Programs) Encode() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"version\": %d,\n  \"thermostats\": {", Version)
	for i, d := range p.Devices() {
		separate(&b, i, "    ")
		fmt.Fprintf(&b, "%q: {", d.ID())
		for j, program := range p.lists[d] {
			separate(&b, j, "      ")
			name, err := text(program.Name)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "\"%d\": %s", program.Number, name)
		}
		closing(&b, len(p.lists[d]), "    ")
	}
	closing(&b, len(p.lists), "  ")
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

// separate begins a line for the n-th member of an object, from 0.
func separate(b *bytes.Buffer, n int, indent string) {
	if n > 0 {
		b.WriteByte(',')
	}
	b.WriteString("\n" + indent)
}

// closing ends an object of n members.
func closing(b *bytes.Buffer, n int, indent string) {
	if n > 0 {
		b.WriteString("\n" + indent)
	}
	b.WriteByte('}')
}

// text is a JSON string that people can read: < and & stay what they are.
func text(s string) (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return "", err
	}
	return string(bytes.TrimSpace(b.Bytes())), nil
}

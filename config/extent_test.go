package config_test

import (
	"fmt"
	"strings"
	"testing"
)

// Values that are short to write and endless to go through are refused by the name
// of the first that is too large, wherever they are used.
func TestValuesOfSharedParts(t *testing.T) {
	for name, double := range map[string]string{
		"conditional": "true ? [local.a%d, local.a%d] : []",
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("locals {\n  a0 = [1, 2]\n")
			for i := 1; i <= 40; i++ {
				fmt.Fprintf(&b, "  a%d = "+double+"\n", i, i-1, i-1)
			}
			b.WriteString("}\n\noutput \"o\" {\n  value     = length(local.a40)\n  sensitive = true\n}\n")
			_, list := load(t, files{"main.hcl": b.String()})
			if len(list) != 1 || list[0].Summary != "Value too large" || !strings.Contains(list[0].Detail, "The value of local.a") {
				t.Fatalf("%s", drawn(t, list))
			}
		})
	}
}

// What is large because there is much of it is taken.
func TestLargeValues(t *testing.T) {
	var rooms strings.Builder
	rooms.WriteString("room,module,mode,setpoint,floor,wing,door,note\n")
	for i := range 5000 {
		fmt.Fprintf(&rooms, "%d,m%d,manual,20,1,west,%d,x\n", i, i, i)
	}
	good(t, files{"rooms.csv": rooms.String(), "main.hcl": `
locals {
  rows   = csvdecode(file("rooms.csv"))
  rooms  = { for r in local.rows : r.room => r }
  floors = { for f in range(20) : f => [for r in local.rows : r if r.floor == tostring(f)] }
  both   = [local.rooms, local.floors, tolist([[1], [2, 3]]), toset([]), null]
}
`})
}

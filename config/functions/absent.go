package functions

import "fmt"

// Absent tells why a function that is known from elsewhere is not in the table,
// and what to do instead.
func Absent(name string) (why string, ok bool) {
	const differs = "its result differs from run to run, so that no plan would ever be without changes"
	const machine = "its result differs from machine to machine"
	why, ok = map[string]string{
		"abspath":         machine + ": write paths relative to the module, or start them with path.root",
		"base64gunzip":    "compressed text has no use here: read the file as it is",
		"bcrypt":          differs + ": use sha256(…) to compare, and keep passwords out of configurations",
		"ephemeralasnull": "there are no ephemeral values here: leave the call out",
		"list":            "write a list in brackets: [a, b], or use tolist([a, b])",
		"map":             "write a map in braces: { a = 1 }, or use tomap({ a = 1 })",
		"pathexpand":      machine + ": write paths relative to the module, or start them with path.root",
		"rsadecrypt":      "a private key has no place in a configuration: give the secret as a sensitive variable",
		"strlen":          "use length(…), which counts the characters of a text too",
		"timestamp":       differs + ": use plantimestamp(), which is the same everywhere in one run",
		"type":            "it is there in the console only: use can(…) to tell types apart",
		"urldecode":       "addresses are only written here, not taken apart: use urlencode(…) or regex(…)",
		"uuid":            differs + ": use uuidv5(…), which names the same thing in the same way",
		"env":             machine + ": declare a variable and give its value from outside",
		"getenv":          machine + ": declare a variable and give its value from outside",
		"get_env":         machine + ": declare a variable and give its value from outside",
	}[name]
	if !ok {
		return "", false
	}
	return fmt.Sprintf("There is no function %s here: %s.", name, why), true
}

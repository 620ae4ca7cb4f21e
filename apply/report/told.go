package report

import "setpoint/provider"

// Told is what means the same for every call of the account and was told in full.
// A nil Told remembers nothing: all is told in full. It is not for concurrent use.
type Told map[string]bool

// Again names an error in a few words that was told in full before; "" for one that
// is to be told in full now.
func (t Told) Again(err error) string {
	brief := provider.AccountWide(err)
	switch {
	case brief == "" || t == nil:
		return ""
	case t[brief]:
		return brief + ", as before"
	}
	t[brief] = true
	return ""
}

package provider

import "fmt"

// Secret is a credential. However it is printed, formatted or encoded it shows
// as "(sensitive value)" or an address in memory; only Reveal gives it away.
//
// The text is behind a pointer because fmt cannot call Format on an unexported
// field of another struct, and prints what it finds there.
type Secret struct{ text *string }

const hidden = "(sensitive value)"

// NewSecret wraps a credential.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal is the credential itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero tells whether there is none.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String never shows the credential.
func (s Secret) String() string { return hidden }

// Format never shows the credential, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText never shows the credential.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

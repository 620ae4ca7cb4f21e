package functions

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// hashOf are the ways to write the hash of a content, by the function's name.
// md5 and sha1 are there to compare with what others made; they protect nothing.
func hashOf() map[string]func([]byte) string {
	return map[string]func([]byte) string{
		"md5":          func(b []byte) string { h := md5.Sum(b); return hex.EncodeToString(h[:]) },
		"sha1":         func(b []byte) string { h := sha1.Sum(b); return hex.EncodeToString(h[:]) },
		"sha256":       func(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) },
		"sha512":       func(b []byte) string { h := sha512.Sum512(b); return hex.EncodeToString(h[:]) },
		"base64sha256": func(b []byte) string { h := sha256.Sum256(b); return base64.StdEncoding.EncodeToString(h[:]) },
		"base64sha512": func(b []byte) string { h := sha512.Sum512(b); return base64.StdEncoding.EncodeToString(h[:]) },
	}
}

func hashes() map[string]function.Function {
	all := map[string]function.Function{"uuidv5": uuidv5()}
	for name, hash := range hashOf() {
		all[name] = textFunc("str", func(s string) (string, error) { return hash([]byte(s)), nil })
	}
	return all
}

// uuidv5 names a thing within a namespace: one of four by name, or a UUID.
func uuidv5() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "namespace", Type: cty.String}, {Name: "name", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			known := map[string]uuid.UUID{"dns": uuid.NameSpaceDNS, "url": uuid.NameSpaceURL, "oid": uuid.NameSpaceOID, "x500": uuid.NameSpaceX500}
			namespace, found := known[args[0].AsString()]
			if !found {
				var err error
				if namespace, err = uuid.Parse(args[0].AsString()); err != nil {
					return cty.NilVal, function.NewArgError(0, fmt.Errorf("write dns, url, oid, x500 or a UUID: %w", err))
				}
			}
			return cty.StringVal(uuid.NewSHA1(namespace, []byte(args[1].AsString())).String()), nil
		},
	})
}

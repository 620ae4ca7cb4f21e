package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// mostFileBytes bounds what a function reads: 16 MiB.
const mostFileBytes = 16 << 20

// sandbox is what the file functions may read: the repository that the
// configuration lies in (the nearest folder above it that holds .git, else the
// configuration's own folder) and the folders that were allowed besides. A
// symbolic link out of them does not help.
type sandbox struct {
	dir    string // absolute, links resolved; relative paths start here
	roots  []string
	digest *digest
	seen   map[string]string // what was read, so that it is the same whenever it is asked for
}

func newSandbox(dir string, allow []string, d *digest) (*sandbox, error) {
	abs, err := resolvedDir(dir)
	if err != nil {
		return nil, err
	}
	s := &sandbox{dir: abs, roots: []string{repository(abs)}, digest: d, seen: map[string]string{}}
	for _, other := range allow {
		root, err := resolvedDir(other)
		if err != nil {
			return nil, fmt.Errorf("--allow-dir %s: %w", other, err)
		}
		s.roots = append(s.roots, root)
	}
	return s, nil
}

func resolvedDir(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

func repository(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// open opens a file below one of the roots.
func (s *sandbox) open(path string) (*os.File, error) {
	full := path
	if !filepath.IsAbs(path) {
		full = filepath.Join(s.dir, path)
	}
	for _, root := range s.roots {
		rel, err := filepath.Rel(root, full)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		dir, err := os.OpenRoot(root)
		if err != nil {
			return nil, err
		}
		file, err := openRegular(dir, rel)
		return file, errors.Join(err, dir.Close())
	}
	return nil, fmt.Errorf("%s lies outside the repository (%s): move it there, or allow its folder with --allow-dir", path, s.roots[0])
}

// folder gives the place of a folder relative to the configuration's, links
// resolved, if it lies below one of the roots.
func (s *sandbox) folder(dir string) (string, error) {
	place, err := filepath.EvalSymlinks(filepath.Join(s.dir, filepath.FromSlash(dir)))
	if err != nil {
		return "", plainError(dir, err)
	}
	for _, root := range s.roots {
		if rel, err := filepath.Rel(root, place); err == nil && filepath.IsLocal(rel) {
			return place, nil
		}
	}
	return "", fmt.Errorf("%s lies outside the repository (%s): move it there, or allow its folder with --allow-dir", dir, s.roots[0])
}

// openRegular opens nothing but regular files: reading a pipe or a device need
// not end.
func openRegular(dir *os.Root, name string) (*os.File, error) {
	info, err := dir.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	return dir.Open(name)
}

var errNotRegular = errors.New("no ordinary file")

// read gives the content of a text file and adds it to the configuration's digest.
func (s *sandbox) read(path string) (string, error) {
	if text, ok := s.seen[path]; ok {
		return text, nil
	}
	file, err := s.open(path)
	if err != nil {
		return "", plainError(path, err)
	}
	content, err := io.ReadAll(io.LimitReader(file, mostFileBytes+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return "", plainError(path, err)
	}
	switch {
	case len(content) > mostFileBytes:
		return "", fmt.Errorf("%s is larger than %d MiB", path, mostFileBytes>>20)
	case !utf8.Valid(content):
		return "", fmt.Errorf("%s is not text in UTF-8", path)
	}
	s.digest.add(path, content)
	text := strings.TrimPrefix(string(content), "\ufeff") // the mark that spreadsheets begin a file with
	s.seen[path] = text
	return text, nil
}

func plainError(path string, err error) error {
	var pathErr *fs.PathError
	switch {
	case !errors.As(err, &pathErr):
		return err
	case path == "":
		return pathErr.Err
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s", path)
	case strings.Contains(pathErr.Err.Error(), "escapes"): // the library has no name for this error
		return fmt.Errorf("%s is or passes through a link that leaves its folder: move what it points at into the repository, "+
			"or name that place itself and allow its folder with --allow-dir", path)
	}
	return fmt.Errorf("%s: %w", path, pathErr.Err)
}

func (s *sandbox) fileFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			text, err := s.read(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.StringVal(text), nil
		},
	})
}

func (s *sandbox) fileExistsFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			path := args[0].AsString()
			file, err := s.open(path)
			switch {
			case errors.Is(err, fs.ErrNotExist), errors.Is(err, errNotRegular):
				return cty.False, nil
			case err != nil:
				return cty.NilVal, function.NewArgError(0, plainError(path, err))
			}
			s.digest.entries = append(s.digest.entries, fmt.Sprintf("%q exists\n", filepath.ToSlash(path)))
			return cty.True, file.Close()
		},
	})
}

// templateFileFunc renders a template file with the given variables. Within it
// all functions exist but itself, so that no template includes itself.
func (s *sandbox) templateFileFunc(all map[string]function.Function) function.Function {
	inner := make(map[string]function.Function, len(all))
	for name, f := range all {
		inner[name] = f
	}
	render := func(args []cty.Value) (cty.Value, error) {
		path := args[0].AsString()
		text, err := s.read(path)
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		expr, diags := hclsyntax.ParseTemplate([]byte(text), path, hcl.InitialPos)
		if diags.HasErrors() {
			return cty.NilVal, function.NewArgError(0, templateError(diags))
		}
		vars := args[1]
		if !vars.Type().IsObjectType() && !vars.Type().IsMapType() {
			return cty.NilVal, function.NewArgErrorf(1, "the variables of a template are a map or an object")
		}
		ctx := &hcl.EvalContext{Functions: inner, Variables: vars.AsValueMap()}
		if ctx.Variables == nil { // which would mean that variables are not allowed at all
			ctx.Variables = map[string]cty.Value{}
		}
		value, diags := expr.Value(ctx)
		if diags.HasErrors() {
			return cty.NilVal, function.NewArgError(1, templateError(diags))
		}
		return value, nil
	}
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "vars", Type: cty.DynamicPseudoType}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() || !args[1].IsWhollyKnown() {
				return cty.DynamicPseudoType, nil
			}
			value, err := render(args)
			if err != nil {
				return cty.DynamicPseudoType, err
			}
			return value.Type(), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return render(args) },
	})
}

func templateError(diags hcl.Diagnostics) error {
	var parts []string
	for _, d := range diags {
		place := ""
		if d.Subject != nil {
			place = fmt.Sprintf("%s:%d:%d: ", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column)
		}
		parts = append(parts, place+d.Summary+": "+d.Detail)
	}
	return errors.New(strings.Join(parts, "; "))
}

// digest identifies everything that was read, in whatever order it was read.
type digest struct {
	entries []string
}

func (d *digest) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	d.entries = append(d.entries, fmt.Sprintf("%q %x\n", filepath.ToSlash(name), sum))
}

func (d *digest) sum() string {
	slices.Sort(d.entries)
	d.entries = slices.Compact(d.entries)
	hash := sha256.New()
	for _, entry := range d.entries {
		_, _ = io.WriteString(hash, entry) // a hash never fails
	}
	return hex.EncodeToString(hash.Sum(nil))
}

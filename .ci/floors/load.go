package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// listed is the part of go list's answer that is used.
type listed struct {
	ImportPath     string
	Dir            string
	Module         struct{ Path, Dir string }
	GoFiles        []string
	CgoFiles       []string
	IgnoredGoFiles []string // for other systems
	TestGoFiles    []string
	XTestGoFiles   []string
}

// load reads the packages of the module in dir. The files are parsed here, and
// not go list's imports taken, so that those for other systems count and every
// offence has a line.
func load(dir string) ([]source, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Module,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list in %s: %w\n%s", dir, err, stderr.Bytes())
	}
	var sources []source
	for answers := json.NewDecoder(&stdout); ; {
		var l listed
		err := answers.Decode(&l)
		if errors.Is(err, io.EOF) {
			return sources, nil
		}
		if err != nil {
			return nil, fmt.Errorf("go list in %s: %w", dir, err)
		}
		s, err := read(l)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
}

// read parses the files of one package.
func read(l listed) (source, error) {
	pkg, _ := relative(l.ImportPath, l.Module.Path)
	s := source{pkg: pkg}
	files := token.NewFileSet()
	for _, name := range slices.Concat(l.GoFiles, l.CgoFiles, l.IgnoredGoFiles, l.TestGoFiles, l.XTestGoFiles) {
		path := filepath.Join(l.Dir, name)
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return source{}, err
		}
		shown, err := filepath.Rel(l.Module.Dir, path)
		if err != nil {
			return source{}, err
		}
		at := func(p token.Pos) string {
			return fmt.Sprintf("%s:%d", filepath.ToSlash(shown), files.Position(p).Line)
		}
		test := strings.HasSuffix(name, "_test.go")
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return source{}, fmt.Errorf("%s: import %s: %w", at(spec.Pos()), spec.Path.Value, err)
			}
			path, own := relative(path, l.Module.Path)
			s.imports = append(s.imports, imported{path: path, own: own, test: test, at: at(spec.Pos())})
		}
		if !test {
			for _, p := range exits(file) {
				s.exits = append(s.exits, at(p))
			}
		}
	}
	return s, nil
}

// relative turns an import path of the module into the table's terms and leaves
// others as they are.
func relative(path, module string) (name string, own bool) {
	if path == module {
		return "main", true
	}
	if rest, ok := strings.CutPrefix(path, module+"/"); ok {
		return rest, true
	}
	return path, false
}

// exits finds every mention of os.Exit, called or handed on, whatever name os
// was imported under.
func exits(file *ast.File) []token.Pos {
	names := map[string]bool{}
	for _, spec := range file.Imports {
		switch {
		case spec.Path.Value != `"os"`:
		case spec.Name == nil:
			names["os"] = true
		default:
			names[spec.Name.Name] = true
		}
	}
	var found []token.Pos
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Exit" {
			if x, ok := sel.X.(*ast.Ident); ok && names[x.Name] {
				found = append(found, sel.Pos())
			}
		}
		return true
	})
	return found
}

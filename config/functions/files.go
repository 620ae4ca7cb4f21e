package functions

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// mostFileBytes bounds what a function reads: 16 MiB.
const mostFileBytes = 16 << 20

// Files are what the file functions may read: the repository that the
// configuration lies in (the nearest folder above it that holds .git, else the
// configuration's own folder) and the folders that were allowed besides. A
// symbolic link out of them does not help. What was read once stays the same
// for all who ask again. Files are not for concurrent use.
type Files struct {
	dir   string // absolute, links resolved; relative paths start below it
	roots []string
	seen  func(name string, content []byte)

	contents map[string]answer[[]byte]
	exist    map[string]answer[bool]
	lists    map[string]answer[[]string]
}

// answer is what a question was answered with the first time.
type answer[T any] struct {
	value T
	err   error
}

// NewFiles prepares reading below dir, the root folder of the configuration, and
// below the allowed folders. Seen is called once for every file that is read,
// with its name relative to dir, slash-separated, and its content as it is on
// disk; and once for every other answer that may have influenced a result (a
// file that could not be read, fileexists, fileset), with the call in place of
// the name and the answer as content.
func NewFiles(dir string, allow []string, seen func(name string, content []byte)) (*Files, error) {
	abs, err := resolvedDir(dir)
	if err != nil {
		return nil, fmt.Errorf("find the configuration's folder %s: %w", dir, err)
	}
	root, found := Repository(abs)
	if !found {
		root = abs
	}
	f := &Files{
		dir: abs, roots: []string{root}, seen: seen,
		contents: map[string]answer[[]byte]{}, exist: map[string]answer[bool]{}, lists: map[string]answer[[]string]{},
	}
	for _, other := range allow {
		root, err := resolvedDir(other)
		if err != nil {
			return nil, fmt.Errorf("--allow-dir %s: %w", other, err)
		}
		f.roots = append(f.roots, root)
	}
	return f, nil
}

func resolvedDir(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// Repository finds the root of the repository that an absolute path lies in: the
// nearest folder from there upwards that holds .git, which is a folder or, in a
// work tree of its own, a file. No variable of the environment decides that: what
// may be read must not depend on where a pipeline keeps other checkouts.
func Repository(dir string) (root string, found bool) {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// place is a path that an expression means, in two ways of writing it.
type place struct {
	full string // absolute
	name string // relative to the root folder, slash-separated, for messages
}

// place finds what a path argument means: a relative path starts in the folder
// of the module, or in the root folder if it was made from path.module or
// path.root. The other marks are returned.
func (f *Files) place(path cty.Value, module string) (place, cty.ValueMarks) {
	path, marks := path.Unmark()
	_, fromRoot := marks[FromRoot]
	delete(marks, FromRoot)
	written := filepath.FromSlash(path.AsString())
	switch {
	case filepath.IsAbs(written):
		return place{filepath.Clean(written), filepath.ToSlash(filepath.Clean(written))}, marks
	case !fromRoot:
		written = filepath.Join(filepath.FromSlash(module), written)
	}
	return f.below(written), marks
}

// below is a place relative to the root folder. Its name does not depend on
// where that lies.
func (f *Files) below(rel string) place {
	return place{filepath.Join(f.dir, rel), filepath.ToSlash(filepath.Clean(rel))}
}

func (p place) join(below ...string) place {
	return place{
		filepath.Join(append([]string{p.full}, below...)...),
		filepath.ToSlash(filepath.Join(append([]string{filepath.FromSlash(p.name)}, below...)...)),
	}
}

// within opens the root that a place lies below.
func (f *Files) within(p place) (root *os.Root, rel string, err error) {
	for _, dir := range f.roots {
		rel, err := filepath.Rel(dir, p.full)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		root, err := os.OpenRoot(dir)
		return root, rel, err
	}
	return nil, "", errOutside
}

var (
	errNotRegular = errors.New("no ordinary file")
	errOutside    = errors.New("outside the repository")
)

// open opens nothing but regular files: reading a pipe or a device need not end.
func (f *Files) open(p place) (*os.File, error) {
	root, rel, err := f.within(p)
	if err != nil {
		return nil, err
	}
	file, err := openRegular(root, rel)
	return file, errors.Join(err, root.Close())
}

func openRegular(root *os.Root, rel string) (*os.File, error) {
	info, err := root.Stat(rel)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: rel, Err: errNotRegular}
	}
	return root.Open(rel)
}

// content gives the content of a file as it is on disk.
func (f *Files) content(p place) ([]byte, error) {
	if known, ok := f.contents[p.full]; ok {
		return known.value, f.explain(p, known.err)
	}
	content, err := f.read(p)
	if err != nil {
		f.seen(fmt.Sprintf("file(%q)", p.name), []byte("cannot be read"))
	} else {
		f.seen(p.name, content)
	}
	f.contents[p.full] = answer[[]byte]{content, err}
	return content, f.explain(p, err)
}

func (f *Files) read(p place) ([]byte, error) {
	file, err := f.open(p)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(file, mostFileBytes+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	if len(content) > mostFileBytes {
		return nil, &fs.PathError{Op: "read", Path: p.full, Err: fmt.Errorf("larger than %d MiB", mostFileBytes>>20)}
	}
	return content, nil
}

// exists tells whether there is a regular file.
func (f *Files) exists(p place) (bool, error) {
	if known, ok := f.exist[p.full]; ok {
		return known.value, f.explain(p, known.err)
	}
	file, err := f.open(p)
	found := err == nil
	switch {
	case found:
		err = file.Close()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errNotRegular):
		err = nil
	}
	said := fmt.Sprint(found)
	if err != nil {
		said = "cannot be told"
	}
	f.seen(fmt.Sprintf("fileexists(%q)", p.name), []byte(said))
	f.exist[p.full] = answer[bool]{found, err}
	return found, f.explain(p, err)
}

// explain says of a place, by the name that it was asked for under, what went wrong.
func (f *Files) explain(p place, err error) error {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, errOutside):
		return fmt.Errorf("%s lies outside the repository (%s): move it there, or allow its folder with --allow-dir", p.name, f.roots[0])
	case !errors.As(err, &pathErr):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %s", p.name)
	case strings.Contains(pathErr.Err.Error(), "escapes"): // the library has no name for this error
		return fmt.Errorf("%s is or passes through a link that leaves its folder: move what it points at into the repository, "+
			"or name that place itself and allow its folder with --allow-dir", p.name)
	}
	return fmt.Errorf("%s: %w", p.name, pathErr.Err)
}

// Dir gives the place of a folder, links resolved, if functions may read there.
// The path is relative to the root folder and slash-separated.
func (f *Files) Dir(path string) (string, error) {
	full, err := filepath.EvalSymlinks(filepath.Join(f.dir, filepath.FromSlash(path)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no folder %s", path)
	case err != nil:
		return "", f.explain(place{name: path}, err)
	}
	for _, dir := range f.roots {
		if rel, err := filepath.Rel(dir, full); err == nil && filepath.IsLocal(rel) {
			return full, nil
		}
	}
	return "", f.explain(place{name: path}, errOutside)
}

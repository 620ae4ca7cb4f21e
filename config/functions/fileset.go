package functions

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const (
	mostEntries      = 100_000 // that one fileset looks at
	mostAlternatives = 1000    // that the braces of one pattern stand for
	mostDepth        = 64      // of folders below one another: links can make circles
)

// list gives the names of the regular files below a folder that match a
// pattern, sorted, relative to the folder. In a pattern * and ? stand for
// characters of a name, [a-c] for one of several, {a,b} for alternatives and **
// for any number of folders.
func (f *Files) list(p place, pattern string) ([]string, error) {
	question := fmt.Sprintf("fileset(%q, %q)", p.name, pattern)
	key := p.full + "\x00" + pattern
	if known, ok := f.lists[key]; ok {
		return known.value, known.err
	}
	names, err := f.match(p, pattern)
	said := strings.Join(names, "\n")
	if err != nil {
		said = "cannot be told"
	}
	f.seen(question, []byte(said))
	f.lists[key] = answer[[]string]{names, err}
	return names, err
}

func (f *Files) match(p place, pattern string) ([]string, error) {
	alternatives, err := expand(pattern)
	if err != nil {
		return nil, err
	}
	var names []string
	entries := 0
	for _, alternative := range alternatives {
		segments := strings.Split(path.Clean(strings.TrimLeft(alternative, "/")), "/")
		for _, segment := range segments {
			if _, err := path.Match(segment, ""); err != nil {
				return nil, fmt.Errorf("the pattern %q is not well formed: close what it opens", pattern)
			}
		}
		start := p
		for len(segments) > 0 && segments[0] == ".." {
			start, segments = start.join(".."), segments[1:]
		}
		w := walk{files: f, start: start, entries: &entries}
		if err := w.folder(nil, segments); err != nil {
			return nil, err
		}
		for _, found := range w.found {
			rel, err := filepath.Rel(p.full, found.full)
			if err != nil {
				return nil, err
			}
			names = append(names, filepath.ToSlash(rel))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// walk looks for the files below a folder that match the segments of a pattern.
type walk struct {
	files   *Files
	start   place
	entries *int
	found   []place
}

func (w *walk) folder(below, segments []string) error {
	if len(segments) == 0 || len(below) > mostDepth {
		return nil
	}
	at := w.start.join(below...)
	entries, err := w.files.entries(at, mostEntries-*w.entries)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotFolder) {
		return nil
	}
	if err != nil {
		return w.files.explain(at, err)
	}
	if *w.entries += len(entries); *w.entries > mostEntries-1 {
		return fmt.Errorf("%s holds more than %d files to look at: write a pattern that names the folder", w.start.name, mostEntries)
	}
	if segments[0] == "**" {
		if len(segments) > 1 {
			if err := w.folder(below, segments[1:]); err != nil {
				return err
			}
		} else {
			segments = []string{"**", "*"} // a pattern that ends so means the files in all folders
			return w.folder(below, segments)
		}
	}
	for _, entry := range entries {
		if err := w.entry(below, segments, entry); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) entry(below, segments []string, name string) error {
	here := append(slices.Clone(below), name)
	at := w.start.join(here...)
	deep := segments[0] == "**"
	matched, err := path.Match(segments[0], name)
	if err != nil || !matched {
		return err
	}
	info, err := w.files.stat(at)
	switch {
	case err != nil:
		return w.files.explain(at, err)
	case info.IsDir() && deep:
		return w.folder(here, segments)
	case info.IsDir():
		return w.folder(here, segments[1:])
	case info.Mode().IsRegular() && !deep && len(segments) == 1:
		w.found = append(w.found, at)
	}
	return nil
}

var errNotFolder = errors.New("no folder")

// entries lists a folder, sorted, up to a little more than most.
func (f *Files) entries(p place, most int) (names []string, err error) {
	root, rel, err := f.within(p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	info, err := root.Stat(rel)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, errNotFolder
	}
	dir, err := root.Open(rel)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	names, err = dir.Readdirnames(max(1, most+1))
	if len(names) == 0 {
		return nil, nil // the end is told as an error
	}
	slices.Sort(names)
	return names, err
}

func (f *Files) stat(p place) (fs.FileInfo, error) {
	root, rel, err := f.within(p)
	if err != nil {
		return nil, err
	}
	info, err := root.Stat(rel)
	return info, errors.Join(err, root.Close())
}

// expand writes out the alternatives in braces.
func expand(pattern string) ([]string, error) {
	done, open := []string{}, []string{pattern}
	for len(open) > 0 {
		next := open[0]
		open = open[1:]
		from, to, commas := braces(next)
		if to < 0 {
			return nil, fmt.Errorf("the pattern %q is not well formed: close what it opens", pattern)
		}
		if from < 0 {
			done = append(done, next)
			continue
		}
		start := from + 1
		for _, end := range append(commas, to) {
			open = append(open, next[:from]+next[start:end]+next[to+1:])
			start = end + 1
		}
		if len(open)+len(done) > mostAlternatives {
			return nil, fmt.Errorf("the pattern %q stands for more than %d others", pattern, mostAlternatives)
		}
	}
	return done, nil
}

// braces finds the first pair and the commas between them. From is -1 if there
// is none, to is -1 if it is not closed.
func braces(pattern string) (from, to int, commas []int) {
	from, depth := -1, 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '{':
			if depth++; depth == 1 {
				from = i
			}
		case ',':
			if depth == 1 {
				commas = append(commas, i)
			}
		case '}':
			if depth == 1 {
				return from, i, commas
			}
			depth = max(0, depth-1)
		}
	}
	if depth > 0 {
		return from, -1, nil
	}
	return -1, 0, nil
}

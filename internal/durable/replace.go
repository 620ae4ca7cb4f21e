// Package durable replaces files whole: whoever looks at the path, also after a
// crash or a power cut, finds the old content or the new one, never a part of
// either and never nothing.
//
// It knows nothing of what is in the files. The promise is kept on Linux and
// macOS; on other systems the replacement is whole but may be lost with the power.
package durable

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Replace makes write's output the content of the file at path, with the given
// permissions. A symbolic link is followed, so that the file it points to is
// replaced and the link stays; anything else that is not a regular file is
// refused.
//
// The content goes to a temporary file in the same folder, is flushed to the
// disk and renamed over the path; then the folder is flushed. If any step fails
// the old content stands and the temporary file is removed; only where the last
// one fails, flushing the folder, is the new content there, and may be gone
// after a power cut.
func Replace(fsys FS, path string, perm fs.FileMode, write func(io.Writer) error) (err error) {
	path, err = resolve(fsys, path)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	tmp, err := fsys.CreateTemp(dir, "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = tmp.Close() // already failing: the first error is the one to tell
			_ = fsys.Remove(tmp.Name())
			err = fmt.Errorf("replace %s: %w", path, err)
		}
	}()
	buffered := bufio.NewWriterSize(tmp, 64<<10)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := tmp.Chmod(perm); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := fsys.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return fsys.SyncDir(dir)
}

// ReplaceBytes is Replace with content at hand.
func ReplaceBytes(fsys FS, path string, perm fs.FileMode, content []byte) error {
	return Replace(fsys, path, perm, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// RemoveLeftovers removes the temporary files that a process killed in the
// middle of replacing the file at path left beside it. Nobody else may be
// replacing it meanwhile.
func RemoveLeftovers(fsys FS, path string) error {
	entries, err := fsys.ReadDir(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("look for left-over temporary files: %w", err)
	}
	var problems []error
	for _, entry := range entries {
		digits, ok := strings.CutPrefix(entry.Name(), "."+filepath.Base(path)+".")
		digits, isTemporary := strings.CutSuffix(digits, ".tmp")
		if ok && isTemporary && strings.Trim(digits, "0123456789") == "" {
			problems = append(problems, fsys.Remove(filepath.Join(filepath.Dir(path), entry.Name())))
		}
	}
	return errors.Join(problems...)
}

// resolve is FollowLinks, and refuses what must not be replaced.
func resolve(fsys FS, path string) (string, error) {
	path, err := FollowLinks(fsys, path)
	if err != nil {
		return "", fmt.Errorf("replace: %w", err)
	}
	info, err := fsys.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil
	case err != nil:
		return "", fmt.Errorf("replace %s: %w", path, err)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("replace %s: it is not a regular file, so it is left alone", path)
	}
	return path, nil
}

// FollowLinks is the path that a symbolic link leads to, link by link, also
// where nothing is there yet; a path that is no link is returned as it is.
func FollowLinks(fsys FS, path string) (string, error) {
	const mostLinks = 40
	for range mostLinks {
		info, err := fsys.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, nil
		case err != nil:
			return "", err
		case info.Mode()&fs.ModeSymlink == 0:
			return path, nil
		}
		target, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(target) {
			folder, _ := filepath.Split(path)
			target = folder + target
		}
		// Join would take ".." away before the links are followed; the system does so after.
		folder, name := filepath.Split(target)
		folder, err = filepath.EvalSymlinks(folder)
		if err != nil {
			return "", err
		}
		path = filepath.Join(folder, name)
	}
	return "", fmt.Errorf("%s: too many symbolic links", path)
}

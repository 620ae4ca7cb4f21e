package cli

import (
	"os"
	"path/filepath"
	"strings"

	"setpoint/config/functions"
)

// folder is the present folder relative to the root of its repository, with
// slashes; "" for the root itself and where there is no repository. In GitHub
// Actions the root is the workspace: the names in annotations are relative to it.
func (a *app) folder() string {
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	here = realName(here)
	if workspace := a.getenv("GITHUB_WORKSPACE"); workspace != "" {
		if inside, ok := below(realName(workspace), here); ok {
			return inside
		}
	}
	root, found := functions.Repository(here)
	if !found {
		return ""
	}
	inside, _ := below(root, here)
	return inside
}

// below is a path relative to a folder that it lies in, "" for the folder.
func below(folder, path string) (inside string, ok bool) {
	inside, err := filepath.Rel(folder, path)
	if err != nil || inside == ".." || strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
		return "", false
	}
	if inside == "." {
		inside = ""
	}
	return filepath.ToSlash(inside), true
}

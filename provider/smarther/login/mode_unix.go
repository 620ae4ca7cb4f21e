//go:build unix

package login

import (
	"io/fs"
	"os"
	"syscall"
)

// tooOpen tells whether others can read or change a file of the user's own. One
// that belongs to somebody else, a mounted secret say, is their affair.
func tooOpen(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid() && info.Mode().Perm()&0o077 != 0
}

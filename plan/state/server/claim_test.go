package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"setpoint/plan/state/server"
)

// TestClaim: a folder is one server's at a time, and is made if need be.
func TestClaim(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	release, err := server.Claim(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Claim(folder); !errors.Is(err, server.ErrClaimed) {
		t.Errorf("claimed twice: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	again, err := server.Claim(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Error(err)
	}
}

// TestClaimOfNoFolder: what cannot be a folder is told as such.
func TestClaimOfNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Claim(file); err == nil || errors.Is(err, server.ErrClaimed) {
		t.Errorf("a file is claimed: %v", err)
	}
}

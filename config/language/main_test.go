package language_test

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the reference to testdata/reference.md")
	os.Exit(m.Run())
}

package config_test

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write what is drawn to testdata/config/*/want.txt")
	os.Exit(m.Run())
}

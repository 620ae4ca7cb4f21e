package state

import (
	"os"
	"path/filepath"
	"testing"

	"setpoint/internal/durable"
	houses "setpoint/internal/house"
)

// BenchmarkScale reads and writes the records of houses of every shape and size,
// in memory, for what a disk takes to flush is not ours. The floor of both is to
// decode the record. It also appends a call of each thermostat to the journal, on
// disk, held against writing and syncing a line for each two results; there it
// does not matter how they are declared.
func BenchmarkScale(b *testing.B) {
	houses.Each(b, "state-read", houses.Declared(), func(b *testing.B, shape houses.Shape, n int) {
		data := houses.State(shape, n, 0)
		houses.Against(b, houses.Reading(b, data), func() {
			if _, err := Decode("x", data); err != nil {
				b.Fatal(err)
			}
		})
	})
	houses.Each(b, "state-write", houses.Declared(), func(b *testing.B, shape houses.Shape, n int) {
		data := houses.State(shape, n, 0)
		s, err := Decode("x", data)
		if err != nil {
			b.Fatal(err)
		}
		houses.Against(b, houses.Reading(b, data), func() {
			if _, err := Encode(s); err != nil {
				b.Fatal(err)
			}
		})
	})
	houses.EachSize(b, "journal-append", func(b *testing.B, n int) {
		houses.Against(b, func() { lines(b, n) }, func() {
			s, err := NewStore(durable.OS(), filepath.Join(b.TempDir(), "state.json"), "1").
				Open(b.Context(), OpenOptions{Operation: "apply", Lock: true, Create: true})
			if err != nil {
				b.Fatal(err)
			}
			results(b, s, n, 10)
			closed(b, s)
		})
	})
}

// lines writes and syncs a file as a journal of so many results might be.
func lines(b *testing.B, results int) {
	file, err := os.Create(filepath.Join(b.TempDir(), "lines"))
	if err != nil {
		b.Fatal(err)
	}
	line := make([]byte, 700)
	for range (results + 1) / 2 {
		if _, err := file.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
}

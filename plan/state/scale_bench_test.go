package state

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"setpoint/internal/durable"
	houses "setpoint/internal/house"
)

// BenchmarkScale reads and writes the records of houses of every size, held
// against the standard library, which checks nothing; and appends a result for
// each thermostat to the journal, held against writing and syncing a line for
// each two.
func BenchmarkScale(b *testing.B) {
	b.Run("decode", func(b *testing.B) {
		houses.Each(b, func(b *testing.B, n int) {
			data := houses.State(houses.Literal, n, 0)
			houses.Against(b, func() {
				var v struct{ Thermostats map[string]plainEntry }
				if err := json.Unmarshal(data, &v); err != nil {
					b.Fatal(err)
				}
			}, func() {
				if _, err := Decode("x", data); err != nil {
					b.Fatal(err)
				}
			})
		})
	})
	b.Run("encode", func(b *testing.B) {
		houses.Each(b, func(b *testing.B, n int) {
			data := houses.State(houses.Literal, n, 0)
			s, err := Decode("x", data)
			if err != nil {
				b.Fatal(err)
			}
			var plain struct{ Thermostats map[string]plainEntry }
			if err := json.Unmarshal(data, &plain); err != nil {
				b.Fatal(err)
			}
			houses.Against(b, func() {
				if _, err := json.MarshalIndent(plain, "", "  "); err != nil {
					b.Fatal(err)
				}
			}, func() {
				if _, err := Encode(s); err != nil {
					b.Fatal(err)
				}
			})
		})
	})
	b.Run("journal", func(b *testing.B) {
		houses.Each(b, func(b *testing.B, n int) {
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
	})
}

type plainEntry struct {
	PlantID  string         `json:"plant_id"`
	ModuleID string         `json:"module_id"`
	Settings map[string]any `json:"settings"`
	Outcome  string         `json:"outcome"`
	At       string         `json:"at"`
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

package render

import (
	"time"

	"setpoint/provider"
)

// ReadingJSON is what was read of a thermostat, as all documents have it.
// Temperatures are JSON numbers of °C, humidity is per cent; until is
// plant-local, time is the thermostat's own clock and read_at this machine's.
type ReadingJSON struct {
	ReadAt      string            `json:"read_at,omitempty"`
	Error       string            `json:"error,omitempty"` // why it could not be read
	Temperature *provider.Celsius `json:"temperature,omitempty"`
	Humidity    *float64          `json:"humidity,omitempty"`
	Active      *bool             `json:"active,omitempty"`
	Status      *valuesJSON       `json:"status,omitempty"`
	Time        string            `json:"time,omitempty"`
}

// ReadingData puts a reading into the form of documents. Status is nil where the
// thermostat was not read, and why says why; at is the zero time where nothing
// has arrived.
func ReadingData(device provider.Device, status *provider.Status, at time.Time, why string) ReadingJSON {
	data := ReadingJSON{Error: why}
	if !at.IsZero() {
		data.ReadAt = at.UTC().Format(time.RFC3339)
	}
	if status == nil {
		return data
	}
	read := values(device, status.Settings)
	if read.Mode == provider.Boost { // which has an end that nobody chose, and no length
		read.BoostMinutes = nil
		if end := status.Settings.End.String(); end != "" {
			read.Until = &end
		}
	}
	data.Temperature, data.Humidity, data.Active, data.Status = status.Temperature, status.Humidity, &status.Active, &read
	if !status.Time.IsZero() {
		data.Time = status.Time.Format(time.RFC3339)
	}
	return data
}

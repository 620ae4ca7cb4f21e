package programs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"setpoint/provider"
)

// ErrNewer is in the error of Decode where only a newer setpoint can read the file.
var ErrNewer = errors.New("it was written by a newer version of setpoint")

// Decode reads the file. It refuses what Encode does not write, but for spaces,
// order and the spelling of texts: a file that was merged badly must not be
// taken for what the thermostats said. The error names what is wrong, and where.
func Decode(content []byte) (*Programs, error) {
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, errors.New("it is empty")
	}
	var sniffed struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(content, &sniffed); err == nil && sniffed.Version > Version {
		return nil, fmt.Errorf("%w: its version is %d, and this one reads %d", ErrNewer, sniffed.Version, Version)
	}
	d := &decoder{Decoder: json.NewDecoder(bytes.NewReader(content)), programs: &Programs{lists: map[provider.Device][]provider.Program{}}}
	err := d.file()
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows its end")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", 1+bytes.Count(content[:min(d.InputOffset(), int64(len(content)))], []byte("\n")), err)
	}
	return d.programs, nil
}

type decoder struct {
	*json.Decoder
	programs *Programs
	version  bool
	listed   bool
}

func (d *decoder) file() error {
	err := d.object(func(name string) error {
		switch name {
		case "version":
			var version int
			if err := d.Decode(&version); err != nil || version != Version {
				return fmt.Errorf("the version must be %d", Version)
			}
			d.version = true
			return nil
		case "thermostats":
			d.listed = true
			return d.object(d.thermostat)
		}
		return fmt.Errorf("there is no %q in such a file", name)
	})
	switch {
	case err != nil:
		return err
	case !d.version:
		return errors.New("the version is missing")
	case !d.listed:
		return errors.New("the thermostats are missing")
	}
	return nil
}

func (d *decoder) thermostat(name string) error {
	plantID, moduleID, _ := strings.Cut(name, "/")
	device := provider.Device{PlantID: plantID, ModuleID: moduleID}
	if !isID(plantID) || !isID(moduleID) {
		return fmt.Errorf("a thermostat is named PLANT_ID/MODULE_ID in lower case, not %q", name)
	}
	var list []provider.Program
	err := d.object(func(number string) error {
		n, err := strconv.Atoi(number)
		if err != nil || strconv.Itoa(n) != number {
			return fmt.Errorf("%q is no number of a program", number)
		}
		if err := provider.CheckProgram(n); err != nil {
			return err
		}
		token, err := d.Token()
		text, ok := token.(string)
		switch {
		case err != nil:
			return plain(err)
		case !ok:
			return fmt.Errorf("the name of program %d is no text", n)
		}
		list = append(list, provider.Program{Number: n, Name: text})
		return nil
	})
	if err != nil {
		return err
	}
	d.programs.Put(device, list)
	return nil
}

// isID tells whether a text can be the id of a plant or module.
func isID(text string) bool {
	return text != "" && strings.Trim(text, "0123456789abcdefghijklmnopqrstuvwxyz-") == ""
}

// object reads an object, member by member. A name that comes twice is refused.
func (d *decoder) object(member func(name string) error) error {
	token, err := d.Token()
	switch {
	case err != nil:
		return plain(err)
	case token != json.Delim('{'):
		return fmt.Errorf("an object must stand here, not %v", token)
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return plain(err)
		}
		name, _ := token.(string) // names of members are texts, or the decoder had refused them
		if seen[name] {
			return fmt.Errorf("%q stands there twice", name)
		}
		seen[name] = true
		if err := member(name); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return plain(err)
}

// plain says in words that a file ends too soon.
func plain(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends in the middle")
	}
	return err
}

package state

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// upgrade brings a state file from one version to the next. It gets the whole
// file as generic JSON, numbers as json.Number and so exactly as they stand, and
// gives the file of the next version; "version" itself is set for it. It must be
// pure. What it gives is checked like any file of that version.
type upgrade func(file map[string]any) (map[string]any, error)

// upgrades are the ways up, each under the version that it starts from. A
// version without one is not read.
//
// Whoever changes the format raises Version, adds the upgrade from the version
// before, keeps all older ones, and adds a file of the version before to the
// test data with what it becomes. Reading writes nothing: the file stays in its
// version until something is changed, and is in the backup then.
type upgrades map[int]upgrade

// everyUpgrade lists the formats that there were. Version 1 is the first.
func everyUpgrade() upgrades { return upgrades{} }

// oldest is the oldest version from which there is a way up to Version.
func (u upgrades) oldest() int {
	oldest := Version
	for u[oldest-1] != nil {
		oldest--
	}
	return oldest
}

// upgrade brings a file from a version that decodeVersion let through to Version.
func (u upgrades) upgrade(path string, version int, data []byte) ([]byte, error) {
	fail := func(err error) error {
		return &Error{Kind: KindShape, Path: path, Err: err, Remedy: restore(path),
			Detail: fmt.Sprintf("the state has format %d and cannot be brought to format %d", version, version+1)}
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var file map[string]any
	if err := decoder.Decode(&file); err != nil {
		return nil, fail(err)
	}
	for ; version < Version; version++ {
		next, err := u[version](file)
		if err != nil {
			return nil, fail(err)
		}
		if next == nil {
			next = map[string]any{}
		}
		next["version"] = version + 1
		file = next
	}
	upgraded, err := marshal(file, "")
	if err != nil {
		return nil, fail(err)
	}
	return upgraded, nil
}

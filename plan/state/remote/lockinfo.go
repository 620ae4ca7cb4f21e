package remote

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"setpoint/plan/state"
)

// lockJSON is a holder as Terraform writes it, in its order.
type lockJSON struct {
	ID        string
	Operation string
	Info      string
	Who       string
	Version   string
	Created   string
	Path      string
}

const operationPrefix = "OperationType"

func encodeLock(info state.LockInfo, version, place string) ([]byte, error) {
	out := lockJSON{ID: info.ID, Operation: info.Operation, Who: info.Who, Version: version, Info: info.JobURL, Path: place,
		Created: info.Created.UTC().Format(time.RFC3339Nano)}
	if info.Operation == "apply" || info.Operation == "destroy" {
		out.Operation = operationPrefix + "Apply"
	}
	if info.PID != 0 {
		out.Info = strings.TrimSpace(fmt.Sprintf("process %d %s", info.PID, info.JobURL))
	}
	return json.Marshal(out)
}

// decodeLock reads a holder; nil where there is none to be read. All of it is
// foreign text.
func (c *Client) decodeLock(body []byte) *state.LockInfo {
	var in lockJSON
	if json.Unmarshal(body, &in) != nil || in.ID == "" {
		return nil
	}
	info := &state.LockInfo{ID: c.clean(in.ID), Who: c.clean(in.Who), JobURL: c.clean(in.Info), Operation: c.clean(in.Operation)}
	if what, ok := strings.CutPrefix(info.Operation, operationPrefix); ok {
		info.Operation = strings.ToLower(what)
	}
	if created, err := time.Parse(time.RFC3339Nano, in.Created); err == nil {
		info.Created = created.UTC().Truncate(time.Second)
	}
	return info
}

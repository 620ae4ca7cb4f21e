package summary

import (
	"encoding/json"
	"fmt"
)

// GitLab is the report that GitLab shows in the widget of a merge request: how
// many thermostats are to be created, updated and deleted. One that is only
// forgotten, moved or imported is none of these. Where there is no plan it is an
// empty object, which the widget shows as a report that failed: three zeros
// would say that all is well.
func GitLab(s *Summary) string {
	if s.Plan == nil {
		return "{}\n"
	}
	c := s.Plan.Counts
	return fmt.Sprintf("{\"create\":%d,\"update\":%d,\"delete\":%d}\n", c.Add, c.Change, c.Destroy)
}

// IsGitLab tells whether a file's content is such a report, so that another one
// may take its place.
func IsGitLab(content []byte) bool {
	var counts map[string]uint
	if json.Unmarshal(content, &counts) != nil || counts == nil {
		return false
	}
	for _, name := range []string{"create", "update", "delete"} {
		delete(counts, name)
	}
	return len(counts) == 0
}

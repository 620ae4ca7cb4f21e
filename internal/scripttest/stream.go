package scripttest

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Stream checks what a command wrote with --json: that every line is as the schema
// of streams says, the first one and only that one is the version, whatever was
// begun has one end, and the numbers of a run come last. It gives the lines back with everything in them that a
// clock decides made equal.
func Stream(schema string, written []byte) (string, error) {
	compiled, err := jsonschema.NewCompiler().Compile(schema)
	if err != nil {
		return "", err
	}
	if !bytes.HasSuffix(written, []byte("\n")) {
		return "", errors.New("the last line does not end")
	}
	var problems []error
	begun := map[string]string{}
	number, ended := 0, false
	for line := range bytes.Lines(written) {
		number++
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err == nil {
			err = compiled.Validate(value)
		}
		if err == nil {
			err = follows(value.(map[string]any), number, begun)
		}
		if err == nil && ended {
			err = errors.New("the numbers of the run stand before it")
		}
		ended = ended || err == nil && endsRun(value.(map[string]any))
		if err != nil {
			problems = append(problems, fmt.Errorf("line %d: %s: %w", number, line, err))
		}
	}
	for what := range begun {
		problems = append(problems, fmt.Errorf("%s has no end", what))
	}
	return untimed(string(written)), errors.Join(problems...)
}

// follows checks that a line may come where it stands.
func follows(line map[string]any, number int, begun map[string]string) error {
	kind := line["type"].(string)
	if (number == 1) != (kind == "version") {
		return errors.New("the version belongs into the first line")
	}
	if d, ok := line["diagnostic"].(map[string]any); ok {
		delete(begun, fmt.Sprintf("refresh of %v", d["address"])) // it was not read
	}
	hook, ok := line["hook"].(map[string]any)
	if !ok {
		return nil
	}
	phase, what, _ := strings.Cut(kind, "_")
	step := phase + " of " + hook["resource"].(map[string]any)["addr"].(string)
	_, open := begun[step]
	switch {
	case (what == "start") == open:
		return fmt.Errorf("%s where it is begun: %t", kind, open)
	case what == "start":
		begun[step] = kind
	case what == "complete" || what == "errored":
		delete(begun, step)
	}
	return nil
}

// endsRun tells whether a line has the numbers of a run, not of a plan.
func endsRun(line map[string]any) bool {
	changes, ok := line["changes"].(map[string]any)
	return ok && changes["operation"] != "plan"
}

// untimed replaces what a clock decides.
func untimed(text string) string {
	for _, r := range []struct{ pattern, by string }{
		{`"@timestamp":"[^"]*"`, `"@timestamp":"T"`},
		{`"elapsed_seconds":\d+`, `"elapsed_seconds":0`},
		{`"wait_seconds":[0-9.e-]+`, `"wait_seconds":0`},
		{`"retry_after":\d+`, `"retry_after":1`},
		{`"retry_at":"[^"]*"`, `"retry_at":"T"`},
		{`done after [0-9.]+ m?s`, `done after 0 ms`},
		{`again in [0-9.]+ m?s`, `again in 0 ms`},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.by)
	}
	return text
}

// streamCommand is the script command
//
//	stream FILE   check FILE ("stdout": that of the last command) with Stream against the schema that STREAM_SCHEMA names, and print it untimed
func streamCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stream FILE")
	}
	text, err := Stream(ts.Getenv("STREAM_SCHEMA"), []byte(ts.ReadFile(args[0])))
	ts.Check(err)
	_, err = fmt.Fprint(ts.Stdout(), text)
	ts.Check(err)
}

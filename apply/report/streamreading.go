package report

import (
	"setpoint/config"
	"setpoint/config/address"
	"setpoint/config/diag"
	"setpoint/plan/render"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// ReadingLines writes the events of the reading before a plan as lines of a stream.
// Each thermostat that is asked has one refresh_start and then one refresh_complete,
// or a diagnostic with its address.
//
// Its methods are called by one goroutine at a time.
type ReadingLines struct {
	stream    *render.Stream
	locate    func(diag.Diagnostic) diag.Diagnostic
	words     func(survey.Event) []string
	addresses map[provider.Device]address.Address
}

// NewReadingLines writes to a stream what happens to declared thermostats. Words says
// of a retry or a pause what is said of it as text, locate adds to a diagnostic the
// place where its thermostat is declared.
func NewReadingLines(stream *render.Stream, declared []config.Thermostat, words func(survey.Event) []string, locate func(diag.Diagnostic) diag.Diagnostic) *ReadingLines {
	l := &ReadingLines{stream, locate, words, make(map[provider.Device]address.Address, len(declared))}
	for i := range declared {
		l.addresses[declared[i].Device] = declared[i].Address
	}
	return l
}

// refreshHook is what the lines of a reading have.
type refreshHook struct {
	Resource render.StreamResource `json:"resource"`
	IDKey    string                `json:"id_key"`
	IDValue  string                `json:"id_value"`
}

// Observe takes an event of a survey of states. A line that cannot be written is no
// reason to stop reading.
func (l *ReadingLines) Observe(e survey.Event) {
	switch e := e.(type) {
	case survey.Started:
		if e.Attempt == 1 {
			l.line("refresh_start", "reading its status", e.Call.Device)
		}
	case survey.Settled:
		switch {
		case e.Outcome == dispatch.Succeeded:
			l.line("refresh_complete", "read", e.Call.Device)
		case e.Err != nil: // else it was not begun
			l.unread(e)
		}
	case survey.Retrying, survey.Paused:
		for _, text := range l.words(e) { // none of a pause that was told
			_ = l.stream.Log(render.LevelWarn, text)
		}
	case survey.Foreseen:
	}
}

func (l *ReadingLines) unread(e survey.Settled) {
	reason, _ := provider.Reason(e.Err)
	detail := sentence(reason)
	if provider.AccountWide(e.Err) == "" { // else no plan is made
		detail += " It is planned from the record."
	}
	_ = l.stream.Diagnostic(l.locate(diag.Diagnostic{
		Severity: diag.Warning, Summary: "Not read", Detail: detail, Address: l.addresses[e.Call.Device].String(),
	}), render.Retry{})
}

func (l *ReadingLines) line(kind, what string, device provider.Device) {
	at := l.addresses[device]
	_ = l.stream.Line(render.LevelInfo, kind, at.String()+": "+what, struct {
		Hook refreshHook `json:"hook"`
	}{refreshHook{render.ResourceAt(at), "id", device.ID()}})
}

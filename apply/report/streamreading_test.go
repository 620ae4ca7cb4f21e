package report_test

import (
	"errors"
	"testing"
	"time"

	"setpoint/apply/report"
	"setpoint/config"
	"setpoint/config/address"
	"setpoint/plan/render"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

func TestReadingLines(t *testing.T) {
	call := func(module string) survey.Call {
		return survey.Call{Question: survey.AskStatus, Device: provider.Device{PlantID: "p", ModuleID: module}}
	}
	var declared []config.Thermostat
	for _, name := range []string{"good", "bad", "late", "quota"} {
		declared = append(declared, config.Thermostat{Address: address.Address{Name: name}, Device: call(name).Device})
	}
	words := func(e survey.Event) []string {
		if _, paused := e.(survey.Paused); paused {
			return nil
		}
		return []string{"again soon"}
	}
	quota := &provider.Error{Kind: provider.KindQuota, StatusCode: 403}
	got := streamed(t, func(s *render.Stream) {
		l := report.NewReadingLines(s, declared, words, located)
		for _, e := range []survey.Event{
			survey.Foreseen{Questions: 4},
			survey.Started{Call: call("good"), Attempt: 1},
			survey.Retrying{Call: call("good"), Attempt: 1, Err: errors.New("lost"), Wait: time.Second},
			survey.Paused{},
			survey.Started{Call: call("good"), Attempt: 2},
			survey.Settled{Call: call("good"), Outcome: dispatch.Succeeded},
			survey.Started{Call: call("bad"), Attempt: 1},
			survey.Settled{Call: call("bad"), Outcome: dispatch.Failed, Err: errors.New("no such module")},
			survey.Settled{Call: call("late"), Outcome: dispatch.NotAttempted},
			survey.Started{Call: call("quota"), Attempt: 1},
			survey.Settled{Call: call("quota"), Outcome: dispatch.Failed, Err: quota},
		} {
			l.Observe(e)
		}
	})
	same(t, `
{"@level":"info","@message":"thermostat.good: reading its status","type":"refresh_start","hook":{}}
{"@level":"warn","@message":"again soon","type":"log"}
{"@level":"info","@message":"thermostat.good: read","type":"refresh_complete","hook":{}}
{"@level":"info","@message":"thermostat.bad: reading its status","type":"refresh_start","hook":{}}
{"@level":"warn","@message":"Warning: Not read","type":"diagnostic","diagnostic":{"severity":"warning","summary":"Not read","detail":"No such module. It is planned from the record.","address":"thermostat.bad"}}
{"@level":"info","@message":"thermostat.quota: reading its status","type":"refresh_start","hook":{}}
{"@level":"warn","@message":"Warning: Not read","type":"diagnostic","diagnostic":{"severity":"warning","summary":"Not read","detail":"403 daily quota used up.","address":"thermostat.quota"}}
`, got)
}

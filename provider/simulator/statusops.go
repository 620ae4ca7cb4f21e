package simulator

import (
	"net/http"
	"strings"
	"time"
)

// setStatus answers Set Chronothermostat Status.
func (c *Cloud) setStatus(r request) answer {
	version, refusal := c.change(r)
	if refusal != nil {
		return *refusal
	}
	if err := c.keep(version); err != nil {
		a := gatewayError(http.StatusInternalServerError, "Server internal error: "+err.Error())
		a.landed = true
		return a
	}
	return answer{status: http.StatusOK, landed: true}
}

// change makes the change that the request asks for, all of it or nothing.
func (c *Cloud) change(r request) (version uint64, refusal *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := r.arrived
	p, status, err := c.find(r.plantID, r.moduleID, now)
	if err != nil {
		return 0, new(gatewayError(http.StatusNotFound, "Resource not found: "+err.Error()))
	}
	command, problems := parseBody(r.body)
	if len(problems) > 0 {
		return 0, new(badRequest(problems...))
	}
	next, problems := command.settings(status.Settings, p.zone, now)
	if len(problems) > 0 {
		return 0, new(wrongParameters(problems...))
	}
	return c.put(p, r.moduleID, status.enter(next)), nil
}

// getStatus answers Get Chronothermostat Status.
func (c *Cloud) getStatus(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := r.arrived
	p, status, err := c.find(r.plantID, r.moduleID, now)
	if err != nil {
		return gatewayError(http.StatusNotFound, "Resource not found: "+err.Error())
	}
	return jsonAnswer(http.StatusOK, statusList{[]chronothermostat{
		reading(strings.ToLower(r.plantID), strings.ToLower(r.moduleID), status, now.In(p.zone)),
	}})
}

// What Get status answers, as clients have seen it: enums in upper case,
// numbers as text, the remembered program in every mode.
type statusList struct {
	Chronothermostats []chronothermostat `json:"chronothermostats"`
}

type chronothermostat struct {
	Function          string    `json:"function"`
	Mode              string    `json:"mode"`
	SetPoint          *quantity `json:"setPoint,omitempty"` // not in boost, says the reference
	Programs          []program `json:"programs"`
	ActivationTime    string    `json:"activationTime,omitempty"` // the end alone, plant-local, no offset
	TemperatureFormat string    `json:"temperatureFormat"`
	LoadState         string    `json:"loadState"`
	Time              string    `json:"time"` // the thermostat's clock with its offset
	Thermometer       measures  `json:"thermometer"`
	Hygrometer        measures  `json:"hygrometer"`
	Sender            sender    `json:"sender"`
}

type quantity struct {
	Value string `json:"value"`
	Unit  string `json:"unit"`
}

type program struct {
	Number int `json:"number"`
}

type measures struct {
	Measures []measure `json:"measures"`
}

type measure struct {
	TimeStamp string `json:"timeStamp"`
	Value     string `json:"value"`
	Unit      string `json:"unit"`
}

type sender struct {
	AddressType string      `json:"addressType"`
	System      string      `json:"system"`
	Plant       senderPlant `json:"plant"`
}

type senderPlant struct {
	ID     string       `json:"id"`
	Module senderModule `json:"module"`
}

type senderModule struct {
	ID string `json:"id"`
}

// reading is a status as the API tells it; now is in the plant's zone.
func reading(plantID, moduleID string, s Status, now time.Time) chronothermostat {
	clock := now.Format(offsetLayout)
	one := func(value Tenths, unit string) measures {
		return measures{[]measure{{clock, value.String(), unit}}}
	}
	r := chronothermostat{
		Function:          strings.ToUpper(string(s.Function)),
		Mode:              strings.ToUpper(string(s.Mode)),
		Programs:          []program{{s.Program}},
		TemperatureFormat: "C",
		LoadState:         "INACTIVE",
		Time:              clock,
		Thermometer:       one(s.Temperature, "C"),
		Hygrometer:        one(s.Humidity, "%"),
		Sender: sender{
			AddressType: "addressLocation",
			System:      "thermoregulation",
			Plant:       senderPlant{plantID, senderModule{moduleID}},
		},
	}
	if s.Mode != Boost {
		r.SetPoint = &quantity{s.Setpoint.String() + "0000", "C"} // five decimals
	}
	if !s.End.IsZero() {
		r.ActivationTime = s.End.Format(wallLayout)
	}
	if s.active() {
		r.LoadState = "ACTIVE"
	}
	return r
}

package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// setStatus answers Set Chronothermostat Status: it makes the change that the
// request asks for, all of it or nothing.
func (c *Cloud) setStatus(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, status, err := c.find(r.plantID, r.moduleID, r.arrived)
	if err != nil {
		return notFound(err)
	}
	command, problems := parseBody(r.body)
	if len(problems) > 0 {
		return badRequest(problems...)
	}
	next, problems := command.settings(status.Settings, p.zone, r.arrived)
	if len(problems) > 0 {
		return wrongParameters(problems...)
	}
	a := emptyAnswer(http.StatusOK)
	if err := c.put(r.plantID, r.moduleID, status.enter(next)); err != nil {
		a = gatewayError(http.StatusInternalServerError, "Server internal error: "+err.Error())
	}
	a.landed = true
	return a
}

// getStatus answers Get Chronothermostat Status.
func (c *Cloud) getStatus(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, status, err := c.find(r.plantID, r.moduleID, r.arrived)
	if err != nil {
		return notFound(err)
	}
	is := reading(status, r.arrived.In(p.zone))
	is.Programs = []program{{Number: c.number(status.Program)}}
	is.Sender = senderOf(r)
	return jsonAnswer(http.StatusOK, statusList{[]chronothermostat{is}})
}

// getMeasures answers Chronothermostat Measures.
func (c *Cloud) getMeasures(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, status, err := c.find(r.plantID, r.moduleID, r.arrived)
	if err != nil {
		return notFound(err)
	}
	is := reading(status, r.arrived.In(p.zone))
	return jsonAnswer(http.StatusOK, struct {
		Thermometer measures `json:"thermometer"`
		Hygrometer  measures `json:"hygrometer"`
		Sender      sender   `json:"sender"`
	}{is.Thermometer, is.Hygrometer, senderOf(r)})
}

// number is an integer, or its text where the cloud answers numbers so.
func (c *Cloud) number(n int) any {
	if c.numbersAsText {
		return strconv.Itoa(n)
	}
	return n
}

func senderOf(r request) sender {
	return sender{
		AddressType: "addressLocation",
		System:      "thermoregulation",
		Plant:       senderPlant{strings.ToLower(r.plantID), senderModule{strings.ToLower(r.moduleID)}},
	}
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
	Number any `json:"number"` // an integer or text
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

// reading is a status as the API tells it, but for programs and sender; now is in
// the plant's zone.
func reading(s Status, now time.Time) chronothermostat {
	clock := now.Format(offsetLayout)
	one := func(value Tenths, unit string) measures {
		return measures{[]measure{{clock, value.String(), unit}}}
	}
	r := chronothermostat{
		Function:          strings.ToUpper(string(s.Function)),
		Mode:              strings.ToUpper(string(s.Mode)),
		TemperatureFormat: "C",
		LoadState:         "INACTIVE",
		Time:              clock,
		Thermometer:       one(s.Temperature, "C"),
		Hygrometer:        one(s.Humidity, "%"),
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

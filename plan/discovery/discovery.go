// Package discovery compares what an account holds with what a configuration
// declares, and writes down what is missing there: the configuration with which
// a plan changes nothing, and the same as data. What cannot be declared as it is
// stands there with its reason; nothing is guessed.
//
// It makes no call and looks at no clock. It must not know where its texts go,
// nor the record of what was applied.
package discovery

import (
	"fmt"
	"time"

	"setpoint/config"
	"setpoint/provider"
	"setpoint/provider/dispatch"
	"setpoint/provider/survey"
)

// Account is an account beside a configuration: what there is, what it is
// called, and what keeps it from being declared.
type Account struct {
	*survey.Inventory
	plants   []plant // in the order of the cloud
	provider bool    // a provider block is declared already
	endpoint string  // "" for the default
}

type plant struct {
	*survey.Plant
	name        string        // of its block
	declared    *config.Plant // nil where it is not
	clocks      clocks
	zone        *time.Location    // as declared or given; nil where it is not known
	zoneGiven   bool              // it is to be written down
	misfit      *time.Location    // a zone that the clocks show not to be the plant's
	function    provider.Function // of all its thermostats that are to be declared; "" where they differ
	thermostats []thermostat
}

type thermostat struct {
	*survey.Thermostat
	name     string // of its block
	declared string // the address where it is declared already
	obstacle string // why its block cannot be used as it is, a clause; "" where it can
	settings provider.Settings
}

// Compare brings together what was found and a configuration, whose thermostats
// need not have been read, with the time zones that a person gave. Now is the
// instant that ends of temporary statuses must be after.
func Compare(found *survey.Inventory, c *config.Config, given Zones, now time.Time) *Account {
	d := &Account{Inventory: found, provider: c.Declares("provider", "")}
	if c.Provider.Endpoint != provider.DefaultEndpoint {
		d.endpoint = c.Provider.Endpoint
	}
	plants, addresses := map[string]*config.Plant{}, map[provider.Device]string{}
	for i := range c.Plants {
		plants[c.Plants[i].ID] = &c.Plants[i]
	}
	for i := range c.Thermostats {
		addresses[c.Thermostats[i].Device] = c.Thermostats[i].Address.String()
	}
	d.plants = make([]plant, len(found.Plants))
	for i := range d.plants {
		p := &d.plants[i]
		p.Plant, p.declared = &found.Plants[i], plants[found.Plants[i].ID]
		p.clocks = clocksOf(p.Plant)
		p.chooseZone(given, c.DefaultZone())
		p.thermostats = make([]thermostat, len(p.Thermostats))
		for j := range p.thermostats {
			t := &p.thermostats[j]
			t.Thermostat = &p.Thermostats[j]
			t.declared = addresses[t.Device]
			t.look(p.zone, now)
		}
		p.chooseFunction()
	}
	d.chooseNames(c)
	return d
}

// chooseZone takes what is declared, else what a person gave, else the
// configuration's default. What is not declared must fit the clocks.
func (p *plant) chooseZone(given Zones, byDefault *time.Location) {
	switch zone := given.of(p.ID); {
	case p.declared != nil:
		p.zone = p.declared.Zone
		if p.zone != nil && !p.clocks.fit(p.zone) {
			p.misfit = p.zone
		}
	case zone != nil && !p.clocks.fit(zone):
		p.misfit = zone
	case zone != nil:
		p.zone, p.zoneGiven = zone, byDefault == nil || zone.String() != byDefault.String()
	case byDefault != nil:
		p.zone = byDefault
		if !p.clocks.fit(byDefault) {
			p.zone, p.misfit = nil, byDefault
		}
	}
}

// look takes from the reading what a block would say, or why there can be none.
func (t *thermostat) look(zone *time.Location, now time.Time) {
	t.obstacle = t.obstacleIn(zone, now)
	if t.Status.OK() {
		t.settings = t.Status.Value.Settings.Canonical()
	}
}

func (t *thermostat) obstacleIn(zone *time.Location, now time.Time) string {
	read := t.Status.Value.Settings
	switch {
	case t.declared != "":
		return ""
	case !provider.IsID(t.Device.PlantID) || !provider.IsID(t.Device.ModuleID):
		return fmt.Sprintf("a configuration cannot name it, because its id, %s, is no pair of UUIDs", t.Device.ID())
	case t.Status.Outcome == dispatch.Failed:
		return "it could not be read: " + survey.Reason(t.Status.Err)
	case !t.Status.OK():
		return "it was not read, because reading was cut short"
	case read.Mode == provider.Boost:
		return "it is in a boost" + survey.Ends(read.End) + ", and what it goes back to then cannot be read; fill that in, or run setpoint discover again when it is over"
	case !read.End.IsZero():
		if why := declarableEnd(read.End, zone, now); why != "" {
			return "what it is set to ends, and " + why
		}
	}
	return ""
}

// ready tells whether there is a block to be printed that can be used as it is.
func (t *thermostat) ready() bool { return t.declared == "" && t.obstacle == "" }

// chooseFunction finds the function that the plant's new thermostats have in
// common.
func (p *plant) chooseFunction() {
	found := map[provider.Function]bool{}
	for i := range p.thermostats {
		if t := &p.thermostats[i]; t.declared == "" && t.Status.OK() {
			found[t.settings.Function] = true
			p.function = t.settings.Function
		}
	}
	if len(found) > 1 {
		p.function = ""
	}
}

// inherited is the function that the plant's block gives a thermostat.
func (p *plant) inherited() provider.Function {
	if p.declared != nil {
		return p.declared.Function
	}
	return p.function
}

// chooseNames names the blocks that are to be printed.
func (d *Account) chooseNames(c *config.Config) {
	wishes := make([]wish, len(d.plants))
	for i := range d.plants {
		base := identifier(d.plants[i].Name, "plant")
		wishes[i] = wish{base: base, longer: base, plant: d.plants[i].ID, key: d.plants[i].ID}
	}
	for i, name := range assignNames(wishes, func(name string) bool { return c.Declares("plant", name) }) {
		d.plants[i].name = name
	}
	wishes = nil
	var named []*thermostat
	for i := range d.plants {
		for j := range d.plants[i].thermostats {
			t := &d.plants[i].thermostats[j]
			if t.declared != "" {
				continue
			}
			base := identifier(t.Name, "thermostat")
			named = append(named, t)
			wishes = append(wishes, wish{base, d.plants[i].name + "_" + base, t.Device.PlantID, t.Device.ID()})
		}
	}
	for i, name := range assignNames(wishes, func(name string) bool { return c.Declares("thermostat", name) }) {
		named[i].name = name
	}
}

// wanted tells whether there is something to be said of the plant that the
// configuration does not say.
func (p *plant) wanted() bool {
	for i := range p.thermostats {
		if p.thermostats[i].declared == "" {
			return true
		}
	}
	return !p.Listed.OK() || p.declared == nil && len(p.thermostats) == 0
}

// Tally counts thermostats by what became of them.
type Tally struct {
	Ready     int // with a block that can be used as it is
	Commented int // with a block that is left to a person
	Declared  int // by the configuration already
	Unread    int // of those commented, the ones that could not be read
}

// Total is how many there are.
func (n Tally) Total() int { return n.Ready + n.Commented + n.Declared }

// Read is how many that are not declared were read.
func (n Tally) Read() int { return n.Ready + n.Commented - n.Unread }

// Tally counts the thermostats of all plants.
func (d *Account) Tally() Tally {
	var n Tally
	for i := range d.plants {
		for j := range d.plants[i].thermostats {
			switch t := &d.plants[i].thermostats[j]; {
			case t.declared != "":
				n.Declared++
			case t.ready():
				n.Ready++
			default:
				n.Commented++
				if !t.Status.OK() {
					n.Unread++
				}
			}
		}
	}
	return n
}

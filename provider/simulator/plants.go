package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// getPlants answers Plants.
func (c *Cloud) getPlants(request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.house.plants) == 0 {
		return emptyAnswer(http.StatusNoContent)
	}
	type item struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Type string `json:"type"`
	}
	var list []item
	for _, id := range slices.Sorted(maps.Keys(c.house.plants)) {
		one := item{id, c.house.plants[id].name(id), "Home"}
		if list = append(list, one); c.duplicatePlants {
			list = append(list, one)
		}
	}
	return jsonAnswer(http.StatusOK, map[string]any{"plants": list})
}

// What Topology answers.
type topology struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Modules []module `json:"modules"`
}

type module struct {
	Device       string       `json:"device"`
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	Capabilities []capability `json:"capabilities"`
}

type capability struct {
	Capability string `json:"capability"`
	CanDo      canDo  `json:"canDo"`
}

type canDo struct {
	Command      can `json:"command"`
	Request      can `json:"request"`
	Notification can `json:"notification"`
}

type can struct {
	Do bool `json:"do"`
}

// getTopology answers Topology.
func (c *Cloud) getTopology(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, err := c.findPlant(r.plantID)
	if err != nil {
		return notFound(err)
	}
	id := strings.ToLower(r.plantID)
	is := topology{ID: id, Name: p.name(id), Modules: []module{}}
	for _, id := range slices.Sorted(maps.Keys(p.Thermostats)) {
		is.Modules = append(is.Modules, module{"chronothermostat", id, p.Thermostats[id].name(id), capabilities()})
	}
	return jsonAnswer(http.StatusOK, map[string]any{"plant": is})
}

func capabilities() []capability {
	var list []capability
	for _, name := range []string{"function", "mode", "setPoint", "programs", "activationTime"} {
		list = append(list, capability{name, canDo{Command: can{true}, Request: can{true}}})
	}
	for _, name := range []string{"thermometer", "hygrometer"} {
		list = append(list, capability{name, canDo{Request: can{true}}})
	}
	return list
}

// name is that of a plant; one that nobody has named is called by its id.
func (p *plant) name(id string) string {
	if p.Name != "" {
		return p.Name
	}
	return "Plant " + id[len(id)-4:]
}

func (t thermostat) name(id string) string {
	if t.Name != "" {
		return t.Name
	}
	return "Thermostat " + id[len(id)-4:]
}

// getPrograms answers Chronothermostat ProgramList: entry 0, a placeholder, then
// the thermostat's own.
func (c *Cloud) getPrograms(r request) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, _, err := c.find(r.plantID, r.moduleID, r.arrived)
	if err != nil {
		return notFound(err)
	}
	type item struct {
		Number any    `json:"number"`
		Name   string `json:"name"`
	}
	list := []item{{c.number(0), "0"}}
	for _, program := range p.Thermostats[strings.ToLower(r.moduleID)].programs() {
		one := item{c.number(program.Number), program.Name}
		if program.Number == 0 {
			list[0] = one
			continue
		}
		list = append(list, one)
	}
	type entry struct {
		Programs []item `json:"programs"`
		Sender   sender `json:"sender"`
	}
	return jsonAnswer(http.StatusOK, map[string]any{"chronothermostats": []entry{{list, senderOf(r)}}})
}

// programs is the thermostat's own list, or that of a new device.
func (t thermostat) programs() []Program {
	if len(t.Programs) > 0 {
		return t.Programs
	}
	return []Program{{1, "At Home"}, {2, "Night"}, {3, "Holiday"}}
}

// NamePlant gives a plant a name; empty takes it away. A plant without one is
// called by the end of its id. As with Ensure, it is saved with the next write or
// by Close.
func (c *Cloud) NamePlant(plantID, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, err := c.findPlant(plantID)
	if err != nil {
		return fmt.Errorf("name the plant: %w", err)
	}
	if p.Name != name {
		p.Name = name
		c.store.outdate()
	}
	return nil
}

// NameThermostat gives a thermostat a name; empty takes it away. As with Ensure,
// it is saved with the next write or by Close.
func (c *Cloud) NameThermostat(plantID, moduleID, name string) error {
	return c.describe("name the thermostat", plantID, moduleID, func(t *thermostat) bool {
		changed := t.Name != name
		t.Name = name
		return changed
	})
}

// SetPrograms gives a thermostat its program list, in this order; none means that
// of a new device. Entry 0, named "0", need not be in it. As with Ensure, it is
// saved with the next write or by Close.
func (c *Cloud) SetPrograms(plantID, moduleID string, programs []Program) error {
	if err := joinProblems(programProblems(programs)); err != nil {
		return fmt.Errorf("set the program list of thermostat %s: %w", moduleID, err)
	}
	return c.describe("set the program list", plantID, moduleID, func(t *thermostat) bool {
		changed := !slices.Equal(t.Programs, programs)
		t.Programs = slices.Clone(programs)
		return changed
	})
}

func (c *Cloud) describe(what, plantID, moduleID string, change func(*thermostat) bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, _, err := c.find(plantID, moduleID, c.clock.now())
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	t := p.Thermostats[strings.ToLower(moduleID)]
	if change(&t) {
		c.store.outdate()
	}
	p.Thermostats[strings.ToLower(moduleID)] = t
	return nil
}

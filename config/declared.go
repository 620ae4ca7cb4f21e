package config

import "time"

// Declares tells whether the root module has a block of that type and name:
// a "thermostat", a "plant", or the "provider", whose name does not matter. So
// whoever writes more blocks knows which names are taken.
func (c *Config) Declares(blockType, name string) bool {
	if c.scope == nil {
		return false
	}
	m := c.scope.module
	switch blockType {
	case "thermostat":
		return m.thermostats[name] != nil
	case "plant":
		return m.plants[name] != nil
	case "provider":
		return m.provider != nil
	}
	return false
}

// DefaultZone is the time zone of plants that declare none; nil where there is none.
func (c *Config) DefaultZone() *time.Location {
	if c.scope == nil {
		return nil
	}
	return c.scope.zoneDefault
}

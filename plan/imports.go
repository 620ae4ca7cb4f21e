package plan

import (
	"setpoint/config"
	"setpoint/config/diag"
)

// checkImports reports imports that do not fit what is declared. Of what is
// recorded already none is needed any more; where everything is given up none is made.
func (m *maker) checkImports() {
	m.imports = make(map[string]*config.Import, len(m.Config.Imports))
	if m.Destroy {
		return
	}
	for i := range m.Config.Imports {
		imported := &m.Config.Imports[i]
		name := imported.To.String()
		switch t := m.declaredAt[name]; {
		case t == nil:
			m.noticeIn(&imported.Range, diag.Error, "Imported, but not declared", "%s is to be imported, but the configuration does not declare it.%s "+
				"Write its block, or remove this import block.", name, m.near(name, m.knownNames()))
		case t.Device != imported.Device:
			m.noticeIn(&imported.Range, diag.Error, "Import of another thermostat", "%s is to be imported as plant %s, module %s, but is declared at %s as plant %s, module %s. "+
				"Let both name the same.", name, imported.Device.PlantID, imported.Device.ModuleID, at(t.Range("")), t.Device.PlantID, t.Device.ModuleID)
		default:
			m.imports[name] = imported
		}
	}
}

package config_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"setpoint/config"
	"setpoint/config/address"
	"setpoint/provider"
)

func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }

// blocks are the blocks of a configuration in which everything refers to
// something else.
func blocks() (root, module []string) {
	root = []string{
		"variable \"base\" {\n  type = number\n  default = 19\n  validation {\n    condition = var.base < var.top\n    error_message = \"Too warm.\"\n  }\n}\n",
		"variable \"top\" {\n  type = number\n  default = 22\n}\n",
		"variable \"token\" {\n  sensitive = true\n  default = \"first-secret\"\n}\n",
		"variable \"key\" {\n  sensitive = true\n  default = \"second-secret\"\n}\n",
		"locals {\n  b = local.a + 1\n  rooms = { x = 2, y = 3 }\n}\n", "locals {\n  a = var.base\n}\n", home,
		"provider \"smarther\" {\n  time_zone = \"Europe/Rome\"\n  access_token = var.token\n  subscription_key = var.key\n}\n",
		"thermostat \"hall\" {\n  plant_id = plant.home.id\n  module_id = \"" + moduleID + "\"\n  mode = \"manual\"\n  setpoint = module.floor[\"x\"].setpoint\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
		"thermostat \"bath\" {\n  plant_id = plant.home.id\n  module_id = \"2a9d5c0f-0000-4000-8000-000000000009\"\n  mode = \"manual\"\n  setpoint = thermostat.hall.setpoint + 2\n  depends_on = [module.floor]\n}\n",
		"module \"floor\" {\n  source = \"./floor\"\n  for_each = local.rooms\n  n = each.value\n  plant_id = plant.home.id\n}\n",
		"output \"all\" {\n  value = module.floor\n}\n", "output \"one\" {\n  value = thermostat.bath.setpoint\n}\n",
		"moved {\n  from = thermostat.b\n  to = thermostat.bath\n}\n",
		"removed {\n  from = thermostat.c\n}\n",
		"import {\n  to = thermostat.bath\n  id = \"" + plantID + "/2a9d5c0f-0000-4000-8000-000000000009\"\n}\n",
		"import {\n  to = thermostat.hall\n  id = \"" + plantID + "/" + moduleID + "\"\n}\n",
		"check \"warm\" {\n  assert {\n    condition = thermostat.hall.setpoint < 22\n    error_message = \"Warm.\"\n  }\n}\n",
	}
	module = []string{
		"variable \"n\" {}\n", "variable \"plant_id\" {}\n", "locals {\n  setpoint = 15 + var.n\n}\n",
		"thermostat \"room\" {\n  plant_id = var.plant_id\n  module_id = \"2a9d5c0f-0000-4000-8000-00000000000${var.n}\"\n  mode = \"manual\"\n  setpoint = local.setpoint\n}\n",
		"output \"setpoint\" {\n  value = thermostat.room.setpoint\n}\n", "moved {\n  from = thermostat.r\n  to = thermostat.room\n}\n",
	}
	return root, module
}

// The same blocks in any order and in any files are the same configuration, but
// for the places and the digest.
func TestOrderOfFilesAndBlocks(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var first *config.Config
	for range 30 {
		all := files{}
		root, module := blocks()
		scatter(random, all, "", root)
		scatter(random, all, "floor/", module)
		c := good(t, all)
		slices.SortFunc(c.Moves, func(a, b config.Move) int { return strings.Compare(a.From.String(), b.From.String()) })
		if again := good(t, all); again.Digest != c.Digest {
			t.Fatal("the digest differs between two readings")
		}
		if first == nil {
			first = c
		}
		if diff := cmp.Diff(first, c, exported()...); diff != "" {
			t.Fatalf("-first +now:\n%s", diff)
		}
	}
}

func scatter(random *rand.Rand, all files, folder string, blocks []string) {
	for _, i := range random.Perm(len(blocks)) {
		all[fmt.Sprintf("%s%c.hcl", folder, 'a'+rune(random.IntN(4)))] += blocks[i]
	}
}

// exported compares what a Config shows, without places in the source.
func exported() []cmp.Option {
	return []cmp.Option{
		cmpopts.IgnoreUnexported(config.Config{}, config.Thermostat{}),
		cmpopts.IgnoreFields(config.Config{}, "Digest"),
		cmpopts.IgnoreFields(config.Plant{}, "Range"),
		cmpopts.IgnoreFields(config.Move{}, "Range"), cmpopts.IgnoreFields(config.Removal{}, "Range"), cmpopts.IgnoreFields(config.Import{}, "Range"),
		cmp.Comparer(func(a, b address.Address) bool { return a == b }),
		cmp.Comparer(func(a, b address.Group) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b provider.Secret) bool { return a.Reveal() == b.Reveal() }),
		cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
		cmpopts.EquateComparable(provider.LocalTime{}),
	}
}

func TestDigestOfModules(t *testing.T) {
	base := func() files {
		return files{"main.hcl": "module \"m\" {\n  source = \"./m\"\n  n = 1\n}\n", "m/main.hcl": "variable \"n\" {}\n", "m/x.hcl": "", "unused/main.hcl": "", "m/other.txt": ""}
	}
	digest := func(all files) string { return good(t, all).Digest }
	first := digest(base())
	for name, change := range map[string]func(files){
		"the call": func(f files) { f["main.hcl"] = strings.Replace(f["main.hcl"], "n = 1", "n = 2", 1) }, "the module": func(f files) { f["m/main.hcl"] += "#" },
		"a second file": func(f files) { f["m/x.hcl"] += "#" }, "a new file": func(f files) { f["m/y.hcl"] = "" },
		"the folder": func(f files) {
			f["main.hcl"] = strings.Replace(f["main.hcl"], "./m", "./o", 1)
			f["o/main.hcl"], f["o/x.hcl"] = f["m/main.hcl"], f["m/x.hcl"]
		},
	} {
		all := base()
		change(all)
		if digest(all) == first {
			t.Errorf("%s: the digest is the same", name)
		}
	}
	for name, change := range map[string]func(files){
		"a module that is not called": func(f files) { f["unused/main.hcl"] = "#" }, "a file that is no configuration": func(f files) { f["m/other.txt"] = "#" },
		"variables of a module's folder": func(f files) { f["m/setpoint.vars.hcl"] = "n = 3" },
	} {
		all := base()
		change(all)
		if digest(all) != first {
			t.Errorf("%s: the digest is another", name)
		}
	}
}

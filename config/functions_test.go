package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"setpoint/config"
)

func TestFunctions(t *testing.T) {
	cases := [][2]string{
		{`fahrenheit(68)`, `20`}, {`fahrenheit(32)`, `0`}, {`fahrenheit(69)`, `20.6`}, {`fahrenheit(69.98)`, `21.1`}, {`fahrenheit("70")`, `21.1`},
		{`fahrenheit(-40)`, `-40`}, {`fahrenheit(31.91)`, `-0.1`}, {`fahrenheit(32.09)`, `0.1`}, {`fahrenheit(104)`, `40`}, {`fahrenheit(37.4)`, `3`},
		{`abs(-1)`, `1`}, {`ceil(1.2)`, `2`}, {`floor(-1.2)`, `-2`}, {`max(1, 3, 2)`, `3`}, {`min(2, 1)`, `1`}, {`signum(-3)`, `-1`}, {`pow(2, 10)`, `1024`}, {`parseint("ff", 16)`, `255`},
		{`length("è🛋")`, `2`}, {`length([1, 2])`, `2`}, {`length({ a = 1 })`, `1`}, {`length(toset([1, 1]))`, `1`},
		{`upper("è")`, `"È"`}, {`core::upper("è")`, `"È"`}, {`core::try(1 + "x", core::fahrenheit(68))`, `20`}, {`templatestring("$${core::upper(a)}", { a = "b" })`, `"B"`}, {`join("-", ["a", "b"])`, `"a-b"`}, {`split(",", "a,b")`, `["a","b"]`}, {`startswith("abc", "ab")`, `true`}, {`endswith("abc", "ab")`, `false`},
		{`format("%02d %s %.1f", 7, "x", 20.5)`, `"07 x 20.5"`}, {`formatlist("%s!", ["a", "b"])`, `["a!","b!"]`}, {`indent(2, "a\nb")`, `"a\n  b"`},
		{`regex("[0-9]+", "a12")`, `"12"`}, {`substr("hello", 1, 3)`, `"ell"`}, {`trimspace(" a ")`, `"a"`}, {`title("a b")`, `"A B"`}, {`strrev("ab")`, `"ba"`},
		{`concat([1], [2])`, `[1,2]`}, {`distinct([1, 1, 2])`, `[1,2]`}, {`flatten([[1], [2, [3]]])`, `[1,2,3]`}, {`element(["a", "b"], 3)`, `"b"`}, {`range(3)`, `[0,1,2]`},
		{`keys({ b = 1, a = 2 })`, `["a","b"]`}, {`values({ b = 1, a = 2 })`, `[2,1]`}, {`merge({ a = 1 }, { a = 2 })`, `{"a":2}`}, {`zipmap(["a"], [1])`, `{"a":1}`},
		{`lookup({ a = 1 }, "a", 2)`, `1`}, {`lookup({ a = 1 }, "b", 2)`, `2`}, {`lookup({ a = 1 }, "a")`, `1`}, {`coalesce(null, 2)`, `2`}, {`contains(["a"], "a")`, `true`},
		{`setproduct([1], ["a", "b"])`, `[[1,"a"],[1,"b"]]`}, {`setunion(["a"], ["b"])`, `["a","b"]`}, {`sort(["b", "a"])`, `["a","b"]`}, {`chunklist([1, 2, 3], 2)`, `[[1,2],[3]]`},
		{`jsondecode("{\"a\":[1]}")`, `{"a":[1]}`}, {`jsonencode({ a = 20.5 })`, `"{\"a\":20.5}"`}, {`yamldecode("a: [1, x]")`, `{"a":[1,"x"]}`}, {`csvdecode("a,b\n1,2")`, `[{"a":"1","b":"2"}]`},
		{`timeadd("2026-12-24T18:00:00Z", "90m")`, `"2026-12-24T19:30:00Z"`}, {`formatdate("YYYY-MM-DD'T'hh:mm:ss", plantimestamp())`, `"2026-11-23T10:00:00"`}, {`plantimestamp()`, `"2026-11-23T10:00:00Z"`},
		{`try(1 + "x", 3)`, `3`}, {`can(1 + "x")`, `false`}, {`tonumber("20.5")`, `20.5`}, {`tostring(20.5)`, `"20.5"`}, {`toset(["b", "a"])`, `["a","b"]`}, {`tobool("true")`, `true`},
		{`nonsensitive(sensitive("x"))`, `"x"`}, {`path.module`, `"."`}, {`path.root`, `"."`}, {`{ for k, v in { a = 1 } : k => v + 1 }`, `{"a":2}`}, {`true ? "a" : "b"`, `"a"`}, {`[for x in [{ a = 1 }] : x.a]`, `[1]`},
	}
	expressions := make([]string, len(cases))
	for i, c := range cases {
		expressions[i] = c[0]
	}
	for i, got := range outputs(t, "", expressions...) {
		if got != cases[i][1] {
			t.Errorf("%s = %s, want %s", cases[i][0], got, cases[i][1])
		}
	}
}

// What would take the memory or the day is refused, and says so in plain words.
func TestFunctionsAreBounded(t *testing.T) {
	for expr, want := range map[string]string{
		`range(1, 1e9)`: "more than 1024 values",
		`setproduct(range(1000), range(1000), range(1000))`: "more than 1000000 elements",
		`format("%999999999s", "a")`:                        "at most three digits",
		`format("%.99999f", 1)`:                             "at most three digits",
		`formatlist("%-9999s", ["a"])`:                      "at most three digits",
		`indent(999999999, "a\nb")`:                         "by 0 to 1000 spaces",
		`indent(-1, "a\nb")`:                                "by 0 to 1000 spaces",
		`log(-1, 10)`:                                       "log has no result for these arguments",
		`pow(-1, 0.5)`:                                      "pow has no result for these arguments",
		`"${1e999999999}"`:                                  "Number beyond all bounds",
		`tostring(1e-99999)`:                                "Number beyond all bounds",
		`regex("(((a{1000}){1000}){1000})", "a")`:           "invalid repeat count",
		strings.Repeat("(", 1001) + "1":                     "More than 1000 brackets",
		strings.Repeat("[", 100_000):                        "More than 1000 brackets",
		`lookup({}, "a", 1, 2)`:                             "at most one default",
		`lookup({}, "a")`:                                   "no such key",
		`length(1)`:                                         "has a length",
		`fahrenheit(pow(2, 100))`:                           "no temperature",
		`jsondecode(file("deep"))`:                          "nested too deeply",
		`yamldecode(file("deep"))`:                          "nested too deeply",
		`fahrenheit(tonumber("1e-99999999"))`:               "number beyond all bounds",
		`timestamp()`:                                       "use plantimestamp()",
		`nosuch()`:                                          `There is no function "nosuch"`,
		`core::flor(1.5)`:                                   `Did you mean "floor"`,
		`provider::time::parse("x")`:                        `There is no function "provider::time::parse": providers bring none`,
	} {
		_, list := load(t, files{"main.hcl": "locals {\n  x = " + expr + "\n}\n", "deep": strings.Repeat("[", 2_000_000)})
		if !list.HasErrors() {
			t.Errorf("%.40s is accepted", expr)
		}
		says(t, list, want)
		if text := drawn(t, list); strings.Contains(text, "goroutine") || strings.Contains(text, "panic") {
			t.Errorf("%.40s:\n%s", expr, text)
		}
	}
	good(t, files{"main.hcl": strings.Repeat("locals { # :-( [\n}\n", 2000)})
	// Within the bounds nothing is in the way, unknown and sensitive values included.
	good(t, files{"main.hcl": "variable \"s\" {\n  sensitive = true\n  default = \"%3s\"\n}\nlocals {\n  a = format(var.s, 1)\n  b = setproduct([], [1])\n  c = format(\"%%1234 %5d\", 1)\n}\n"})
}

func TestFiles(t *testing.T) {
	all := files{
		"repo/.git/HEAD": "", "repo/shared.csv": "n\n1\n", "repo/site/main.hcl": "", "repo/site/t.tmpl": "%{ for x in xs }${upper(x)}${file(\"../shared.csv\")}%{ endfor }",
		"elsewhere/x.txt": "x", "repo/site/binary": "\xff\xfe",
	}
	dir := write(t, all)
	big := filepath.Join(dir, "repo/site/big")
	if err := os.WriteFile(big, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 16<<20+1); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"out": "../../elsewhere/x.txt", "folder": "../../elsewhere", "within": "../shared.csv"} {
		if err := os.Symlink(target, filepath.Join(dir, "repo/site", link)); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := filepath.Join(dir, "elsewhere")
	for _, c := range []struct {
		expr, want string
		allow      []string
	}{
		{`file("../shared.csv")`, `"n\n1\n"`, nil},
		{`file("within")`, `"n\n1\n"`, nil},
		{`file("${path.module}/../shared.csv")`, `"n\n1\n"`, nil},
		{`csvdecode(file("../shared.csv"))[0].n`, `"1"`, nil},
		{`templatefile("t.tmpl", { xs = ["a", "b"] })`, `"An\n1\nBn\n1\n"`, nil},
		{`templatefile("t.tmpl", {})`, `no variable named "xs"`, nil},
		{`fileexists("../shared.csv")`, `true`, nil},
		{`fileexists("gone")`, `false`, nil},
		{`fileexists("..")`, `false`, nil},
		{`file("..")`, "no ordinary file", nil},
		{`file("gone")`, "there is no file gone", nil},
		{`file("big")`, "larger than 16 MiB", nil},
		{`file("binary")`, "not text in UTF-8", nil},
		{`file("../../elsewhere/x.txt")`, "outside the repository", nil},
		{`file("out")`, "a link that leaves", nil},
		{`file("folder/x.txt")`, "a link that leaves", nil},
		{`fileexists("out")`, "a link that leaves", nil},
		{`file("../../elsewhere/x.txt")`, `"x"`, []string{elsewhere}},
		{`file("` + filepath.ToSlash(elsewhere) + `/x.txt")`, `"x"`, []string{filepath.Join(dir, "gone/../elsewhere")}},
		{`file("/etc/hostname")`, "outside the repository", []string{elsewhere}},
		{`1`, "--allow-dir", []string{filepath.Join(dir, "nowhere")}},
	} {
		src := "output \"o\" {\n  value = " + c.expr + "\n}\n"
		if err := os.WriteFile(filepath.Join(dir, "repo/site/main.hcl"), []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
		got, list := config.Load(config.Options{Dir: filepath.Join(dir, "repo/site"), AllowDirs: c.allow})
		if list.HasErrors() {
			says(t, list, c.want)
			continue
		}
		if text := string(got.Outputs[0].Value); text != c.want {
			t.Errorf("%s = %s, want %s", c.expr, text, c.want)
		}
	}
}

func TestNullIsAbsent(t *testing.T) {
	c := good(t, files{"main.hcl": `
setpoint {
  required_version = null
  backend "local" {
    path = null
  }
}
provider "smarther" {
  endpoint    = null
  time_zone   = null
  rate_limit  = null
  parallelism = null
  timeout     = null
  retry {
    attempts = null
  }
}
variable "v" {
  default     = 1
  description = null
  sensitive   = null
}
output "o" {
  value       = null
  description = null
  sensitive   = null
}
`})
	if c.Backend.Path != config.DefaultStatePath || c.Provider.Parallelism != 10 || c.Provider.RateLimit != 2 || c.Provider.RateLimitGiven || c.Provider.Retry.Attempts != 5 {
		t.Errorf("backend %+v, provider %+v", c.Backend, c.Provider)
	}
}

func TestProviderSettings(t *testing.T) {
	c := good(t, files{"main.hcl": "provider \"smarther\" {\n  rate_limit = 0\n  parallelism = 3\n  timeout = \"1m\"\n  endpoint = \"http://[::1]:8799/\"\n  retry {\n    attempts = 1\n    min_wait = \"0s\"\n    max_wait = \"2s\"\n    busy_wait = \"5s\"\n  }\n}\n"})
	p := c.Provider
	if !p.RateLimitGiven || p.RateLimit != 0 || p.Parallelism != 3 || p.Timeout != time.Minute || p.Endpoint != "http://[::1]:8799/" ||
		p.Retry != (config.Retry{Attempts: 1, MaxWait: 2 * time.Second, BusyWait: 5 * time.Second}) {
		t.Errorf("provider %+v", p)
	}
}

package provider

import (
	"strings"
	"testing"
)

const (
	somePlant  = "1f3c6b1e-0000-4000-8000-00000000000a"
	someModule = "2a9d5c0f-0000-4000-8000-000000000001"
)

func TestParseDevice(t *testing.T) {
	want := Device{PlantID: somePlant, ModuleID: someModule}
	for _, in := range []string{want.ID(), strings.ToUpper(want.ID())} {
		if got, err := ParseDevice(in); err != nil || got != want {
			t.Errorf("ParseDevice(%q) = %v, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"", "/", somePlant, somePlant + "/", "/" + someModule, somePlant + "//" + someModule, want.ID() + "/", want.ID() + " ", somePlant + " " + someModule,
		somePlant + "/" + someModule[1:], somePlant + "/" + someModule + "0", somePlant + "/{" + someModule[2:] + "}", "plant/module",
	} {
		if got, err := ParseDevice(in); err == nil || got != (Device{}) {
			t.Errorf("ParseDevice(%q) = %v, %v; want an error", in, got, err)
		}
	}
}

func TestIsID(t *testing.T) {
	for i := range somePlant {
		for _, c := range "-0gG/:@`\x00\xffé" {
			text := somePlant[:i] + string(c) + somePlant[i+1:]
			hyphen := i == 8 || i == 13 || i == 18 || i == 23
			if want := hyphen && c == '-' || !hyphen && c == '0'; IsID(text) != want {
				t.Errorf("IsID(%q) is %t", text, !want)
			}
		}
	}
	for _, text := range []string{strings.ReplaceAll(somePlant, "-", ""), "urn:uuid:" + somePlant, "{" + somePlant + "}"} {
		if IsID(text) {
			t.Errorf("%q is taken for an id", text)
		}
	}
}

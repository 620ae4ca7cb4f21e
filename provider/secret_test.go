package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretNeverShows(t *testing.T) {
	const canary = "canary-7f3a"
	s := NewSecret(canary)
	type inside struct{ key Secret }
	type outside struct{ Key Secret }
	var shown []string
	for _, verb := range []string{"v", "+v", "#v", "s", "q", "x", "X", "d", "T", "p", "U", "e", "t", "o", "10.3s", "z"} {
		for _, v := range []any{s, &s, inside{s}, &inside{s}, outside{s}, []Secret{s}, map[string]Secret{"a": s}, []inside{{s}}} {
			shown = append(shown, fmt.Sprintf("%"+verb, v))
		}
	}
	for _, v := range []any{s, &s, inside{s}, outside{s}, []Secret{s}, map[Secret]int{s: 1}} {
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, string(out))
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "a", s, "b", inside{s})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "a", s, "b", outside{s})
	shown = append(shown, log.String(), s.String(), fmt.Sprint(s), fmt.Errorf("%w", fmt.Errorf("%v", s)).Error())
	for _, text := range shown {
		for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
			if strings.Contains(text, form) {
				t.Errorf("shown: %s", text)
			}
		}
	}
	if got := fmt.Sprintf("%v", s); got != "(sensitive value)" {
		t.Errorf("printed as %q", got)
	}
	if s.Reveal() != canary || s.IsZero() {
		t.Error("the credential itself is lost")
	}
}

func TestSecretZero(t *testing.T) {
	for _, s := range []Secret{{}, NewSecret("")} {
		if !s.IsZero() || s.Reveal() != "" || s.String() != "(sensitive value)" {
			t.Errorf("an empty credential: zero %t, %q, %q", s.IsZero(), s.Reveal(), s)
		}
	}
}

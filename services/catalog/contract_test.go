package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"larder.example/platform/go"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheTableInTheREADMEIsTheDeclaration(t *testing.T) {
	env := platform.ReadEnv(func(string) string { return "" })
	settings(env)
	var want []string
	for _, row := range env.Settings {
		shown := row.Default
		if shown == "" {
			shown = map[bool]string{true: "required", false: "none"}[row.Required]
		}
		want = append(want, row.Name+" "+shown)
	}
	var got []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z_<>]+)` \\| ([^|]+) \\|").FindAllStringSubmatch(readFile(t, "README.md"), -1) {
		got = append(got, row[1]+" "+row[2])
	}
	if !slices.Equal(got, want) {
		t.Errorf("the README has\n%s\nthe declaration\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheReasonsAreThoseOfTheContract(t *testing.T) {
	reasons := func(text, pattern string) []string {
		var found []string
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			found = append(found, match[1])
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
	proto := readFile(t, filepath.Join(repositoryRoot(), "proto/larder/catalog/v1/catalog_service.proto"))
	want := reasons(proto, "reason `([A-Z_]+)`")
	if got := reasons(readFile(t, "errors.go"), `"([A-Z]+_[A-Z_]+)"`); !slices.Equal(got, want) || len(want) == 0 {
		t.Errorf("errors.go gives %v, the contract lists %v", got, want)
	}
}

func TestSettingsThatAreWrongAreReportedTogether(t *testing.T) {
	_, err := loadConfig(func(name string) string { return map[string]string{"CATALOG_SEED": "all"}[name] })
	want := "CATALOG_LISTEN is not set\nCATALOG_OPS_LISTEN is not set\nCATALOG_DATABASE_URL is not set\nCATALOG_SEED must be one of demo, not \"all\""
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

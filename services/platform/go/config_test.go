package platform

import (
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func lookup(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestSettingsAreReadWithTheirDefaults(t *testing.T) {
	env := ReadEnv(lookup(map[string]string{
		"SHOP_LISTEN": "unix:/run/app.sock", "SHOP_OPS_LISTEN": "127.0.0.1:0", "SHOP_LOG_LEVEL": "", "LARDER_ADDR_BIG_STORE": "unix:/a.sock, 127.0.0.1:5",
	}))
	config := env.Platform("SHOP")
	if err := env.Err(); err != nil {
		t.Fatal(err)
	}
	if config.Listen != "unix:/run/app.sock" || config.Drain != 10*time.Second || config.LogLevel != slog.LevelInfo ||
		config.Namespace != "larder" || config.TrustDomain != "larder.local" || config.Egress != "" || config.Build != "dev" {
		t.Errorf("%+v", config)
	}
	if got := config.Addresses("big-store"); !slices.Equal(got, []string{"unix:/a.sock", "127.0.0.1:5"}) {
		t.Errorf("addresses %q", got)
	}
	if got := config.Addresses("other"); len(got) != 0 {
		t.Errorf("addresses of another workload %q", got)
	}
}

func TestWhatIsSetIsTaken(t *testing.T) {
	env := ReadEnv(lookup(map[string]string{
		"SHOP_LISTEN": "h:1", "SHOP_OPS_LISTEN": "h:2", "SHOP_DRAIN_SECONDS": "0.5", "SHOP_LOG_LEVEL": "debug", "MESH_EGRESS": "unix:/out.sock",
	}))
	config := env.Platform("SHOP")
	if env.Err() != nil || config.Drain != 500*time.Millisecond || config.LogLevel != slog.LevelDebug || config.Egress != "unix:/out.sock" {
		t.Errorf("%+v, %v", config, env.Err())
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	env := ReadEnv(lookup(map[string]string{
		"SHOP_LISTEN": "app.sock", "SHOP_DRAIN_SECONDS": "10s", "SHOP_LOG_LEVEL": "loud", "SHOP_COLOUR": "mauve",
	}))
	env.Platform("SHOP")
	env.Secret("SHOP_DATABASE_URL")
	env.Choice("SHOP_COLOUR", "", "red", "green")
	got := strings.Split(env.Err().Error(), "\n")
	want := []string{
		`SHOP_LISTEN must be unix:/absolute/path or host:port, not "app.sock"`,
		`SHOP_OPS_LISTEN is not set`,
		`SHOP_DRAIN_SECONDS must be a number of seconds from 0 to 86400, not "10s"`,
		`SHOP_LOG_LEVEL must be one of debug, info, warn, error, not "loud"`,
		`SHOP_DATABASE_URL is not set`,
		`SHOP_COLOUR must be one of red, green, not "mauve"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSecondsAreFiniteAndNotNegative(t *testing.T) {
	for _, raw := range []string{"-1", "NaN", "Inf", "1e9", "x", "1 "} {
		env := ReadEnv(lookup(map[string]string{"X": raw}))
		env.Seconds("X", time.Second)
		if env.Err() == nil {
			t.Errorf("%q was accepted", raw)
		}
	}
}

func TestAnAddressIsASocketOrAPort(t *testing.T) {
	for raw, good := range map[string]bool{"unix:/a": true, ":1": true, "h:1": true, "[::1]:1": true, "unix:a": false, "a": false, "/a": false} {
		env := ReadEnv(lookup(map[string]string{"X": raw}))
		env.Address("X")
		if (env.Err() == nil) != good {
			t.Errorf("%q: %v", raw, env.Err())
		}
	}
}

func TestTheRowsOfTheTableAreKept(t *testing.T) {
	env := ReadEnv(lookup(nil))
	env.Text("A")
	env.TextOr("B", "b")
	env.Seconds("C", 1500*time.Millisecond)
	want := []Setting{{"A", "text", "", true}, {"B", "text", "b", false}, {"C", "seconds", "1.5", false}}
	if !slices.Equal(env.Settings, want) {
		t.Errorf("%+v", env.Settings)
	}
}

func TestTheTableInTheREADMEIsTheDeclaration(t *testing.T) {
	env := ReadEnv(lookup(nil))
	env.Platform("X")
	var want, got []string
	for _, row := range env.Settings {
		shown := row.Default
		if shown == "" {
			shown = map[bool]string{true: "required", false: "none"}[row.Required]
		}
		want = append(want, row.Name+" "+shown)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z_<>]+)` \\| ([^|]+) \\|").FindAllStringSubmatch(string(readme), -1) {
		got = append(got, row[1]+" "+row[2])
	}
	if !slices.Equal(got, want) {
		t.Errorf("the README has\n%s\nthe declaration\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Package platform is what every Go service of Larder runs on: settings, a gRPC server with health, reflection and
// interceptors, clients, errors and telemetry. It knows no service. Its files have twins in the kits of the other languages.
package platform

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ExitBadConfig is the exit code of a process whose environment does not make sense (EX_USAGE of sysexits).
const ExitBadConfig = 64

// Setting is one row of a settings table.
type Setting struct {
	Name string
	// Type is text, address, secret, seconds, or the allowed words separated by " | ".
	Type string
	// Default is as it would be written in the environment. Empty means that there is none.
	Default  string
	Required bool
}

// ConfigError says everything that is wrong with the environment, a line each.
type ConfigError struct{ Problems []string }

func (e *ConfigError) Error() string { return strings.Join(e.Problems, "\n") }

// Env reads settings and gathers what is wrong with them. An empty variable counts as not set: shells and manifests
// cannot always take one away.
type Env struct {
	// Settings has a row for each setting read so far: what the table in a README must say.
	Settings []Setting
	lookup   func(string) string
	problems []string
}

// ReadEnv starts reading settings from lookup, which is os.Getenv outside tests.
func ReadEnv(lookup func(string) string) *Env { return &Env{lookup: lookup} }

// Err returns a *ConfigError if any setting read so far was wrong.
func (e *Env) Err() error {
	if len(e.problems) == 0 {
		return nil
	}
	return &ConfigError{Problems: e.problems}
}

// Text reads a text that must be set.
func (e *Env) Text(name string) string {
	return e.read(Setting{Name: name, Type: "text", Required: true})
}

// TextOr reads a text; an empty fallback means that it may be absent.
func (e *Env) TextOr(name, fallback string) string {
	return e.read(Setting{Name: name, Type: "text", Default: fallback})
}

// Secret reads a text that must be set and never be shown, such as an address with a password in it.
func (e *Env) Secret(name string) string {
	return e.read(Setting{Name: name, Type: "secret", Required: true})
}

// Address reads `unix:/absolute/path` or `host:port`, which must be set.
func (e *Env) Address(name string) string {
	value := e.read(Setting{Name: name, Type: "address", Required: true})
	if value != "" && !strings.HasPrefix(value, "unix:/") && !strings.Contains(strings.TrimPrefix(value, "unix:"), ":") {
		e.problem("%s must be unix:/absolute/path or host:port, not %q", name, value)
	}
	return value
}

// Seconds reads a time in seconds, not negative; fractions are allowed.
func (e *Env) Seconds(name string, fallback time.Duration) time.Duration {
	shown := strconv.FormatFloat(fallback.Seconds(), 'f', -1, 64)
	raw := e.read(Setting{Name: name, Type: "seconds", Default: shown})
	value, err := strconv.ParseFloat(raw, 64)
	if err != nil || !(value >= 0 && value <= 86400) {
		e.problem("%s must be a number of seconds from 0 to 86400, not %q", name, raw)
	}
	return time.Duration(value * float64(time.Second))
}

// Choice reads one of a few words; an empty fallback means that it may be absent.
func (e *Env) Choice(name, fallback string, words ...string) string {
	value := e.read(Setting{Name: name, Type: strings.Join(words, " | "), Default: fallback})
	if value != "" && !slices.Contains(words, value) {
		e.problem("%s must be one of %s, not %q", name, strings.Join(words, ", "), value)
	}
	return value
}

func (e *Env) read(setting Setting) string {
	e.Settings = append(e.Settings, setting)
	if value := e.lookup(setting.Name); value != "" {
		return value
	}
	if setting.Required {
		e.problem("%s is not set", setting.Name)
	}
	return setting.Default
}

func (e *Env) problem(format string, args ...any) {
	e.problems = append(e.problems, fmt.Sprintf(format, args...))
}

// Config is what the kit itself needs to know.
type Config struct {
	Listen    string
	OpsListen string
	// Drain is the longest that calls in progress may take to end after SIGTERM.
	Drain    time.Duration
	LogLevel slog.Level
	// Egress is where every call goes out. Empty means straight to the callee.
	Egress      string
	Namespace   string
	TrustDomain string
	// DeviceIngress is the identity of the ingress that may speak for devices. Empty means that nobody does.
	DeviceIngress     string
	DeviceTrustDomain string
	// UserJWKS is the file with the keys of the user assertion. Empty means that assertions are refused.
	UserJWKS     string
	OTLPEndpoint string
	Build        string
	// Addresses returns the direct addresses of a workload, which go before Egress; none means that there are none.
	Addresses func(workload string) []string
}

// Platform reads the kit's own settings for the service with that prefix, such as ORDER.
func (e *Env) Platform(prefix string) Config {
	config := Config{
		Listen:    e.Address(prefix + "_LISTEN"),
		OpsListen: e.Address(prefix + "_OPS_LISTEN"),
		Drain:     e.Seconds(prefix+"_DRAIN_SECONDS", 10*time.Second),
	}
	// A wrong word is reported by Choice; the level then does not matter any more.
	_ = config.LogLevel.UnmarshalText([]byte(e.Choice(prefix+"_LOG_LEVEL", "info", "debug", "info", "warn", "error")))
	config.Egress = e.TextOr("MESH_EGRESS", "")
	config.Namespace = e.TextOr("MESH_NAMESPACE", "larder")
	config.TrustDomain = e.TextOr("MESH_TRUST_DOMAIN", "larder.local")
	config.DeviceIngress = e.TextOr("MESH_DEVICE_INGRESS", "")
	config.DeviceTrustDomain = e.TextOr("MESH_DEVICE_TRUST_DOMAIN", "devices.larder.local")
	config.UserJWKS = e.TextOr("LARDER_USER_JWKS", "")
	config.OTLPEndpoint = e.TextOr("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	config.Build = e.TextOr("LARDER_BUILD", "dev")
	e.Settings = append(e.Settings, Setting{Name: "LARDER_ADDR_<WORKLOAD>", Type: "text"})
	config.Addresses = func(workload string) []string {
		name := "LARDER_ADDR_" + strings.ToUpper(strings.ReplaceAll(workload, "-", "_"))
		return strings.FieldsFunc(e.lookup(name), func(r rune) bool { return r == ',' || r == ' ' })
	}
	return config
}

// Exit ends the process for the result of its main work: 0 for none, 64 for a *ConfigError, 1 for another error.
func Exit(err error) {
	flushLog()
	var config *ConfigError
	switch {
	case err == nil:
		os.Exit(0)
	case errors.As(err, &config):
		fmt.Fprintln(os.Stderr, config)
		os.Exit(ExitBadConfig)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

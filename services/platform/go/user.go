package platform

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"google.golang.org/grpc/codes"
)

// User is the person on whose behalf a call is made.
type User struct {
	// Subject is the customer's id.
	Subject string
	Scopes  []string
}

// users verifies assertions of end users: compact JWS, ES256, by the keys of a file.
type users struct {
	path  string
	mu    sync.Mutex
	read  time.Time
	keys  *jose.JSONWebKeySet
	known map[string]verified
}

type verified struct {
	user  *User
	until time.Time
}

// verify returns the user, or UNAUTHENTICATED: forged, expired, or made for somebody else. What was verified is remembered
// until it expires: a gateway sends one assertion with several calls, and a signature costs more than the rest of a request.
func (u *users) verify(assertion string) (*User, error) {
	keys, known := u.lookUp(assertion)
	if known != nil {
		return known, nil
	}
	user, until, err := checkAssertion(assertion, keys)
	if err != nil {
		refused := RPCError("", codes.Unauthenticated, "USER_ASSERTION_INVALID", "the assertion of the end user is not valid", nil)
		refused.cause = err
		return nil, refused
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.known) >= 1000 {
		clear(u.known)
	}
	u.known[assertion] = verified{user, until}
	return user, nil
}

// lookUp returns the user of an assertion that was verified before, or the keys to verify it by; none if there is no file.
func (u *users) lookUp(assertion string) (*jose.JSONWebKeySet, *User) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if found, ok := u.known[assertion]; ok && time.Now().Before(found.until) {
		return nil, found.user
	}
	if err := u.load(); err != nil {
		slog.Warn("the keys of user assertions cannot be read", "error", err.Error())
	}
	return u.keys, nil
}

// clockLeeway is how much the clocks of two machines may differ.
const clockLeeway = 5 * time.Second

func checkAssertion(assertion string, keys *jose.JSONWebKeySet) (*User, time.Time, error) {
	var none time.Time
	if keys == nil {
		return nil, none, errors.New("no keys: see LARDER_USER_JWKS")
	}
	token, err := jwt.ParseSigned(assertion, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return nil, none, err
	}
	var claims struct {
		jwt.Claims
		Scope string `json:"scope"`
	}
	if err := token.Claims(keys, &claims); err != nil {
		return nil, none, err
	}
	expected := jwt.Expected{Issuer: "larder-gateway", AnyAudience: jwt.Audience{"larder-internal"}, Time: time.Now()}
	if err := claims.ValidateWithLeeway(expected, clockLeeway); err != nil {
		return nil, none, err
	}
	if claims.Expiry == nil || claims.Subject == "" {
		return nil, none, errors.New("exp or sub is missing")
	}
	return &User{Subject: claims.Subject, Scopes: strings.Fields(claims.Scope)}, claims.Expiry.Time(), nil
}

// load reads the keys when the file is another one than before, and then forgets what the old keys verified.
func (u *users) load() error {
	if u.path == "" {
		return nil
	}
	about, err := os.Stat(u.path)
	if err != nil || about.ModTime().Equal(u.read) {
		return err
	}
	text, err := os.ReadFile(u.path)
	if err != nil {
		return err
	}
	keys := &jose.JSONWebKeySet{}
	if err := json.Unmarshal(text, keys); err != nil {
		return err
	}
	u.keys, u.known, u.read = keys, map[string]verified{}, about.ModTime()
	return nil
}

// callerOf reads the identity that the sidecar proved from x-forwarded-client-cert: the last URI outside quotes, of the
// last element, which is the nearest hop's. A workload of this mesh is given by its name, anybody else in full. At a method
// for devices, where that is the ingress for them, it is the device that the ingress wrote before it, if that and nothing
// else stands there.
func callerOf(header string, config Config, forDevices bool) string {
	start := lastElement(header)
	peer, from, quoted := "", start, false
	for at := start; at <= len(header); at++ {
		end := at == len(header)
		switch {
		case !end && header[at] == '\\' && quoted:
			at++
			continue
		case !end && header[at] == '"':
			quoted = !quoted
		}
		if !end && (quoted || header[at] != ';') {
			continue
		}
		if value, ok := strings.CutPrefix(strings.TrimSpace(header[from:min(at, len(header))]), "URI="); ok {
			peer = value
		}
		from = at + 1
	}
	if forDevices && peer != "" && peer == config.DeviceIngress {
		before, _ := strings.CutPrefix(strings.TrimSpace(header[:max(0, start-1)]), "URI=")
		if id, ok := strings.CutPrefix(before, "spiffe://"+config.DeviceTrustDomain+"/"); ok && isDeviceID(id) {
			return before
		}
	}
	if workload, ok := strings.CutPrefix(peer, "spiffe://"+config.TrustDomain+"/ns/"+config.Namespace+"/sa/"); ok {
		return workload
	}
	return peer
}

// lastElement returns where the last element begins. What stands before it may be the caller's own text: it is read from
// the end, so that a quote left open there cannot hide the comma.
func lastElement(header string) int {
	quoted := false
	for at := len(header) - 1; at >= 0; at-- {
		switch {
		case header[at] == ',' && !quoted:
			return at + 1
		case header[at] == '"' && !(quoted && isEscaped(header, at)):
			quoted = !quoted
		}
	}
	return 0
}

func isEscaped(text string, at int) bool {
	before := text[:at]
	return (len(before)-len(strings.TrimRight(before, `\`)))%2 == 1
}

func isDeviceID(id string) bool {
	for _, c := range []byte(id) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return id != ""
}

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
// last element, which is the nearest hop's. A workload of this mesh is given by its name, anybody else in full.
func callerOf(elements, trustDomain, namespace string) string {
	uri, start, quoted := "", 0, false
	for at := 0; at <= len(elements); at++ {
		end := at == len(elements)
		switch {
		case !end && elements[at] == '\\' && quoted:
			at++
			continue
		case !end && elements[at] == '"':
			quoted = !quoted
		}
		if !end && (quoted || elements[at] != ';' && elements[at] != ',') {
			continue
		}
		if value, ok := strings.CutPrefix(strings.TrimSpace(elements[start:min(at, len(elements))]), "URI="); ok {
			uri = value
		}
		if !end && elements[at] == ',' {
			uri = ""
		}
		start = at + 1
	}
	if workload, ok := strings.CutPrefix(uri, "spiffe://"+trustDomain+"/ns/"+namespace+"/sa/"); ok {
		return workload
	}
	return uri
}

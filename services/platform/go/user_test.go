package platform

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"google.golang.org/grpc/codes"

	customerv1 "larder.example/gen/go/larder/customer/v1"
	orderv1 "larder.example/gen/go/larder/order/v1"
	meshv1 "larder.example/gen/go/mesh/v1"
)

// keys are those of a gateway, with the file that tells the public part.
type keys struct {
	key  *ecdsa.PrivateKey
	file string
}

func newKeys(t *testing.T) *keys {
	t.Helper()
	k := &keys{file: filepath.Join(t.TempDir(), "user-jwks.json")}
	k.renew(t)
	return k
}

// renew makes another key and tells it in the same file.
func (k *keys) renew(t *testing.T) {
	t.Helper()
	var err error
	if k.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: k.key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(k.file+".new", text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(k.file+".new", k.file); err != nil {
		t.Fatal(err)
	}
}

// sign makes an assertion for ada, with some claims set otherwise; nil takes a claim away.
func (k *keys) sign(t *testing.T, other map[string]any) string {
	t.Helper()
	claims := map[string]any{
		"iss": "larder-gateway", "aud": "larder-internal", "sub": "ada", "scope": "orders.read orders.write",
		"exp": time.Now().Add(time.Minute).Unix(),
	}
	for name, value := range other {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	key := jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: k.key, KeyID: "k1"}}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// asked runs a shop whose GetOrder and GetCustomer remember the user.
func asked(t *testing.T, jwks string, user **User) (order, customer func(assertion string) error) {
	t.Helper()
	config := testConfig()
	config.UserJWKS = jwks
	shop := run(t, &shop{getOrder: func(ctx context.Context) error { *user = CallOf(ctx).User; return nil }}, config)
	call := func(ask func(context.Context) error) func(string) error {
		return func(assertion string) error {
			*user = nil
			if assertion == "" {
				return ask(t.Context())
			}
			return ask(with(t.Context(), "x-larder-user", assertion))
		}
	}
	order = call(func(ctx context.Context) error {
		_, err := orderv1.NewOrderServiceClient(shop).GetOrder(ctx, &orderv1.GetOrderRequest{Name: "orders/1"})
		return err
	})
	customer = call(func(ctx context.Context) error {
		_, err := customerv1.NewCustomerServiceClient(shop).GetCustomer(ctx, &customerv1.GetCustomerRequest{Name: "customers/ada"})
		return err
	})
	return order, customer
}

func TestAUserIsVerifiedWhereTheContractAsksForOne(t *testing.T) {
	keys := newKeys(t)
	var user *User
	required, optional := asked(t, keys.file, &user)
	good := keys.sign(t, nil)
	for range 2 { // verified, then remembered
		for _, ask := range []func(string) error{required, optional} {
			if err := ask(good); err != nil || user.Subject != "ada" || !slices.Equal(user.Scopes, []string{"orders.read", "orders.write"}) {
				t.Errorf("%+v, %v", user, err)
			}
		}
	}
	wantError(t, required(""), codes.Unauthenticated, "shop", "USER_ASSERTION_MISSING")
	if err := optional(""); err != nil || user != nil {
		t.Errorf("optional and absent: %+v, %v", user, err)
	}
	wantError(t, optional("x.y.z"), codes.Unauthenticated, "shop", "USER_ASSERTION_INVALID")
}

func TestAnAssertionMustHoldInEveryPart(t *testing.T) {
	keys, foreign := newKeys(t), newKeys(t)
	var user *User
	required, _ := asked(t, keys.file, &user)
	for name, assertion := range map[string]string{
		"another key":       foreign.sign(t, nil),
		"expired":           keys.sign(t, map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}),
		"not yet valid":     keys.sign(t, map[string]any{"nbf": time.Now().Add(time.Minute).Unix()}),
		"another issuer":    keys.sign(t, map[string]any{"iss": "somebody"}),
		"another audience":  keys.sign(t, map[string]any{"aud": "larder-edge"}),
		"no subject":        keys.sign(t, map[string]any{"sub": nil}),
		"no end":            keys.sign(t, map[string]any{"exp": nil}),
		"no signature":      "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.",
		"cut off":           keys.sign(t, nil)[:80],
		"a secret for HMAC": "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJhZGEifQ.AAAA",
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, required(assertion), codes.Unauthenticated, "shop", "USER_ASSERTION_INVALID")
		})
	}
	if err := required(keys.sign(t, map[string]any{"exp": time.Now().Add(-time.Second).Unix()})); err != nil {
		t.Errorf("within the leeway of clocks: %v", err)
	}
}

func TestNewKeysAreReadWhenTheFileChanges(t *testing.T) {
	keys := newKeys(t)
	var user *User
	required, _ := asked(t, keys.file, &user)
	old := keys.sign(t, nil)
	if err := required(old); err != nil {
		t.Fatal(err)
	}
	keys.renew(t)
	if err := required(keys.sign(t, nil)); err != nil {
		t.Errorf("by the new key: %v", err)
	}
	wantError(t, required(old), codes.Unauthenticated, "shop", "USER_ASSERTION_INVALID")
}

func TestWithoutKeysEveryAssertionIsRefused(t *testing.T) {
	keys := newKeys(t)
	for _, file := range []string{"", filepath.Join(t.TempDir(), "absent.json")} {
		var user *User
		required, _ := asked(t, file, &user)
		wantError(t, required(keys.sign(t, nil)), codes.Unauthenticated, "shop", "USER_ASSERTION_INVALID")
	}
}

func TestAUserNeedsTheScopesOfTheMethod(t *testing.T) {
	keys := newKeys(t)
	in := &interceptors{users: &users{path: keys.file}}
	admit := func(scopes ...string) error {
		m := &method{endUser: meshv1.EndUser_END_USER_REQUIRED, scopes: scopes}
		return in.admit(&request{method: m, ctx: t.Context(), call: &Call{assertion: keys.sign(t, nil)}})
	}
	if err := admit("orders.read"); err != nil {
		t.Errorf("granted: %v", err)
	}
	wantError(t, admit("orders.read", "profile.read"), codes.PermissionDenied, "", "USER_SCOPE_MISSING")
}

package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc/codes"

	"larder.example/catalog/seed"
	"larder.example/platform/go"
)

func TestTheDemonstrationRangeIsLoadedOnce(t *testing.T) {
	database := newDatabase(t)
	ctx := t.Context()
	want, err := seed.Products()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		store, err := openStore(ctx, config{databaseURL: database, seedDemo: true})
		if err != nil {
			t.Fatal(err)
		}
		var products, firstPrices int
		row := store.pool.QueryRow(ctx, `select (select count(*) from products), (select count(*) from price_changes where old_cents is null)`)
		if err := row.Scan(&products, &firstPrices); err != nil {
			t.Fatal(err)
		}
		if products != len(want) || firstPrices != len(want) {
			t.Errorf("%d products and %d first prices, want %d of each", products, firstPrices, len(want))
		}
		store.close()
	}
}

func TestWithoutASeedThereAreNoProducts(t *testing.T) {
	store, err := openStore(t.Context(), config{databaseURL: newDatabase(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer store.close()
	found, err := store.list(t.Context(), "", "", 10)
	if err != nil || len(found) != 0 {
		t.Errorf("found %s, %v", names(found), err)
	}
}

func TestInstancesThatStartTogetherMigrateOnce(t *testing.T) {
	database := newDatabase(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			store, err := openStore(t.Context(), config{databaseURL: database, seedDemo: true})
			if err != nil {
				t.Error(err)
				return
			}
			store.close()
		})
	}
	group.Wait()
}

func TestAMigrationThatWasChangedAfterwardsIsRefused(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), newDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	file := func(text string) fstest.MapFS { return fstest.MapFS{"migrations/001_x.sql": {Data: []byte(text)}} }
	for _, step := range []struct {
		text string
		want string
	}{{"create table x (a int)", ""}, {"create table x (a int)", ""}, {"create table x (a bigint)", "changed after"}} {
		err := migrate(t.Context(), conn, file(step.text))
		if (err == nil) != (step.want == "") || err != nil && !strings.Contains(err.Error(), step.want) {
			t.Errorf("%s: %v, want %q", step.text, err, step.want)
		}
	}
}

func TestFindReturnsEveryFieldAndLeavesOutWhatIsUnknown(t *testing.T) {
	store := newStore(t)
	found, err := store.find(t.Context(), []string{"whole-milk-1l-hillside", "unknown"})
	if err != nil || len(found) != 1 {
		t.Fatalf("found %s, %v", names(found), err)
	}
	p := found[0]
	if p.displayName != "Whole Milk" || p.brand != "Hillside" || p.category != "dairy" || p.unit != "ml" || p.packSize != 1000 ||
		!slices.Equal(p.allergens, []string{"milk"}) || p.storageClass != 2 || p.shelfLifeDays != 9 || p.priceCents < 1 ||
		p.description == "" || p.updateTime.IsZero() {
		t.Errorf("found %+v", p)
	}
}

func TestListGoesThroughACategoryInTheOrderOfIDs(t *testing.T) {
	store := newStore(t)
	all, err := store.list(t.Context(), "fish", "", 1000)
	if err != nil || len(all) < 20 {
		t.Fatalf("%d products, %v", len(all), err)
	}
	if !slices.IsSortedFunc(all, func(a, b product) int { return strings.Compare(a.id, b.id) }) {
		t.Error("not in the order of ids")
	}
	rest, err := store.list(t.Context(), "fish", all[4].id, 3)
	if err != nil || names(rest) != names(all[5:8]) {
		t.Errorf("after %s: %s, %v", all[4].id, names(rest), err)
	}
	if slices.ContainsFunc(all, func(p product) bool { return p.category != "fish" }) {
		t.Error("another category is in the list")
	}
}

func TestSearch(t *testing.T) {
	store := newStore(t)
	for query, want := range map[string]string{
		"whole milk":      "Whole Milk",
		"strawberry jam":  "Strawberry Jam",
		"jams strawberry": "Strawberry Jam",
		"basmat":          "Basmati Rice",
		"gruyere":         "Gruyère",
		"Gruyère":         "Gruyère",
		"hillside milk":   "Milk",
		"SMOKED salm":     "Smoked Salmon",
	} {
		whole, last := searchWords(query)
		found, err := store.search(t.Context(), whole, last, 0, 5)
		if err != nil || len(found) == 0 || !strings.Contains(found[0].displayName, want) {
			t.Errorf("%q finds %q first, %v, want %q", query, names(found), err, want)
		}
	}
	for _, query := range []string{"submarine", "milk submarine", "the", "' or 1=1 --"} {
		whole, last := searchWords(query)
		if found, err := store.search(t.Context(), whole, last, 0, 5); err != nil || len(found) != 0 {
			t.Errorf("%q finds %s, %v", query, names(found), err)
		}
	}
}

func TestChangePriceIsRecordedOnceForARequest(t *testing.T) {
	store := newStore(t)
	ctx := t.Context()
	encode := func(p product) ([]byte, error) { return []byte(p.displayName), nil }
	request := priceRequest{caller: "backoffice", id: "r1", hash: []byte("a"), productID: "whole-milk-1l-hillside", cents: 77}
	for range 2 {
		result, err := store.changePrice(ctx, request, encode)
		if err != nil || string(result) != "Whole Milk" {
			t.Fatalf("%q, %v", result, err)
		}
	}
	changes, err := store.priceChanges(ctx, request.productID, 1<<62, 10)
	if err != nil || len(changes) != 2 || changes[0].newCents != 77 || *changes[0].oldCents != changes[1].newCents || changes[1].oldCents != nil {
		t.Errorf("changes %+v, %v", changes, err)
	}

	reused := request
	reused.hash, reused.cents = []byte("b"), 78
	if _, err := store.changePrice(ctx, reused, encode); !errors.Is(err, errReused) {
		t.Errorf("the request id with another body: %v", err)
	}
	other := request
	other.caller, other.cents = "somebody", 79
	if _, err := store.changePrice(ctx, other, encode); err != nil {
		t.Errorf("the request id of another caller: %v", err)
	}
	unknown := request
	unknown.id, unknown.productID = "r2", "unknown"
	if _, err := store.changePrice(ctx, unknown, encode); !errors.Is(err, errNoProduct) {
		t.Errorf("an unknown product: %v", err)
	}
	if _, err := store.priceChanges(ctx, "unknown", 1<<62, 10); !errors.Is(err, errNoProduct) {
		t.Errorf("history of an unknown product: %v", err)
	}
}

func TestRequestsAreForgottenAfterSevenDays(t *testing.T) {
	store := newStore(t)
	ctx := t.Context()
	encode := func(product) ([]byte, error) { return nil, nil }
	request := priceRequest{caller: "backoffice", id: "old", hash: []byte("a"), productID: "whole-milk-1l-hillside", cents: 77}
	for age, want := range map[string]error{"6 days 23 hours": errReused, "7 days 1 hour": nil} {
		if _, err := store.pool.Exec(ctx, `delete from requests`); err != nil {
			t.Fatal(err)
		}
		if _, err := store.changePrice(ctx, request, encode); err != nil {
			t.Fatal(err)
		}
		if _, err := store.pool.Exec(ctx, `update requests set create_time = now() - $1::interval`, age); err != nil {
			t.Fatal(err)
		}
		again := request
		again.hash = []byte("b")
		if _, err := store.changePrice(ctx, again, encode); !errors.Is(err, want) {
			t.Errorf("after %s: %v, want %v", age, err, want)
		}
	}
}

func TestABadAddressIsASettingThatIsWrongAndStaysSecret(t *testing.T) {
	_, err := openStore(t.Context(), config{databaseURL: "postgres://catalog:hush@host:port/db"})
	var bad *platform.ConfigError
	if !errors.As(err, &bad) || strings.Contains(err.Error(), "hush") {
		t.Errorf("%v", err)
	}
}

func TestADatabaseThatIsAwayIsUnavailableAndOtherFailuresAreNot(t *testing.T) {
	_, refused := pgx.Connect(t.Context(), "postgres://x@/x?host=/nowhere")
	var answer *platform.Error
	if err := mapError(refused); !errors.As(err, &answer) || answer.Code != codes.Unavailable || answer.Reason != "STORE_UNAVAILABLE" {
		t.Errorf("no server: %v", err)
	}
	store := newStore(t)
	_, err := store.pool.Exec(t.Context(), "select nonsense")
	if mapped := mapError(err); err == nil || mapped != err {
		t.Errorf("a wrong statement: %v", mapped)
	}
	_, err = store.pool.Exec(t.Context(), "select pg_terminate_backend(pg_backend_pid())")
	if !errors.As(mapError(err), &answer) || answer.Code != codes.Unavailable {
		t.Errorf("a connection that was ended: %v", err)
	}
}

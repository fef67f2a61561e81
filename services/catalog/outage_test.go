package main

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
)

func TestCallsFailAsUnavailableWhileTheDatabaseIsAwayAndWorkAfter(t *testing.T) {
	own, err := newPostgres(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := own.start(); err != nil {
		t.Fatal(err)
	}
	stopped := false
	t.Cleanup(func() {
		if !stopped {
			own.stop()
		}
	})
	store, err := openStore(t.Context(), config{databaseURL: own.url("postgres"), seedDemo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.close)
	client := newClient(t, store)
	get := func() (*catalogv1.GetProductResponse, error) {
		return client.GetProduct(t.Context(), &catalogv1.GetProductRequest{Name: milk})
	}
	before, err := get()
	if err != nil {
		t.Fatal(err)
	}

	own.stop()
	stopped = true
	// What is in memory is given out until the loss is noticed, and never after.
	eventually(t, "calls fail", func() bool { _, err := get(); return err != nil })
	for range 20 {
		_, err := get()
		wantError(t, err, codes.Unavailable, "STORE_UNAVAILABLE")
	}
	_, err = client.ListProducts(t.Context(), &catalogv1.ListProductsRequest{})
	wantError(t, err, codes.Unavailable, "STORE_UNAVAILABLE")
	_, err = client.ChangePrice(as(t.Context(), "backoffice"), &catalogv1.ChangePriceRequest{RequestId: "r", Product: milk, Price: toMoney(1)})
	wantError(t, err, codes.Unavailable, "STORE_UNAVAILABLE")

	if err := own.start(); err != nil {
		t.Fatal(err)
	}
	stopped = false
	eventually(t, "calls work again", func() bool { _, err := get(); return err == nil })
	after, err := get()
	if err != nil || after.String() != before.String() {
		t.Errorf("after: %v, %v", after, err)
	}
	// The cache hears of changes again.
	conn, err := pgx.Connect(t.Context(), own.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `update products set price_cents = 4242 where id = 'whole-milk-1l-hillside'`); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new price", func() bool {
		answer, err := get()
		if err != nil {
			t.Fatal(status.Convert(err))
		}
		return answer.GetProduct().GetPrice().GetUnits() == 42
	})
}

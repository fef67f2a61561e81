package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
	typev1 "larder.example/gen/go/larder/type/v1"
	"larder.example/platform/go"
)

// newClient serves the handler with the kit's interceptors over a connection in memory.
func newClient(t *testing.T, store *store) catalogv1.CatalogServiceClient {
	t.Helper()
	cache := newCache(store)
	following, stop := context.WithCancel(context.Background())
	followed := make(chan struct{})
	go func() { defer close(followed); _ = cache.follow(following) }()
	eventually(t, "the cache is on", func() bool { cache.mu.RLock(); defer cache.mu.RUnlock(); return cache.connected })

	config := platform.Config{Namespace: "larder", TrustDomain: "larder.local", LogLevel: slog.LevelError + 1}
	server, err := platform.NewServer(config, "catalog", func(s grpc.ServiceRegistrar) {
		catalogv1.RegisterCatalogServiceServer(s, newHandler(store, cache))
	})
	if err != nil {
		t.Fatal(err)
	}
	listener := bufconn.Listen(1 << 16)
	go func() { _ = server.Serve(listener) }()
	dial := func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }
	conn, err := grpc.NewClient("passthrough:///memory", grpc.WithContextDialer(dial), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		stop()
		<-followed
	})
	return catalogv1.NewCatalogServiceClient(conn)
}

// as makes calls in the name of a workload, as its sidecar would say.
func as(ctx context.Context, workload string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "x-forwarded-client-cert", "URI=spiffe://larder.local/ns/larder/sa/"+workload)
}

func wantError(t *testing.T, err error, code codes.Code, reason string) {
	t.Helper()
	domain, got := platform.Reason(err)
	if status.Code(err) != code || got != reason || domain != "catalog" {
		t.Errorf("%v with reason %s of %q, want %s with %s", err, got, domain, code, reason)
	}
}

const milk = "products/whole-milk-1l-hillside"

func TestGetProduct(t *testing.T) {
	client := newClient(t, newStore(t))
	for range 2 { // read, then from memory
		answer, err := client.GetProduct(t.Context(), &catalogv1.GetProductRequest{Name: milk})
		if err != nil {
			t.Fatal(err)
		}
		p := answer.GetProduct()
		if p.GetName() != milk || p.GetDisplayName() != "Whole Milk" || p.GetStorageClass() != catalogv1.StorageClass_STORAGE_CLASS_CHILLED ||
			p.GetPrice().GetCurrencyCode() != "EUR" || p.GetPrice().GetUnits()*100+int64(p.GetPrice().GetNanos())/nanosPerCent < 50 {
			t.Errorf("product %v", p)
		}
	}
	_, err := client.GetProduct(t.Context(), &catalogv1.GetProductRequest{Name: "products/unknown"})
	wantError(t, err, codes.NotFound, "PRODUCT_NOT_FOUND")
	for _, name := range []string{"", "whole-milk", "products/", "products/A", "products/" + strings.Repeat("a", 81), "products/a;drop"} {
		_, err := client.GetProduct(t.Context(), &catalogv1.GetProductRequest{Name: name})
		wantError(t, err, codes.InvalidArgument, "INVALID_REQUEST")
	}
}

func TestBatchGetProductsKeepsTheOrderAndNamesTheFirstUnknown(t *testing.T) {
	client := newClient(t, newStore(t))
	all, err := client.ListProducts(t.Context(), &catalogv1.ListProductsRequest{PageSize: 100})
	if err != nil || len(all.GetProducts()) != 100 {
		t.Fatalf("%d products, %v", len(all.GetProducts()), err)
	}
	var wanted []string
	for i := range all.GetProducts() {
		wanted = append(wanted, all.GetProducts()[99-i].GetName())
	}
	// One is in memory already, the others are not.
	if _, err := client.GetProduct(t.Context(), &catalogv1.GetProductRequest{Name: wanted[7]}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		batch, err := client.BatchGetProducts(t.Context(), &catalogv1.BatchGetProductsRequest{Names: wanted})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range batch.GetProducts() {
			if !proto.Equal(p, all.GetProducts()[99-i]) {
				t.Fatalf("product %d is %v, want %v", i, p, all.GetProducts()[99-i])
			}
		}
	}
	_, err = client.BatchGetProducts(t.Context(), &catalogv1.BatchGetProductsRequest{Names: []string{milk, "products/nope", "products/neither"}})
	wantError(t, err, codes.NotFound, "PRODUCT_NOT_FOUND")
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetMetadata()["name"] != "products/nope" {
			t.Errorf("metadata %v", info.GetMetadata())
		}
	}
	for name, names := range map[string][]string{"none": nil, "one twice": {milk, milk}, "101": append(wanted, milk)} {
		t.Run(name, func(t *testing.T) {
			_, err := client.BatchGetProducts(t.Context(), &catalogv1.BatchGetProductsRequest{Names: names})
			wantError(t, err, codes.InvalidArgument, "INVALID_REQUEST")
		})
	}
}

func TestListProductsGivesEveryProductOnce(t *testing.T) {
	client := newClient(t, newStore(t))
	seen, token, pages := map[string]bool{}, "", 0
	for {
		page, err := client.ListProducts(t.Context(), &catalogv1.ListProductsRequest{Category: "dairy", PageSize: 7, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, p := range page.GetProducts() {
			if seen[p.GetName()] || p.GetCategory() != "dairy" {
				t.Errorf("%s of %s, again or wrongly", p.GetName(), p.GetCategory())
			}
			seen[p.GetName()] = true
		}
		if token = page.GetNextPageToken(); token == "" {
			break
		}
		if len(page.GetProducts()) != 7 {
			t.Errorf("a page of %d that is not the last", len(page.GetProducts()))
		}
	}
	whole, err := client.ListProducts(t.Context(), &catalogv1.ListProductsRequest{Category: "dairy", PageSize: 1000})
	if err != nil || len(whole.GetProducts()) != len(seen) || whole.GetNextPageToken() != "" || pages < 3 {
		t.Errorf("%d pages of %d products, %d in one page, %v", pages, len(seen), len(whole.GetProducts()), err)
	}
	none, err := client.ListProducts(t.Context(), &catalogv1.ListProductsRequest{Category: "none"})
	if err != nil || len(none.GetProducts()) != 0 || none.GetNextPageToken() != "" {
		t.Errorf("an unknown category: %v, %v", none, err)
	}
	first, err := client.ListProducts(t.Context(), &catalogv1.ListProductsRequest{Category: "dairy"})
	if err != nil || len(first.GetProducts()) != 50 {
		t.Errorf("the default page has %d, %v", len(first.GetProducts()), err)
	}
	for name, request := range map[string]*catalogv1.ListProductsRequest{
		"another filter": {Category: "fish", PageToken: first.GetNextPageToken()},
		"made up":        {Category: "dairy", PageToken: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.ListProducts(t.Context(), request)
			wantError(t, err, codes.InvalidArgument, "PAGE_TOKEN_INVALID")
		})
	}
	_, err = client.ListProducts(t.Context(), &catalogv1.ListProductsRequest{PageSize: -1})
	wantError(t, err, codes.InvalidArgument, "INVALID_REQUEST")
}

func TestSearchProductsGoesOnWhereThePageEnded(t *testing.T) {
	client := newClient(t, newStore(t))
	whole, err := client.SearchProducts(t.Context(), &catalogv1.SearchProductsRequest{Query: "choc", PageSize: 100})
	if err != nil || len(whole.GetProducts()) < 5 {
		t.Fatalf("%d products, %v", len(whole.GetProducts()), err)
	}
	var paged []*catalogv1.Product
	for token := ""; ; {
		page, err := client.SearchProducts(t.Context(), &catalogv1.SearchProductsRequest{Query: "choc", PageSize: 2, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		paged = append(paged, page.GetProducts()...)
		if token = page.GetNextPageToken(); token == "" {
			break
		}
		_, err = client.SearchProducts(t.Context(), &catalogv1.SearchProductsRequest{Query: "other", PageToken: token})
		wantError(t, err, codes.InvalidArgument, "PAGE_TOKEN_INVALID")
	}
	if fmt.Sprint(paged) != fmt.Sprint(whole.GetProducts()) {
		t.Errorf("%d by pages, %d at once", len(paged), len(whole.GetProducts()))
	}
	nothing, err := client.SearchProducts(t.Context(), &catalogv1.SearchProductsRequest{Query: "?!"})
	if err != nil || len(nothing.GetProducts()) != 0 {
		t.Errorf("no word at all: %v, %v", nothing, err)
	}
	_, err = client.SearchProducts(t.Context(), &catalogv1.SearchProductsRequest{})
	wantError(t, err, codes.InvalidArgument, "INVALID_REQUEST")
}

func TestChangePriceIsSeenAtOnceAndRemembered(t *testing.T) {
	client := newClient(t, newStore(t))
	ctx := as(t.Context(), "backoffice")
	before, err := client.GetProduct(ctx, &catalogv1.GetProductRequest{Name: milk})
	if err != nil {
		t.Fatal(err)
	}
	change := &catalogv1.ChangePriceRequest{RequestId: "r1", Product: milk, Price: &typev1.Money{CurrencyCode: "EUR", Units: 7, Nanos: 50_000_000}}
	first, err := client.ChangePrice(ctx, change)
	if err != nil || !proto.Equal(first.GetProduct().GetPrice(), change.GetPrice()) {
		t.Fatalf("%v, %v", first, err)
	}
	after, err := client.GetProduct(ctx, &catalogv1.GetProductRequest{Name: milk})
	if err != nil || !proto.Equal(after.GetProduct(), first.GetProduct()) {
		t.Errorf("after: %v, %v", after, err)
	}
	if _, err := client.ChangePrice(ctx, &catalogv1.ChangePriceRequest{RequestId: "r2", Product: milk, Price: toMoney(799)}); err != nil {
		t.Fatal(err)
	}
	again, err := client.ChangePrice(ctx, change)
	if err != nil || !proto.Equal(again, first) {
		t.Errorf("repeated: %v, %v, want the first result", again, err)
	}
	history, err := client.ListPriceChanges(ctx, &catalogv1.ListPriceChangesRequest{Product: milk, PageSize: 2})
	if err != nil || len(history.GetPriceChanges()) != 2 {
		t.Fatalf("%v, %v", history, err)
	}
	last, err := client.ListPriceChanges(ctx, &catalogv1.ListPriceChangesRequest{Product: milk, PageSize: 2, PageToken: history.GetNextPageToken()})
	if err != nil || len(last.GetPriceChanges()) != 1 || last.GetNextPageToken() != "" {
		t.Fatalf("%v, %v", last, err)
	}
	changes := append(history.GetPriceChanges(), last.GetPriceChanges()...)
	if !proto.Equal(changes[0].GetNewPrice(), toMoney(799)) || !proto.Equal(changes[0].GetOldPrice(), toMoney(705)) ||
		!proto.Equal(changes[1].GetOldPrice(), before.GetProduct().GetPrice()) || changes[2].GetOldPrice() != nil {
		t.Errorf("history %v", changes)
	}
	_, err = client.ListPriceChanges(ctx, &catalogv1.ListPriceChangesRequest{Product: "products/other", PageToken: history.GetNextPageToken()})
	wantError(t, err, codes.InvalidArgument, "PAGE_TOKEN_INVALID")
	_, err = client.ListPriceChanges(ctx, &catalogv1.ListPriceChangesRequest{Product: "products/unknown"})
	wantError(t, err, codes.NotFound, "PRODUCT_NOT_FOUND")
}

func TestChangePriceRefuses(t *testing.T) {
	client := newClient(t, newStore(t))
	ctx := as(t.Context(), "backoffice")
	if _, err := client.ChangePrice(ctx, &catalogv1.ChangePriceRequest{RequestId: "r1", Product: milk, Price: toMoney(100)}); err != nil {
		t.Fatal(err)
	}
	_, err := client.ChangePrice(ctx, &catalogv1.ChangePriceRequest{RequestId: "r1", Product: milk, Price: toMoney(101)})
	wantError(t, err, codes.AlreadyExists, "REQUEST_ID_REUSED")
	_, err = client.ChangePrice(ctx, &catalogv1.ChangePriceRequest{RequestId: "r2", Product: "products/unknown", Price: toMoney(101)})
	wantError(t, err, codes.NotFound, "PRODUCT_NOT_FOUND")
	for name, price := range map[string]*typev1.Money{
		"no price":          nil,
		"nothing":           toMoney(0),
		"negative":          {CurrencyCode: "EUR", Units: -1},
		"dollars":           {CurrencyCode: "USD", Units: 1},
		"half a cent":       {CurrencyCode: "EUR", Nanos: 5_000_000},
		"mixed signs":       {CurrencyCode: "EUR", Units: 1, Nanos: -10_000_000},
		"beyond all reason": {CurrencyCode: "EUR", Units: 1_000_000_001},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.ChangePrice(ctx, &catalogv1.ChangePriceRequest{RequestId: "r3", Product: milk, Price: price})
			wantError(t, err, codes.InvalidArgument, "INVALID_REQUEST")
		})
	}
	if now, err := client.GetProduct(ctx, &catalogv1.GetProductRequest{Name: milk}); err != nil || !proto.Equal(now.GetProduct().GetPrice(), toMoney(100)) {
		t.Errorf("the price is %v, %v", now.GetProduct().GetPrice(), err)
	}
}

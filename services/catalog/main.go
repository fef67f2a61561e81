// Command catalog serves larder.catalog.v1: products, search, batch look-up and price history.
package main

import (
	"context"
	"os"

	"google.golang.org/grpc"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
	"larder.example/platform/go"
)

func main() { platform.Exit(run(context.Background())) }

func run(ctx context.Context) error {
	config, err := loadConfig(os.Getenv)
	if err != nil {
		return err
	}
	store, err := openStore(ctx, config)
	if err != nil {
		return err
	}
	cache := newCache(store)
	return platform.Serve(ctx, config.platform, platform.Options{
		Workload:   "catalog",
		Register:   func(s grpc.ServiceRegistrar) { catalogv1.RegisterCatalogServiceServer(s, newHandler(store, cache)) },
		Ready:      store.ping,
		Background: []func(context.Context) error{cache.follow},
		Close:      store.close,
	})
}

// An outside program: it knows the installed module and an address, and prints what the catalog said.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	catalogv1 "larder.example/gen/go/larder/catalog/v1"
)

func main() {
	connection, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	catalog := catalogv1.NewCatalogServiceClient(connection)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	found, err := catalog.GetProduct(ctx, &catalogv1.GetProductRequest{Name: os.Args[2]})
	if err != nil {
		log.Fatal(err)
	}
	_, refused := catalog.GetProduct(ctx, &catalogv1.GetProductRequest{Name: "products/no-such-thing"})
	err = json.NewEncoder(os.Stdout).Encode(map[string]string{
		"displayName": found.GetProduct().GetDisplayName(),
		"units":       strconv.FormatInt(found.GetProduct().GetPrice().GetUnits(), 10),
		"refused":     status.Code(refused).String(),
	})
	if err != nil {
		log.Fatal(err)
	}
}

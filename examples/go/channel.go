package main

import (
	"crypto/tls"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"larder.example/gen/go/meshconfig"
)

// openChannel opens a channel for the methods of one service, with the deadlines and retries of the contract: gRPC reads them
// from the service config. Nothing is dialled before the first call.
func openChannel(address string, config *tls.Config, service string) (*grpc.ClientConn, error) {
	return grpc.NewClient(
		address,
		grpc.WithTransportCredentials(credentials.NewTLS(config)),
		grpc.WithDefaultServiceConfig(meshconfig.ServiceConfig[service]),
		grpc.WithDisableServiceConfig(),
	)
}

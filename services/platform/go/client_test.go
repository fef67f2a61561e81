package platform

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
)

// callee is a bare server on a socket: it counts the calls and fails the first few as UNAVAILABLE.
type callee struct {
	catalogv1.UnimplementedCatalogServiceServer
	address  string
	failures int64
	calls    atomic.Int64
	headers  metadata.MD
	left     time.Duration
}

func (c *callee) GetProduct(ctx context.Context, _ *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
	c.headers, _ = metadata.FromIncomingContext(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		c.left = time.Until(deadline)
	}
	if c.calls.Add(1) <= c.failures {
		return nil, status.Error(codes.Unavailable, "busy")
	}
	return &catalogv1.GetProductResponse{}, nil
}

// ChangePrice is not to be retried by the contract.
func (c *callee) ChangePrice(context.Context, *catalogv1.ChangePriceRequest) (*catalogv1.ChangePriceResponse, error) {
	c.calls.Add(1)
	return nil, status.Error(codes.Unavailable, "busy")
}

func listening(t *testing.T, network string, failures int64) *callee {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = t.TempDir() + "/s"
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	c := &callee{address: listener.Addr().String(), failures: failures}
	if network == "unix" {
		c.address = "unix:" + address
	}
	server := grpc.NewServer()
	catalogv1.RegisterCatalogServiceServer(server, c)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return c
}

func clientOf(t *testing.T, config Config) catalogv1.CatalogServiceClient {
	t.Helper()
	conn, err := Client(catalogv1.CatalogService_ServiceDesc, "catalog", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return catalogv1.NewCatalogServiceClient(conn)
}

func direct(addresses ...string) Config {
	config := testConfig()
	config.Addresses = func(workload string) []string {
		if workload != "catalog" {
			return nil
		}
		return addresses
	}
	return config
}

func egress(address string) Config {
	config := testConfig()
	config.Egress = address
	return config
}

func transparently(address string) Config {
	config := direct(address)
	config.Egress = transparent
	return config
}

func TestTheAuthorityIsTheNameInTheMeshAndTheDeadlineThatOfTheContract(t *testing.T) {
	for _, network := range []string{"unix", "tcp"} {
		c := listening(t, network, 0)
		for way, config := range map[string]Config{"direct": direct(c.address), "egress": egress(c.address)} {
			if _, err := clientOf(t, config).GetProduct(t.Context(), &catalogv1.GetProductRequest{}); err != nil {
				t.Fatalf("%s %s: %v", network, way, err)
			}
			if got := c.headers.Get(":authority"); len(got) != 1 || got[0] != "catalog.larder.svc.cluster.local:50051" {
				t.Errorf("%s %s: authority %q", network, way, got)
			}
			if c.left <= 0 || c.left > 300*time.Millisecond {
				t.Errorf("%s %s: %s left", network, way, c.left)
			}
		}
	}
}

func TestOneLayerRetries(t *testing.T) {
	for name, each := range map[string]struct {
		config func(string) Config
		calls  int64
		code   codes.Code
	}{
		"the client without a sidecar": {func(address string) Config { return direct(address) }, 2, codes.OK},
		"the sidecar where there is":   {egress, 1, codes.Unavailable},
		"a sidecar without an address": {transparently, 1, codes.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			c := listening(t, "unix", 1)
			_, err := clientOf(t, each.config(c.address)).GetProduct(t.Context(), &catalogv1.GetProductRequest{})
			if status.Code(err) != each.code || c.calls.Load() != each.calls {
				t.Errorf("%v after %d tries", err, c.calls.Load())
			}
		})
	}
	c := listening(t, "unix", 0)
	_, err := clientOf(t, direct(c.address)).ChangePrice(t.Context(), &catalogv1.ChangePriceRequest{})
	if status.Code(err) != codes.Unavailable || c.calls.Load() != 1 {
		t.Errorf("without a retry in the contract: %v after %d tries", err, c.calls.Load())
	}
}

func TestCallsGoRoundSeveralAddresses(t *testing.T) {
	one, two := listening(t, "unix", 0), listening(t, "tcp", 0)
	client := clientOf(t, direct(one.address, two.address))
	eventually(t, "both are called", func() bool {
		if _, err := client.GetProduct(t.Context(), &catalogv1.GetProductRequest{}); err != nil {
			t.Fatal(err)
		}
		return one.calls.Load() > 2 && two.calls.Load() > 2
	})
}

func TestWhatBelongsToTheRequestGoesAlongUnlessDetached(t *testing.T) {
	c := listening(t, "unix", 0)
	client := clientOf(t, direct(c.address))
	parent := "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	shop := run(t, &shop{getProduct: func(ctx context.Context, r *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
		if r.GetName() == "products/detached" {
			ctx = Detached(ctx)
		}
		return client.GetProduct(ctx, r)
	}}, testConfig())
	for name, want := range map[string]map[string]string{
		"products/a":        {"x-request-id": "r-1", "x-larder-user": "token", "traceparent": parent},
		"products/detached": {"x-request-id": "r-1", "x-larder-user": "", "traceparent": parent},
	} {
		ctx := with(t.Context(), "x-request-id", "r-1", "x-larder-user", "token", "traceparent", parent)
		ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
		if err := shop.get(ctx, name); err != nil {
			t.Fatal(err)
		}
		for header, value := range want {
			got := c.headers.Get(header)
			if value == "" && len(got) > 0 || value != "" && (len(got) != 1 || got[0] != value) {
				t.Errorf("%s: %s is %q, want %q", name, header, got, value)
			}
		}
		if own := name == "products/detached"; own != (c.left > 100*time.Millisecond) {
			t.Errorf("%s: %s left", name, c.left)
		}
	}
}

func TestAServiceThatIsNotInTheContractIsRefused(t *testing.T) {
	if _, err := Client(grpc.ServiceDesc{ServiceName: "some.Service"}, "catalog", testConfig()); err == nil {
		t.Error("accepted")
	}
}

func TestWithoutSidecarAndAddressTheNameInTheMeshIsDialled(t *testing.T) {
	conn, err := Client(catalogv1.CatalogService_ServiceDesc, "catalog", testConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got := conn.CanonicalTarget(); got != "dns:///catalog.larder.svc.cluster.local:50051" {
		t.Errorf("target %s", got)
	}
}

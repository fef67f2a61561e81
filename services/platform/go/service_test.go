package platform

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
	customerv1 "larder.example/gen/go/larder/customer/v1"
	orderv1 "larder.example/gen/go/larder/order/v1"
	telemetryv1 "larder.example/gen/go/larder/telemetry/v1"
)

// shop is a service for tests: what its methods do is up to the test. Four services of the contract stand in for all.
type shop struct {
	catalogv1.UnimplementedCatalogServiceServer
	customerv1.UnimplementedCustomerServiceServer
	orderv1.UnimplementedOrderServiceServer
	telemetryv1.UnimplementedIngestionServiceServer
	getProduct     func(context.Context, *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error)
	getOrder       func(context.Context) error
	ingest         func(context.Context)
	watchOrder     func(grpc.ServerStreamingServer[orderv1.WatchOrderResponse]) error
	streamReadings func(readings) error
}

func (s *shop) GetProduct(ctx context.Context, r *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
	return s.getProduct(ctx, r)
}

func (s *shop) GetOrder(ctx context.Context, _ *orderv1.GetOrderRequest) (*orderv1.GetOrderResponse, error) {
	return &orderv1.GetOrderResponse{}, s.getOrder(ctx)
}

func (s *shop) GetCustomer(ctx context.Context, _ *customerv1.GetCustomerRequest) (*customerv1.GetCustomerResponse, error) {
	return &customerv1.GetCustomerResponse{}, s.getOrder(ctx)
}

func (s *shop) BatchIngestReadings(ctx context.Context, _ *telemetryv1.BatchIngestReadingsRequest) (*telemetryv1.BatchIngestReadingsResponse, error) {
	s.ingest(ctx)
	return &telemetryv1.BatchIngestReadingsResponse{}, nil
}

func (s *shop) WatchOrder(_ *orderv1.WatchOrderRequest, stream grpc.ServerStreamingServer[orderv1.WatchOrderResponse]) error {
	return s.watchOrder(stream)
}

type readings = grpc.BidiStreamingServer[telemetryv1.StreamReadingsRequest, telemetryv1.StreamReadingsResponse]

func (s *shop) StreamReadings(stream readings) error { return s.streamReadings(stream) }

func (s *shop) register(r grpc.ServiceRegistrar) {
	catalogv1.RegisterCatalogServiceServer(r, s)
	customerv1.RegisterCustomerServiceServer(r, s)
	orderv1.RegisterOrderServiceServer(r, s)
	telemetryv1.RegisterIngestionServiceServer(r, s)
}

// running is a shop that serves over a connection in memory, with what it logged and counted.
type running struct {
	*grpc.ClientConn
	*interceptors
	log *lines
}

func (r *running) get(ctx context.Context, name string) error {
	_, err := catalogv1.NewCatalogServiceClient(r).GetProduct(ctx, &catalogv1.GetProductRequest{Name: name})
	return err
}

func (r *running) ingest(ctx context.Context) error {
	request := &telemetryv1.BatchIngestReadingsRequest{Readings: []*telemetryv1.Reading{{}}}
	_, err := telemetryv1.NewIngestionServiceClient(r).BatchIngestReadings(ctx, request)
	return err
}

func testConfig() Config {
	return Config{Namespace: "larder", TrustDomain: "larder.local", Build: "test", Addresses: func(string) []string { return nil }}
}

func run(t *testing.T, s *shop, config Config) *running {
	t.Helper()
	log := &lines{}
	in := &interceptors{workload: "shop", config: config, logger: newLogger(log, config, "shop"), draining: t.Context()}
	server, _, err := newServer(in, s.register)
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
	t.Cleanup(func() { _ = conn.Close(); server.Stop() })
	return &running{conn, in, log}
}

// lines keeps what a logger writes.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// read returns the lines so far as objects.
func (l *lines) read(t *testing.T) (all []map[string]any) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range bytes.Lines(l.text.Bytes()) {
		var object map[string]any
		if err := json.Unmarshal(line, &object); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, object)
	}
	return all
}

func with(ctx context.Context, headers ...string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, headers...)
}

func wantError(t *testing.T, err error, code codes.Code, domain, reason string) {
	t.Helper()
	gotDomain, gotReason := Reason(err)
	if status.Code(err) != code || gotDomain != domain || gotReason != reason {
		t.Errorf("%v, domain %q, reason %q; want %s, %q, %q", err, gotDomain, gotReason, code, domain, reason)
	}
}

func detail[D any](err error) (found D) {
	for _, each := range status.Convert(err).Details() {
		if match, ok := each.(D); ok {
			return match
		}
	}
	return found
}

package platform

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/grpc/status"

	"larder.example/gen/go/meshconfig"
)

// Client opens a connection to the workload that runs a service; it connects with the first call. Deadlines come from the
// contract where the context has none that is shorter. Retries come from the contract too, unless a sidecar retries.
//
// The trace, the request id and the user of the request in progress go along; see Detached.
func Client(service grpc.ServiceDesc, workload string, config Config) (*grpc.ClientConn, error) {
	policy, ok := meshconfig.ServiceConfig[service.ServiceName]
	if !ok {
		return nil, fmt.Errorf("the contract has no service %s", service.ServiceName)
	}
	authority := workload + "." + config.Namespace + ".svc.cluster.local:50051"
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithAuthority(authority),
		grpc.WithDisableServiceConfig(),
		grpc.WithContextDialer(dial),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second},
			MinConnectTimeout: time.Second,
		}),
		grpc.WithUnaryInterceptor(sendAlong),
		grpc.WithStreamInterceptor(sendAlongStream),
	}
	direct := config.Addresses(workload)
	// A sidecar that nobody dials takes calls on their way, wherever they go.
	sidecar := config.Egress == transparent
	if len(direct) == 0 && config.Egress != "" && !sidecar {
		direct, sidecar = []string{config.Egress}, true
	}
	if sidecar {
		// One layer retries: the sidecar if there is one. Two of two tries each would make four.
		options = append(options, grpc.WithDefaultServiceConfig(policy), grpc.WithDisableRetry())
	} else {
		options = append(options, grpc.WithDefaultServiceConfig(balanced(policy)))
	}
	if len(direct) == 0 {
		return grpc.NewClient("dns:///"+authority, options...)
	}
	fixed := manual.NewBuilderWithScheme("fixed")
	var state resolver.State
	for _, address := range direct {
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{{Addr: address}}})
	}
	fixed.InitialState(state)
	return grpc.NewClient("fixed:///"+workload, append(options, grpc.WithResolvers(fixed))...)
}

// transparent is what MESH_EGRESS says of a sidecar that has no address.
const transparent = "transparent"

// balanced spreads the calls over all addresses of the workload.
func balanced(policy string) string {
	return strings.Replace(policy, "{", `{"loadBalancingConfig": [{"round_robin": {}}],`, 1)
}

// dial connects to `unix:/path` or `host:port`, and never by a proxy.
func dial(ctx context.Context, address string) (net.Conn, error) {
	network := "tcp"
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// along adds what travels with every further call of a request.
func along(ctx context.Context) context.Context {
	headers := propagation.MapCarrier{}
	traceContext.Inject(ctx, headers)
	if call := CallOf(ctx); call != nil {
		headers[requestHeader] = call.RequestID
		if call.assertion != "" {
			headers[userHeader] = call.assertion
		}
	}
	for name, value := range headers {
		ctx = metadata.AppendToOutgoingContext(ctx, name, value)
	}
	return ctx
}

func sendAlong(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	name := strings.TrimPrefix(method, "/")
	service, short, _ := strings.Cut(name, "/")
	ctx, span := otel.Tracer(tracerName).Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), spanOf(service, short))
	defer span.End()
	err := invoke(along(ctx), method, request, reply, conn, options...)
	span.SetAttributes(attribute.Int("rpc.grpc.status_code", int(status.Code(err))))
	if err != nil {
		span.SetStatus(otelcodes.Error, status.Code(err).String())
	}
	return err
}

func sendAlongStream(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, open grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
	return open(along(ctx), desc, conn, method, options...)
}

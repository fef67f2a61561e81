package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/grpc/status"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
	orderv1 "larder.example/gen/go/larder/order/v1"
)

const (
	getProduct     = "larder.catalog.v1.CatalogService/GetProduct"
	ingestReadings = "larder.telemetry.v1.IngestionService/BatchIngestReadings"
)

// seen answers GetProduct and BatchIngestReadings, and remembers the call.
func seen(call *Call, deadline *time.Duration) *shop {
	remember := func(ctx context.Context) {
		*call = *CallOf(ctx)
		if at, ok := ctx.Deadline(); ok {
			*deadline = time.Until(at)
		}
	}
	return &shop{
		getProduct: func(ctx context.Context, _ *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
			remember(ctx)
			return &catalogv1.GetProductResponse{}, nil
		},
		ingest: remember,
	}
}

func failing(err error) *shop {
	return &shop{getProduct: func(context.Context, *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
		return nil, err
	}}
}

// callers are shared with the kits of the other languages.
func callers(t *testing.T) (shared struct {
	Ingress     string `json:"device_ingress"`
	TrustDomain string `json:"device_trust_domain"`
	Cases       []struct {
		About    string
		Header   string
		Caller   string
		AtDevice string `json:"at_device_method"`
	}
}) {
	t.Helper()
	text, err := os.ReadFile("../../../proto/testdata/callers.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &shared); err != nil {
		t.Fatal(err)
	}
	return shared
}

func TestAHandlerLearnsWhoCalls(t *testing.T) {
	shared := callers(t)
	ingress := testConfig()
	ingress.DeviceIngress, ingress.DeviceTrustDomain = shared.Ingress, shared.TrustDomain
	var call Call
	shop, without := run(t, seen(&call, new(time.Duration)), ingress), run(t, seen(&call, new(time.Duration)), testConfig())
	for _, c := range shared.Cases {
		ctx := with(t.Context(), "x-larder-caller", "forged")
		if c.Header != "" {
			ctx = with(ctx, "x-forwarded-client-cert", c.Header)
		}
		if err := shop.get(ctx, "products/a"); err != nil || call.Caller != c.Caller {
			t.Errorf("%s: caller %q, %v, want %q", c.About, call.Caller, err, c.Caller)
		}
		if err := shop.ingest(ctx); err != nil || call.Caller != c.AtDevice {
			t.Errorf("%s, at a method for devices: caller %q, %v, want %q", c.About, call.Caller, err, c.AtDevice)
		}
		if err := without.ingest(ctx); err != nil || call.Caller != c.Caller {
			t.Errorf("%s, without an ingress: caller %q, %v, want %q", c.About, call.Caller, err, c.Caller)
		}
	}
	if call.Method != ingestReadings {
		t.Errorf("method %q", call.Method)
	}
}

func TestARequestKeepsASafeIDAndGetsOneOtherwise(t *testing.T) {
	var call Call
	shop := run(t, seen(&call, new(time.Duration)), testConfig())
	for id, kept := range map[string]bool{"abc-1.2:3": true, "": false, `a"b`: false, strings.Repeat("a", 129): false} {
		if err := shop.get(with(t.Context(), "x-request-id", id), "products/a"); err != nil {
			t.Fatal(err)
		}
		if (call.RequestID == id) != kept || call.RequestID == "" {
			t.Errorf("%q became %q", id, call.RequestID)
		}
	}
}

func TestTheDeadlineIsTheCallersOrThatOfTheContract(t *testing.T) {
	var deadline time.Duration
	shop := run(t, seen(&Call{}, &deadline), testConfig())
	if err := shop.get(t.Context(), "products/a"); err != nil || deadline <= 0 || deadline > 300*time.Millisecond {
		t.Errorf("without one: %s left, %v", deadline, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := shop.get(ctx, "products/a"); err != nil || deadline < 30*time.Second {
		t.Errorf("with a minute: %s left, %v", deadline, err)
	}
}

func TestAHandlerThatIsTooSlowIsDeadlineExceeded(t *testing.T) {
	shop := run(t, &shop{getProduct: func(ctx context.Context, _ *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("read: %w", ctx.Err())
	}}, testConfig())
	if err := shop.get(t.Context(), "products/a"); status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("%v", err)
	}
}

func TestABadRequestNamesEveryFieldAndDoesNotReachTheHandler(t *testing.T) {
	reached := false
	shop := run(t, &shop{getProduct: func(context.Context, *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
		reached = true
		return nil, nil
	}}, testConfig())
	err := shop.get(t.Context(), "nonsense")
	wantError(t, err, codes.InvalidArgument, "shop", "INVALID_REQUEST")
	if bad := detail[*errdetails.BadRequest](err); len(bad.GetFieldViolations()) != 1 || bad.GetFieldViolations()[0].GetField() != "name" ||
		bad.GetFieldViolations()[0].GetDescription() == "" || !strings.HasPrefix(status.Convert(err).Message(), "name: ") {
		t.Errorf("%v with %v", err, bad)
	}
	if reached {
		t.Error("the handler was called")
	}
}

func TestABadRequestNamesNoMoreFieldsThanAnAnswerCanHold(t *testing.T) {
	shop := run(t, &shop{}, testConfig())
	for wrong, said := range map[int]string{16: "", 17: "; and 1 more", 100: "; and 84 more"} {
		names := make([]string, wrong)
		for i := range names {
			names[i] = fmt.Sprintf("nonsense %d", i)
		}
		_, err := catalogv1.NewCatalogServiceClient(shop).BatchGetProducts(t.Context(), &catalogv1.BatchGetProductsRequest{Names: names})
		wantError(t, err, codes.InvalidArgument, "shop", "INVALID_REQUEST")
		bad, message := detail[*errdetails.BadRequest](err), status.Convert(err).Message()
		if len(bad.GetFieldViolations()) != 16 || !strings.HasSuffix(message, said) || strings.Contains(message, " more") != (said != "") {
			t.Errorf("%d wrong: %d named, %v", wrong, len(bad.GetFieldViolations()), err)
		}
	}
}

func TestWhatHandlersReturnBecomesTheAnswer(t *testing.T) {
	remote, err := status.New(codes.NotFound, "no such row at 10.0.0.1").WithDetails(&errdetails.ErrorInfo{Domain: "pricing", Reason: "RULE_NOT_FOUND"})
	if err != nil {
		t.Fatal(err)
	}
	busy, err := status.New(codes.Unavailable, "10.0.0.1 is away").WithDetails(&errdetails.ErrorInfo{Domain: "pricing", Reason: "STORE_UNAVAILABLE"})
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("password is hush")
	for name, each := range map[string]struct {
		err            error
		code           codes.Code
		domain, reason string
		message        string
	}{
		"of the contract":         {RPCError("order", codes.NotFound, "X_NOT_FOUND", "x does not exist", map[string]string{"name": "x"}), codes.NotFound, "order", "X_NOT_FOUND", "x does not exist"},
		"wrapped":                 {fmt.Errorf("hush: %w", RPCError("order", codes.Aborted, "X", "text", nil)), codes.Aborted, "order", "X", "text"},
		"a store that is away":    {StoreUnavailable(cause), codes.Unavailable, "shop", "STORE_UNAVAILABLE", "the database is unavailable"},
		"unknown":                 {cause, codes.Internal, "", "", "internal error"},
		"a callee's own refusal":  {remote.Err(), codes.Internal, "", "", "internal error"},
		"a callee that is busy":   {busy.Err(), codes.Unavailable, "pricing", "STORE_UNAVAILABLE", "a service that this one needs did not answer"},
		"a callee that is away":   {status.Error(codes.Unavailable, "dial 10.0.0.1"), codes.Unavailable, "shop", "DEPENDENCY_UNAVAILABLE", "a service that this one needs did not answer"},
		"a deadline further down": {context.DeadlineExceeded, codes.DeadlineExceeded, "", "", "the deadline has passed"},
	} {
		t.Run(name, func(t *testing.T) {
			shop := run(t, failing(each.err), testConfig())
			err := shop.get(t.Context(), "products/a")
			if each.reason == "" {
				if domain, reason := Reason(err); status.Code(err) != each.code || domain+reason != "" {
					t.Errorf("%v, %s %s", err, domain, reason)
				}
			} else {
				wantError(t, err, each.code, each.domain, each.reason)
			}
			if got := status.Convert(err).Message(); got != each.message {
				t.Errorf("message %q, want %q", got, each.message)
			}
		})
	}
	err = run(t, failing(RPCError("order", codes.NotFound, "X", "x", map[string]string{"name": "x"})), testConfig()).get(t.Context(), "products/a")
	if info := detail[*errdetails.ErrorInfo](err); info.GetMetadata()["name"] != "x" {
		t.Errorf("metadata %v", info)
	}
}

func TestAPanicIsInternalAndTheServerLivesOn(t *testing.T) {
	shop := run(t, &shop{getProduct: func(_ context.Context, r *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
		if r.GetName() == "products/bad" {
			panic("hush")
		}
		return &catalogv1.GetProductResponse{}, nil
	}}, testConfig())
	err := shop.get(t.Context(), "products/bad")
	if status.Code(err) != codes.Internal || status.Convert(err).Message() != "internal error" {
		t.Errorf("%v", err)
	}
	if err := shop.get(t.Context(), "products/good"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	log := shop.log.read(t)
	if text, _ := log[0]["error"].(string); !strings.Contains(text, "hush") || !strings.Contains(text, "interceptors_test.go") {
		t.Errorf("logged %v", log[0])
	}
}

func TestEveryCallIsLoggedOnceAndCounted(t *testing.T) {
	err := errors.New("disk on fire")
	shop := run(t, &shop{getProduct: func(_ context.Context, r *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
		if r.GetName() == "products/unknown" {
			return nil, err
		}
		return &catalogv1.GetProductResponse{}, nil
	}}, testConfig())
	ctx := with(t.Context(), "x-request-id", "r-1", "x-forwarded-client-cert", "URI=spiffe://larder.local/ns/larder/sa/gateway",
		"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	for _, name := range []string{"products/a", "products/unknown", "nonsense"} {
		_ = shop.get(ctx, name) // The log says how it ended.
	}
	want := []struct{ level, code, reason, err string }{{"info", "OK", "", ""}, {"error", "INTERNAL", "", "disk on fire"}, {"info", "INVALID_ARGUMENT", "INVALID_REQUEST", ""}}
	log := shop.log.read(t)
	if len(log) != len(want) {
		t.Fatalf("logged %v", log)
	}
	text := func(value any) string { s, _ := value.(string); return s }
	for i, line := range log {
		if line["message"] != "request" || line["level"] != want[i].level || line["code"] != want[i].code || text(line["reason"]) != want[i].reason ||
			text(line["error"]) != want[i].err || line["method"] != getProduct || line["caller"] != "gateway" || line["request_id"] != "r-1" ||
			line["trace_id"] != "0af7651916cd43dd8448eb211c80319c" || line["workload"] != "shop" || line["build"] != "test" {
			t.Errorf("line %d: %v", i, line)
		}
		if took, ok := line["duration_ms"].(float64); !ok || took < 0 {
			t.Errorf("duration_ms %v", line["duration_ms"])
		}
		count := testutil.ToFloat64(shop.metrics.handled.WithLabelValues("larder.catalog.v1.CatalogService", "GetProduct", want[i].code))
		if count != 1 {
			t.Errorf("%s was counted %v times", want[i].code, count)
		}
	}
}

// raw sends and receives bytes as they are.
type raw struct{}

func (raw) Name() string { return "raw" }
func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}
func (raw) Unmarshal(mem.BufferSlice, any) error { return nil }

var _ encoding.CodecV2 = raw{}

func TestBytesThatAreNoMessageAndMessagesThatAreTooLargeAreRefused(t *testing.T) {
	shop := run(t, failing(nil), testConfig())
	err := shop.Invoke(t.Context(), "/"+getProduct, []byte{0xff, 0xff}, new([]byte), grpc.ForceCodecV2(raw{}))
	wantError(t, err, codes.InvalidArgument, "shop", "MALFORMED_REQUEST")
	wantError(t, shop.get(t.Context(), strings.Repeat("a", maxRequestBytes)), codes.ResourceExhausted, "shop", "REQUEST_TOO_LARGE")
	if err := shop.Invoke(t.Context(), "/larder.catalog.v1.CatalogService/Nothing", []byte{}, new([]byte), grpc.ForceCodecV2(raw{})); status.Code(err) != codes.Unimplemented {
		t.Errorf("an unknown method: %v", err)
	}
}

func TestAStreamIsCheckedLikeACall(t *testing.T) {
	keys := newKeys(t)
	config := testConfig()
	config.UserJWKS = keys.file
	ended := errors.New("ended")
	shop := run(t, &shop{watchOrder: func(stream grpc.ServerStreamingServer[orderv1.WatchOrderResponse]) error {
		if CallOf(stream.Context()).User.Subject != "ada" {
			return errors.New("no user")
		}
		return errors.Join(stream.Send(&orderv1.WatchOrderResponse{}), ended)
	}}, config)
	watch := func(ctx context.Context, name string) grpc.ServerStreamingClient[orderv1.WatchOrderResponse] {
		stream, err := orderv1.NewOrderServiceClient(shop).WatchOrder(ctx, &orderv1.WatchOrderRequest{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return stream
	}
	ctx := with(t.Context(), "x-larder-user", keys.sign(t, nil))
	stream := watch(ctx, "orders/1")
	if _, err := stream.Recv(); err != nil {
		t.Errorf("first: %v", err)
	}
	if _, err := stream.Recv(); status.Code(err) != codes.Internal {
		t.Errorf("then: %v", err)
	}
	_, err := watch(ctx, "nonsense").Recv()
	wantError(t, err, codes.InvalidArgument, "shop", "INVALID_REQUEST")
	_, err = watch(t.Context(), "orders/1").Recv()
	wantError(t, err, codes.Unauthenticated, "shop", "USER_ASSERTION_MISSING")
}

func TestReflectionInBothVersionsShowsEveryService(t *testing.T) {
	shop := run(t, failing(nil), testConfig())
	for _, method := range []string{reflectionv1.ServerReflection_ServerReflectionInfo_FullMethodName, reflectionv1alpha.ServerReflection_ServerReflectionInfo_FullMethodName} {
		stream, err := shop.NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
		if err != nil {
			t.Fatal(err)
		}
		ask := &reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{ListServices: "*"}}
		if err := stream.SendMsg(ask); err != nil {
			t.Fatal(err)
		}
		answer := &reflectionv1.ServerReflectionResponse{}
		if err := stream.RecvMsg(answer); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"grpc.health.v1.Health", "larder.catalog.v1.CatalogService", "grpc.reflection.v1.ServerReflection"} {
			if !strings.Contains(answer.String(), `"`+want+`"`) {
				t.Errorf("%s does not list %s", method, want)
			}
		}
	}
}

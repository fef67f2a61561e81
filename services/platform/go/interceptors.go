package platform

import (
	"context"
	cryptorand "crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	meshv1 "larder.example/gen/go/mesh/v1"
)

const (
	peerHeader    = "x-forwarded-client-cert"
	requestHeader = "x-request-id"
	userHeader    = "x-larder-user"
)

// Call is what a handler is told about the request in progress. Deadline and cancellation are those of the context.
type Call struct {
	// Method is `package.Service/Method`.
	Method string
	// Caller is the calling workload, as its sidecar proved it. Another identity in full (`spiffe://…`) if it is not of
	// this mesh. Empty without a sidecar.
	Caller string
	// User is nil unless the contract asks for the end user and there is one.
	User      *User
	RequestID string

	assertion string
}

type callKey struct{}

// CallOf returns the request in progress, nil outside of one.
func CallOf(ctx context.Context) *Call {
	call, _ := ctx.Value(callKey{}).(*Call)
	return call
}

// Detached returns a context for work that starts anew: no deadline, cancellation, user or trace of the request in
// progress. Its id goes along all the same.
func Detached(ctx context.Context) context.Context {
	detached := &Call{}
	if call := CallOf(ctx); call != nil {
		detached.RequestID = call.RequestID
	}
	ctx = trace.ContextWithSpanContext(context.WithoutCancel(ctx), trace.SpanContext{})
	return context.WithValue(ctx, callKey{}, detached)
}

// interceptors do for every call what no handler should have to. There is one chain link instead of many, because each
// of the parts costs less than a link.
type interceptors struct {
	workload  string
	config    Config
	logger    *slog.Logger
	metrics   *metrics
	tracer    trace.Tracer
	validator protovalidate.Validator
	users     *users
	methods   map[string]*method
	// draining ends when SIGTERM has come.
	draining context.Context
}

// method is what is known of a method before it is called.
type method struct {
	name    string
	endUser meshv1.EndUser
	scopes  []string
	limit   time.Duration
	// quiet is set for health and reflection: not logged, not counted, not waited for.
	quiet    bool
	handled  [codes.Unauthenticated + 1]prometheus.Counter
	duration prometheus.Observer
}

// learn prepares all methods of the registered services from their descriptors.
func (i *interceptors) learn(server *grpc.Server) error {
	i.methods = map[string]*method{}
	var inputs []protoreflect.MessageDescriptor
	for service, info := range server.GetServiceInfo() {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service))
		if err != nil {
			return fmt.Errorf("descriptor of %s: %w", service, err)
		}
		for _, each := range info.Methods {
			m := &method{name: service + "/" + each.Name, quiet: strings.HasPrefix(service, "grpc.")}
			for code := range m.handled {
				m.handled[code] = i.metrics.handled.WithLabelValues(service, each.Name, codeNames[code])
			}
			m.duration = i.metrics.duration.WithLabelValues(service, each.Name)
			descriptor := found.(protoreflect.ServiceDescriptor).Methods().ByName(protoreflect.Name(each.Name))
			if policy, ok := proto.GetExtension(descriptor.Options(), meshv1.E_Method).(*meshv1.MethodPolicy); ok {
				m.endUser, m.scopes = policy.GetEndUser(), policy.GetScopes()
				m.limit = time.Duration(max(policy.GetDeadlineMs(), policy.GetStream().GetMaxMs())) * time.Millisecond
			}
			inputs = append(inputs, descriptor.Input())
			i.methods["/"+m.name] = m
		}
	}
	validator, err := protovalidate.New(protovalidate.WithMessageDescriptors(inputs...))
	i.validator = validator
	return err
}

// request is one call from its beginning to its end.
type request struct {
	*method
	call   *Call
	ctx    context.Context
	cancel context.CancelFunc
	span   trace.Span
	start  time.Time
}

func (i *interceptors) unary(ctx context.Context, message any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (answer any, err error) {
	r := i.begin(ctx, info.FullMethod)
	defer func() { err = i.end(r, recover(), err) }()
	if err := i.admit(r); err != nil {
		return nil, err
	}
	if err := i.validate(message); err != nil {
		return nil, err
	}
	return handle(r.ctx, message)
}

func (i *interceptors) stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) (err error) {
	r := i.begin(stream.Context(), info.FullMethod)
	defer func() { err = i.end(r, recover(), err) }()
	if err := i.admit(r); err != nil {
		return err
	}
	if r.quiet {
		ctx, cancel := context.WithCancel(r.ctx)
		defer cancel()
		defer context.AfterFunc(i.draining, cancel)()
		return handle(server, &quietStream{stream, ctx})
	}
	return handle(server, &validatedStream{stream, r.ctx, i})
}

type validatedStream struct {
	grpc.ServerStream
	ctx context.Context
	in  *interceptors
}

func (s *validatedStream) Context() context.Context { return s.ctx }

func (s *validatedStream) RecvMsg(message any) error {
	if err := s.ServerStream.RecvMsg(message); err != nil {
		return err
	}
	return s.in.validate(message)
}

// quietStream ends when the service drains: somebody who watches its health must not keep it alive.
type quietStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *quietStream) Context() context.Context { return s.ctx }

func (s *quietStream) RecvMsg(message any) error {
	received := make(chan error, 1)
	go func() { received <- s.ServerStream.RecvMsg(message) }()
	select {
	case err := <-received:
		return err
	case <-s.ctx.Done():
		return RPCError("", codes.Unavailable, "SHUTTING_DOWN", "the service is shutting down", nil)
	}
}

var safeID = regexp.MustCompile(`^[\w.:-]{1,128}$`)

func (i *interceptors) begin(ctx context.Context, path string) *request {
	r := &request{method: i.methods[path], start: time.Now()}
	r.call = &Call{Method: r.name, Caller: callerOf(header(ctx, peerHeader), i.config.TrustDomain, i.config.Namespace), RequestID: header(ctx, requestHeader), assertion: header(ctx, userHeader)}
	if !safeID.MatchString(r.call.RequestID) {
		r.call.RequestID = cryptorand.Text()
	}
	if _, ok := ctx.Deadline(); !ok && r.limit > 0 {
		ctx, r.cancel = context.WithTimeout(ctx, r.limit)
	}
	ctx = traceContext.Extract(ctx, carrier{ctx})
	if i.tracer != nil {
		ctx, r.span = i.tracer.Start(ctx, r.name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attribute.String("rpc.system", "grpc")))
	}
	r.ctx = context.WithValue(ctx, callKey{}, r.call)
	return r
}

// admit refuses a call whose time is over or that lacks the user its contract asks for.
func (i *interceptors) admit(r *request) (err error) {
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	switch {
	case r.endUser == meshv1.EndUser_END_USER_UNSPECIFIED, r.endUser == meshv1.EndUser_END_USER_OPTIONAL && r.call.assertion == "":
		return nil
	case r.call.assertion == "":
		return RPCError("", codes.Unauthenticated, "USER_ASSERTION_MISSING", "the call must be made for an end user", nil)
	}
	if r.call.User, err = i.users.verify(r.call.assertion); err != nil {
		return err
	}
	for _, scope := range r.scopes {
		if !slices.Contains(r.call.User.Scopes, scope) {
			return RPCError("", codes.PermissionDenied, "USER_SCOPE_MISSING", "the end user has not been granted "+scope, nil)
		}
	}
	return nil
}

func (i *interceptors) validate(message any) error {
	err := i.validator.Validate(message.(proto.Message))
	var broken *protovalidate.ValidationError
	if errors.As(err, &broken) {
		return toInvalid(i.workload, broken)
	}
	return err
}

// end gives a failure its answer, then counts and logs the call. panicked is what recover returned.
func (i *interceptors) end(r *request, panicked any, err error) error {
	if r.cancel != nil {
		defer r.cancel()
	}
	if panicked != nil {
		err = fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
	}
	code, failure := codes.OK, (*Error)(nil)
	if err != nil {
		failure = toError(r.ctx, i.workload, err)
		code, err = failure.Code, failure
	}
	if r.quiet {
		return err
	}
	took, level := time.Since(r.start), levelOf(code)
	r.handled[code].Inc()
	r.duration.Observe(took.Seconds())
	if r.span != nil {
		if level != slog.LevelInfo {
			r.span.SetStatus(otelcodes.Error, codeNames[code])
		}
		r.span.SetAttributes(attribute.Int("rpc.grpc.status_code", int(code)))
		r.span.End()
	}
	if !i.logger.Enabled(r.ctx, level) {
		return err
	}
	var fields [8]slog.Attr
	attrs := append(fields[:0], slog.String("method", r.name), slog.String("code", codeNames[code]),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000), slog.String("request_id", r.call.RequestID))
	if r.call.Caller != "" {
		attrs = append(attrs, slog.String("caller", r.call.Caller))
	}
	if span := trace.SpanContextFromContext(r.ctx); span.IsValid() {
		attrs = append(attrs, slog.String("trace_id", span.TraceID().String()))
	}
	if failure != nil && failure.Reason != "" {
		attrs = append(attrs, slog.String("reason", failure.Reason))
	}
	if failure != nil && failure.cause != nil {
		attrs = append(attrs, slog.String("error", failure.cause.Error()))
	}
	i.logger.LogAttrs(r.ctx, level, "request", attrs...)
	return err
}

func levelOf(code codes.Code) slog.Level {
	switch code {
	case codes.Internal, codes.Unknown, codes.DataLoss:
		return slog.LevelError
	case codes.Unavailable, codes.DeadlineExceeded:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// header returns the last value of a header, empty if there is none, and copies no other headers.
func header(ctx context.Context, name string) string {
	if values := metadata.ValueFromIncomingContext(ctx, name); len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// carrier shows the headers of a request to the propagator.
type carrier struct{ ctx context.Context }

func (c carrier) Get(key string) string { return header(c.ctx, key) }
func (carrier) Set(string, string)      {}
func (carrier) Keys() []string          { return nil }

package platform

import (
	"context"
	cryptorand "crypto/rand"
	"fmt"
	"log/slog"
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
	"google.golang.org/grpc/status"
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

// Detached returns a context for work that starts anew: no deadline, cancellation or user of the request in progress. Its
// id and its trace go along all the same.
func Detached(ctx context.Context) context.Context {
	detached := &Call{}
	if call := CallOf(ctx); call != nil {
		detached.RequestID = call.RequestID
	}
	return context.WithValue(context.WithoutCancel(ctx), callKey{}, detached)
}

// interceptors do for every call what no handler should have to. There is one link around a handler instead of a chain,
// because each of the parts costs less than a link.
type interceptors struct {
	workload  string
	config    Config
	logger    *slog.Logger
	metrics   *metrics
	tracer    trace.Tracer
	validator protovalidate.Validator
	users     *users
	// draining ends when SIGTERM has come.
	draining context.Context
}

// method is what is known of a method before it is called.
type method struct {
	name     string
	endUser  meshv1.EndUser
	devices  bool
	scopes   []string
	limit    time.Duration
	idle     time.Duration // the longest silence of a stream; 0: as long as it lasts
	handled  [codes.Unauthenticated + 1]prometheus.Counter
	duration prometheus.Observer
	// attributes are those of every span of a request.
	attributes trace.SpanStartEventOption
}

// registrar puts the interceptors around every handler that is registered with it, and learns from the descriptors what
// they need to know.
type registrar struct {
	*interceptors
	server *grpc.Server
	inputs []protoreflect.MessageDescriptor
	err    error
}

// RegisterService implements grpc.ServiceRegistrar.
func (r *registrar) RegisterService(desc *grpc.ServiceDesc, handlers any) {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(desc.ServiceName))
	if err != nil {
		r.err = fmt.Errorf("descriptor of %s: %w", desc.ServiceName, err)
		return
	}
	methods := found.(protoreflect.ServiceDescriptor).Methods()
	around := *desc
	around.Methods, around.Streams = slices.Clone(desc.Methods), slices.Clone(desc.Streams)
	for i, each := range around.Methods {
		around.Methods[i].Handler = r.unary(r.learn(methods.ByName(protoreflect.Name(each.MethodName))), each.Handler)
	}
	for i, each := range around.Streams {
		around.Streams[i].Handler = r.stream(r.learn(methods.ByName(protoreflect.Name(each.StreamName))), each.Handler)
	}
	r.server.RegisterService(&around, handlers)
}

func (r *registrar) learn(descriptor protoreflect.MethodDescriptor) *method {
	service, name := string(descriptor.Parent().FullName()), string(descriptor.Name())
	m := &method{name: service + "/" + name, duration: r.metrics.duration.WithLabelValues(service, name), attributes: spanOf(service, name)}
	for code := range m.handled {
		m.handled[code] = r.metrics.handled.WithLabelValues(service, name, codeNames[code])
	}
	if policy, ok := proto.GetExtension(descriptor.Options(), meshv1.E_Method).(*meshv1.MethodPolicy); ok {
		m.endUser, m.scopes = policy.GetEndUser(), policy.GetScopes()
		m.devices = slices.Contains(policy.GetCallers(), "@device")
		m.idle = time.Duration(policy.GetStream().GetIdleMs()) * time.Millisecond
		m.limit = time.Duration(max(policy.GetDeadlineMs(), policy.GetStream().GetMaxMs())) * time.Millisecond
	}
	r.inputs = append(r.inputs, descriptor.Input())
	return m
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

func (i *interceptors) unary(m *method, handler grpc.MethodHandler) grpc.MethodHandler {
	return func(handlers any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		var in incoming
		around := func(ctx context.Context, message any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (answer any, err error) {
			r := i.begin(ctx, m)
			defer func() { err = i.end(r, recover(), err) }()
			if err := i.admit(r); err != nil {
				return nil, err
			}
			if err := i.accept(&in); err != nil {
				return nil, err
			}
			return handle(r.ctx, message)
		}
		receive := func(message any) error {
			in.message = message.(proto.Message)
			return decode(&in)
		}
		return handler(handlers, ctx, receive, around)
	}
}

func (i *interceptors) stream(m *method, handler grpc.StreamHandler) grpc.StreamHandler {
	return func(handlers any, stream grpc.ServerStream) (err error) {
		r := i.begin(stream.Context(), m)
		defer func() { err = i.end(r, recover(), err) }()
		if err := i.admit(r); err != nil {
			return err
		}
		silence := listenTo(r)
		defer silence.Stop()
		return handler(handlers, &acceptingStream{stream, r, i, silence})
	}
}

type acceptingStream struct {
	grpc.ServerStream
	*request
	in      *interceptors
	silence *silence
}

func (s *acceptingStream) Context() context.Context { return s.ctx }

func (s *acceptingStream) RecvMsg(message any) error {
	in := incoming{message: message.(proto.Message)}
	if err := until(s.ctx, func() error { return s.ServerStream.RecvMsg(&in) }); err != nil {
		return err
	}
	s.silence.broken()
	return s.in.accept(&in)
}

func (s *acceptingStream) SendMsg(message any) error {
	s.silence.broken()
	// It waits for a client that does not read.
	return until(s.ctx, func() error { return s.ServerStream.SendMsg(message) })
}

// leaveAtDrain ends the streams of health and reflection when the service drains: those who watch its health must not
// keep it alive.
func (i *interceptors) leaveAtDrain(handlers any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if !strings.HasPrefix(info.FullMethod, "/grpc.") {
		return handle(handlers, stream)
	}
	ctx, cancel := context.WithCancelCause(stream.Context())
	defer cancel(nil)
	defer context.AfterFunc(i.draining, func() { cancel(status.Error(codes.Unavailable, "the service is shutting down")) })()
	return handle(handlers, &leavingStream{stream, ctx})
}

type leavingStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *leavingStream) Context() context.Context { return s.ctx }

func (s *leavingStream) RecvMsg(message any) error {
	return until(s.ctx, func() error { return s.ServerStream.RecvMsg(message) })
}

// until waits for a message to be received or sent no longer than ctx lasts, and returns then why it ended: the stream itself
// knows nothing of it.
func until(ctx context.Context, pass func() error) error {
	passed := make(chan error, 1)
	go func() { passed <- pass() }()
	select {
	case err := <-passed:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// isSafeID tells ids that cannot upset a log: at most 128 letters, digits and a few marks.
func isSafeID(id string) bool {
	for _, c := range []byte(id) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == ':') {
			return false
		}
	}
	return id != "" && len(id) <= 128
}

func (i *interceptors) begin(ctx context.Context, m *method) *request {
	r := &request{method: m, start: time.Now()}
	r.call = &Call{
		Method:    m.name,
		Caller:    callerOf(header(ctx, peerHeader), i.config, m.devices),
		RequestID: header(ctx, requestHeader),
		assertion: header(ctx, userHeader),
	}
	if !isSafeID(r.call.RequestID) {
		r.call.RequestID = cryptorand.Text()
	}
	if _, ok := ctx.Deadline(); !ok && r.limit > 0 {
		ctx, r.cancel = context.WithTimeout(ctx, r.limit)
	}
	ctx = traceContext.Extract(ctx, carrier{ctx})
	if i.tracer != nil {
		ctx, r.span = i.tracer.Start(ctx, r.name, trace.WithSpanKind(trace.SpanKindServer), r.attributes)
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
	took, level := time.Since(r.start), levelOf(code)
	r.handled[code].Inc()
	r.duration.Observe(took.Seconds())
	if r.span != nil && r.span.IsRecording() {
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

package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"buf.build/go/protovalidate"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	contract "larder.example/gen/go"
)

// Options is what a service brings to Serve.
type Options struct {
	// Workload is its name in the contract.
	Workload string
	// Register adds the service's handlers.
	Register func(grpc.ServiceRegistrar)
	// Ready says whether the service could answer now; nil means always.
	Ready func(context.Context) error
	// Background is work that no caller starts. It runs until its context ends, after the last call; if one fails, the
	// process drains and ends with 1.
	Background []func(context.Context) error
	// Close is called when no call is in progress any more; nil means that there is nothing to close.
	Close func()
}

// lastWait is how long something that should end soon may take at the end: what is not done by then is left behind.
const lastWait = 2 * time.Second

const (
	// streamWorkers keep their stacks from call to call: growing one anew costs a tenth of a call. A call that finds none
	// free gets a goroutine of its own.
	streamWorkers = 64
	// gcPercent trades memory for time: the heap of our services is a few megabytes, and at the default of 100 the
	// collector takes a tenth of their time. GOGC overrides it.
	gcPercent = 400
)

// Serve runs a service until ctx ends or SIGTERM or SIGINT comes: it reports NOT_SERVING, listens, reports SERVING; then
// NOT_SERVING again, waits for the calls in progress as long as config.Drain, ends the background work, closes the store
// and sends its last spans. It returns nil, unless it could not start or background work failed.
func Serve(ctx context.Context, config Config, options Options) (failure error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	logger := newLogger(stdout, config, options.Workload)
	slog.SetDefault(logger)
	if options.Close != nil {
		defer within(logger, "close", options.Close)
	}
	tracer, stopTracing, err := startTracing(ctx, config, options.Workload)
	if err != nil {
		return err
	}
	defer within(logger, "export of spans", func() { _ = stopTracing(context.WithoutCancel(ctx)) })

	in := &interceptors{workload: options.Workload, config: config, logger: logger, tracer: tracer, draining: ctx}
	server, reporter, err := newServer(in, options.Register)
	if err != nil {
		return err
	}
	ops, err := listen(config.OpsListen)
	if err != nil {
		return err
	}
	opsServer := &http.Server{Handler: opsHandler(in, reporter, options.Ready), ReadHeaderTimeout: 5 * time.Second}
	defer opsServer.Close()
	listener, err := listen(config.Listen)
	if err != nil {
		return errors.Join(err, ops.Close())
	}
	failed := make(chan error, len(options.Background)+2)
	go func() { failed <- opsServer.Serve(ops) }()
	go func() { failed <- server.Serve(listener) }()
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	var background sync.WaitGroup
	for _, run := range options.Background {
		background.Go(func() {
			if err := run(work); err != nil && work.Err() == nil {
				failed <- fmt.Errorf("background work: %w", err)
			}
		})
	}
	reporter.Resume()
	logger.Info("serving", "address", listener.Addr().String(), "ops", ops.Addr().String())

	select {
	case failure = <-failed:
		// Nothing is wrong with the context yet: end it, so that those who watch the health of the service leave.
		stop()
		logger.Error("ending", "error", failure.Error())
	case <-ctx.Done():
		logger.Info("draining")
	}
	reporter.Shutdown()
	cut := time.AfterFunc(config.Drain, func() {
		logger.Warn("calls were cut off", "after_seconds", config.Drain.Seconds())
		server.Stop()
	})
	server.GracefulStop()
	cut.Stop()
	stopWork()
	within(logger, "background work", background.Wait)
	logger.Info("stopped")
	return failure
}

// within waits for something that should end soon.
func within(logger *slog.Logger, what string, end func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		end()
	}()
	select {
	case <-done:
	case <-time.After(lastWait):
		logger.Warn("not stopped in time", "what", what)
	}
}

// NewServer makes the server that Serve runs, for tests of handlers by a connection in memory.
func NewServer(config Config, workload string, register func(grpc.ServiceRegistrar)) (*grpc.Server, error) {
	in := &interceptors{workload: workload, config: config, logger: newLogger(stdout, config, workload), draining: context.Background()}
	server, _, err := newServer(in, register)
	return server, err
}

func newServer(in *interceptors, register func(grpc.ServiceRegistrar)) (*grpc.Server, *health.Server, error) {
	in.metrics = newMetrics(in.workload, in.config.Build)
	in.users = &users{path: in.config.UserJWKS}
	server := grpc.NewServer(
		grpc.StreamInterceptor(in.leaveAtDrain),
		grpc.ForceServerCodecV2(codec{encoding.GetCodecV2("proto")}),
		grpc.NumStreamWorkers(streamWorkers),
	)
	around := &registrar{interceptors: in, server: server}
	register(around)
	reporter := health.NewServer()
	for service := range server.GetServiceInfo() {
		reporter.SetServingStatus(service, healthv1.HealthCheckResponse_NOT_SERVING)
	}
	reporter.SetServingStatus("", healthv1.HealthCheckResponse_NOT_SERVING)
	healthv1.RegisterHealthServer(server, reporter)
	reflection.Register(server)
	validator, err := protovalidate.New(protovalidate.WithMessageDescriptors(around.inputs...))
	in.validator = validator
	return server, reporter, errors.Join(around.err, err)
}

// listen takes `unix:/path` or `host:port`. It makes way for a socket: its folder is there, closed to others, and what a
// dead process left is gone.
func listen(address string) (net.Listener, error) {
	path, ok := strings.CutPrefix(address, "unix:")
	if !ok {
		return net.Listen("tcp", address)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if conn, err := net.Dial("unix", path); err == nil {
		return nil, errors.Join(fmt.Errorf("%s is in use", address), conn.Close())
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return net.Listen("unix", path)
}

func opsHandler(in *interceptors, reporter *health.Server, ready func(context.Context) error) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(in.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]bool{"alive": true})
	})
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]string{"service": in.workload, "build": in.config.Build, "contract": contract.Version})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		status, err := reporter.Check(ctx, &healthv1.HealthCheckRequest{})
		serving := err == nil && status.GetStatus() == healthv1.HealthCheckResponse_SERVING
		if serving && ready != nil {
			err = ready(ctx)
		}
		if !serving || err != nil {
			in.logger.Debug("not ready", "serving", serving, "error", err)
			reply(w, http.StatusServiceUnavailable, map[string]bool{"ready": false})
			return
		}
		reply(w, http.StatusOK, map[string]bool{"ready": true})
	})
	return mux
}

func reply(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // It fails when the client has gone.
}

package platform

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
)

// TestMain runs the program below instead of the tests in a child process.
func TestMain(m *testing.M) {
	if os.Getenv("KIT_CHILD") != "" {
		Exit(child())
	}
	os.Exit(m.Run())
}

// child is a whole service. GetProduct of "slow" says that it was called, and then waits for a line on standard input;
// background work fails when the file "fail" appears.
func child() error {
	env := ReadEnv(os.Getenv)
	config := env.Platform("KIT")
	env.Secret("KIT_DATABASE_URL")
	if err := env.Err(); err != nil {
		return err
	}
	input := bufio.NewReader(os.Stdin)
	get := func(ctx context.Context, r *catalogv1.GetProductRequest) (*catalogv1.GetProductResponse, error) {
		if r.GetName() == "products/slow" {
			_, _ = os.Stderr.WriteString("called\n")
			waited := make(chan error, 1)
			go func() { _, err := input.ReadString('\n'); waited <- err }()
			select {
			case <-waited:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return &catalogv1.GetProductResponse{}, nil
	}
	dir := filepath.Dir(strings.TrimPrefix(config.Listen, "unix:"))
	exists := func(name string) bool { _, err := os.Stat(filepath.Join(dir, name)); return err == nil }
	return Serve(context.Background(), config, Options{
		Workload: "kit",
		Register: (&shop{getProduct: get}).register,
		Ready: func(context.Context) error {
			if exists("unready") {
				return errors.New("not yet")
			}
			return nil
		},
		Background: []func(context.Context) error{func(ctx context.Context) error {
			for ctx.Err() == nil {
				if exists("fail") {
					return errors.New("the relay broke")
				}
				select {
				case <-ctx.Done():
				case <-time.After(5 * time.Millisecond):
				}
			}
			return nil
		}},
		Close: func() { _, _ = os.Stderr.WriteString("closed\n") },
	})
}

// process is a child that serves.
type process struct {
	*exec.Cmd
	dir    string
	input  io.Writer
	errors *bufio.Reader
	output *bytes.Buffer
	conn   *grpc.ClientConn
}

func start(t *testing.T, env ...string) *process {
	t.Helper()
	dir := t.TempDir()
	p := &process{Cmd: exec.Command(os.Args[0]), dir: dir, output: &bytes.Buffer{}}
	p.Env = append(os.Environ(), "KIT_CHILD=1", "KIT_LISTEN=unix:"+dir+"/app.sock", "KIT_OPS_LISTEN=unix:"+dir+"/ops.sock", "KIT_DATABASE_URL=x")
	p.Env = append(p.Env, env...)
	stdin, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.input, p.errors, p.Stdout = stdin, bufio.NewReader(stderr), p.output
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

// serving waits until the child says that it is SERVING.
func (p *process) serving(t *testing.T) *process {
	t.Helper()
	conn, err := grpc.NewClient("unix:"+p.dir+"/app.sock", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p.conn = conn
	eventually(t, "SERVING", func() bool {
		answer, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "larder.catalog.v1.CatalogService"}, grpc.WaitForReady(true))
		return err == nil && answer.GetStatus() == healthv1.HealthCheckResponse_SERVING
	})
	return p
}

// slow begins a call that lasts, and waits until it has reached the handler.
func (p *process) slow(t *testing.T) <-chan error {
	t.Helper()
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	go func() {
		defer cancel()
		_, err := catalogv1.NewCatalogServiceClient(p.conn).GetProduct(ctx, &catalogv1.GetProductRequest{Name: "products/slow"})
		ended <- err
	}()
	if line, err := p.errors.ReadString('\n'); line != "called\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return ended
}

// ended waits for the child and returns its exit code and the rest of its standard error.
func (p *process) ended(t *testing.T) (code int, text string) {
	t.Helper()
	rest, err := io.ReadAll(p.errors)
	if err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // The exit code says it all.
	return p.ProcessState.ExitCode(), string(rest)
}

func (p *process) ops(t *testing.T, path string) (code int, body string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", p.dir+"/ops.sock")
	}}}
	defer client.CloseIdleConnections()
	answer, err := client.Get("http://ops" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func (p *process) write(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func TestSIGTERMWaitsForTheCallInProgressAndThenEndsWith0(t *testing.T) {
	p := start(t).serving(t)
	watching, err := healthv1.NewHealthClient(p.conn).Watch(t.Context(), &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := watching.Recv(); err != nil {
		t.Fatal(err)
	}
	slow := p.slow(t)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "new connections are refused", func() bool {
		conn, err := net.Dial("unix", p.dir+"/app.sock")
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	if code, _ := p.ops(t, "/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d while draining", code)
	}
	select {
	case err := <-slow:
		t.Fatalf("the call ended early: %v", err)
	default:
	}
	if _, err := io.WriteString(p.input, "go on\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-slow; err != nil {
		t.Errorf("the call: %v", err)
	}
	if code, rest := p.ended(t); code != 0 || rest != "closed\n" {
		t.Errorf("exit code %d, %q", code, rest)
	}
	for _, file := range []string{"app.sock", "ops.sock"} {
		if _, err := os.Stat(filepath.Join(p.dir, file)); !os.IsNotExist(err) {
			t.Errorf("%s is left behind: %v", file, err)
		}
	}
	var messages []string
	for line := range strings.Lines(p.output.String()) {
		var entry struct{ Message, Workload, Code string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Workload != "kit" {
			t.Errorf("%s: %v", line, err)
		}
		messages = append(messages, entry.Message+entry.Code)
	}
	if got := strings.Join(messages, ", "); got != "serving, draining, requestOK, stopped" {
		t.Errorf("logged %s", got)
	}
}

func TestCallsThatOutlastTheDrainAreCutOff(t *testing.T) {
	p := start(t, "KIT_DRAIN_SECONDS=0.05").serving(t)
	slow := p.slow(t)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-slow; status.Code(err) != codes.Unavailable {
		t.Errorf("the call: %v", err)
	}
	if code, rest := p.ended(t); code != 0 || rest != "closed\n" {
		t.Errorf("exit code %d, %q", code, rest)
	}
}

func TestBadSettingsEndWith64BeforeAnythingListens(t *testing.T) {
	p := start(t, "KIT_DATABASE_URL=", "KIT_DRAIN_SECONDS=soon")
	code, text := p.ended(t)
	want := "KIT_DRAIN_SECONDS must be a number of seconds from 0 to 86400, not \"soon\"\nKIT_DATABASE_URL is not set\n"
	if code != ExitBadConfig || text != want {
		t.Errorf("exit code %d\n%s", code, text)
	}
	if _, err := os.Stat(p.dir + "/app.sock"); !os.IsNotExist(err) {
		t.Errorf("app.sock: %v", err)
	}
}

func TestBackgroundWorkThatFailsEndsTheProcessWith1(t *testing.T) {
	p := start(t).serving(t)
	p.write(t, "fail")
	if code, rest := p.ended(t); code != 1 || !strings.HasPrefix(rest, "closed\n") || !strings.Contains(p.output.String(), "the relay broke") {
		t.Errorf("exit code %d, %q, %s", code, rest, p.output)
	}
}

func TestASocketThatADeadProcessLeftIsReplacedAndOneInUseIsNot(t *testing.T) {
	p := start(t).serving(t)
	second := exec.Command(os.Args[0])
	second.Env = p.Env
	out, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "is in use") {
		t.Errorf("a second process: %v, %s", err, out)
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.ended(t)
	again := start(t, "KIT_LISTEN=unix:"+p.dir+"/app.sock", "KIT_OPS_LISTEN=unix:"+p.dir+"/ops.sock")
	again.dir = p.dir
	again.serving(t)
}

// contractVersion is what the package of another language says.
func contractVersion(t *testing.T) string {
	t.Helper()
	manifest, err := os.ReadFile("../../../gen/ts/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var pkg struct{ Version string }
	if err := json.Unmarshal(manifest, &pkg); err != nil {
		t.Fatal(err)
	}
	return pkg.Version
}

func TestTheOperationsPages(t *testing.T) {
	p := start(t, "LARDER_BUILD=abc").serving(t)
	if _, err := catalogv1.NewCatalogServiceClient(p.conn).GetProduct(t.Context(), &catalogv1.GetProductRequest{Name: "products/a"}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/healthz": `{"alive":true}`,
		"/readyz":  `{"ready":true}`,
		"/version": `{"build":"abc","contract":"` + contractVersion(t) + `","service":"kit"}`,
		"/metrics": `larder_rpc_server_handled_total{code="OK",method="GetProduct",service="larder.catalog.v1.CatalogService",version="abc",workload="kit"} 1`,
	} {
		if code, body := p.ops(t, path); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d\n%s", path, code, body)
		}
	}
	if code, _ := p.ops(t, "/"); code != http.StatusNotFound {
		t.Errorf("/: %d", code)
	}
	p.write(t, "unready")
	if code, body := p.ops(t, "/readyz"); code != http.StatusServiceUnavailable || body != "{\"ready\":false}\n" {
		t.Errorf("/readyz: %d %s", code, body)
	}
	if code, _ := p.ops(t, "/healthz"); code != http.StatusOK {
		t.Errorf("/healthz: %d", code)
	}
}

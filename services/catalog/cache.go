package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	catalogv1 "larder.example/gen/go/larder/catalog/v1"
)

// source is what the cache stands in front of.
type source interface {
	find(ctx context.Context, ids []string) ([]product, error)
	listen(ctx context.Context, ready func(), changed func(id string)) error
}

// cache keeps products in memory, as the answers that they are given out in. It is right because the database tells every
// change: without that connection nothing is kept, and what is read while a change comes in is not kept either.
//
// What it returns is shared by all calls and must not be changed.
type cache struct {
	source source
	flight singleflight.Group

	mu      sync.RWMutex
	answers map[string]*catalogv1.GetProductResponse
	// epoch counts the changes, the losses and the returns of the connection.
	epoch     uint64
	connected bool
}

const (
	// cacheLimit bounds the memory: about 1 kB a product.
	cacheLimit = 50_000
	// loadTime bounds a read that several calls wait for. A caller leaves at its own deadline.
	loadTime     = 2 * time.Second
	reconnectGap = 100 * time.Millisecond
)

func newCache(source source) *cache {
	return &cache{source: source, answers: map[string]*catalogv1.GetProductResponse{}}
}

// get returns the product of that resource name, nil if there is none.
func (c *cache) get(ctx context.Context, name string) (*catalogv1.GetProductResponse, error) {
	c.mu.RLock()
	found, epoch := c.answers[name], c.epoch
	c.mu.RUnlock()
	if found != nil {
		return found, nil
	}
	loaded, err := c.load(ctx, epoch, []string{name})
	return loaded[name], err
}

// batch returns the products of those names that have one.
func (c *cache) batch(ctx context.Context, names []string) (map[string]*catalogv1.GetProductResponse, error) {
	answers, missing, epoch := c.kept(names)
	if len(missing) == 0 {
		return answers, nil
	}
	loaded, err := c.load(ctx, epoch, missing)
	maps.Copy(answers, loaded)
	return answers, err
}

// kept splits names into what is in memory and what is not, at an epoch.
func (c *cache) kept(names []string) (answers map[string]*catalogv1.GetProductResponse, missing []string, epoch uint64) {
	answers = make(map[string]*catalogv1.GetProductResponse, len(names))
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, name := range names {
		if found := c.answers[name]; found != nil {
			answers[name] = found
		} else {
			missing = append(missing, name)
		}
	}
	return answers, missing, c.epoch
}

// load reads products, once for all calls that miss the same names at the same time. A call that comes after a change
// does not join a read that began before it: the epoch is part of the key.
func (c *cache) load(ctx context.Context, epoch uint64, names []string) (map[string]*catalogv1.GetProductResponse, error) {
	key := fmt.Sprint(epoch, " ", strings.Join(names, " "))
	result := c.flight.DoChan(key, func() (any, error) {
		// A read that this call just missed to join may have brought them.
		if answers, missing, _ := c.kept(names); len(missing) == 0 {
			return answers, nil
		}
		// The call that came first may leave while others wait.
		reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTime)
		defer cancel()
		ids := make([]string, len(names))
		for i, name := range names {
			ids[i] = strings.TrimPrefix(name, namePrefix)
		}
		products, err := c.source.find(reading, ids)
		if err != nil {
			return nil, err
		}
		answers := make(map[string]*catalogv1.GetProductResponse, len(products))
		for _, p := range products {
			answers[namePrefix+p.id] = &catalogv1.GetProductResponse{Product: toProto(p)}
		}
		c.keep(epoch, answers)
		return answers, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case done := <-result:
		answers, _ := done.Val.(map[string]*catalogv1.GetProductResponse)
		return answers, done.Err
	}
}

// keep stores what was read since the epoch, unless something has changed in between.
func (c *cache) keep(epoch uint64, answers map[string]*catalogv1.GetProductResponse) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.connected || c.epoch != epoch {
		return
	}
	for name, answer := range answers {
		if len(c.answers) >= cacheLimit {
			clear(c.answers)
		}
		c.answers[name] = answer
	}
}

// drop forgets a product that has changed.
func (c *cache) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	delete(c.answers, namePrefix+id)
}

// reset forgets everything, at both ends of a time in which changes went unheard.
func (c *cache) reset(connected bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	c.connected = connected
	clear(c.answers)
}

// follow hears of changes until ctx ends, over as many connections as that takes.
func (c *cache) follow(ctx context.Context) error {
	for ctx.Err() == nil {
		err := c.source.listen(ctx, func() { c.reset(true) }, c.drop)
		c.reset(false)
		if ctx.Err() != nil {
			break
		}
		slog.Warn("changes of products go unheard, nothing is cached", "error", err.Error())
		select {
		case <-ctx.Done():
		case <-time.After(reconnectGap):
		}
	}
	return nil
}

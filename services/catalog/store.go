package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"larder.example/platform/go"
)

// store keeps products in PostgreSQL. While the database is away its functions fail with platform.StoreUnavailable; they
// work again as soon as it is back.
type store struct{ pool *pgxpool.Pool }

// columns are the fields of a product, in the order of scanProduct.
const columns = `id, display_name, brand, category, unit, pack_size, allergens, storage_class, shelf_life_days, price_cents, description, update_time`

const (
	// startPatience is how long the database may take to come up beside us.
	startPatience = 15 * time.Second
	startInterval = 100 * time.Millisecond
)

// openStore connects, migrates, and loads the demonstration range if the settings say so.
func openStore(ctx context.Context, config config) (*store, error) {
	settings, err := pgxpool.ParseConfig(config.databaseURL)
	if err != nil {
		// The library's error may quote the address with its password.
		return nil, &platform.ConfigError{Problems: []string{"CATALOG_DATABASE_URL is not a PostgreSQL address"}}
	}
	settings.MaxConns = 8
	settings.ConnConfig.ConnectTimeout = 2 * time.Second
	settings.ConnConfig.RuntimeParams["application_name"] = "catalog"
	pool, err := pgxpool.NewWithConfig(ctx, settings)
	if err != nil {
		return nil, err
	}
	s := &store{pool: pool}
	if err := s.prepare(ctx, config); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return s, nil
}

func (s *store) prepare(ctx context.Context, config config) error {
	for deadline := time.Now().Add(startPatience); ; {
		err := s.ping(ctx)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(startInterval)
	}
	return s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		if err := migrate(ctx, conn.Conn(), migrations); err != nil {
			return err
		}
		if !config.seedDemo {
			return nil
		}
		return loadDemo(ctx, conn.Conn())
	})
}

func (s *store) ping(ctx context.Context) error { return mapError(s.pool.Ping(ctx)) }

func (s *store) close() { s.pool.Close() }

// find returns the products with these ids, in any order. An id without a product is left out.
func (s *store) find(ctx context.Context, ids []string) ([]product, error) {
	return s.products(ctx, `select `+columns+` from products where id = any($1)`, ids)
}

// list returns products whose id comes after the given one, in the order of ids. An empty category means all.
func (s *store) list(ctx context.Context, category, after string, limit int) ([]product, error) {
	if category == "" {
		return s.products(ctx, `select `+columns+` from products where id > $1 order by id limit $2`, after, limit)
	}
	return s.products(ctx, `select `+columns+` from products where category = $1 and id > $2 order by id limit $3`, category, after, limit)
}

// search returns products that hold all whole words and a word that begins like the last, best match first.
func (s *store) search(ctx context.Context, whole, last string, offset, limit int) ([]product, error) {
	return s.products(ctx, `
		with query as (
			select to_tsquery('english', plain($1)) && (to_tsquery('english', plain($2)) || to_tsquery('simple', plain($2))) as words
		)
		select `+columns+` from products, query where search @@ words
		order by ts_rank(search, words) desc, id offset $3 limit $4`, whole, last, offset, limit)
}

// priceChanges returns the changes of a product's price before the given one, newest first. It fails with
// errNoProduct for an id without a product.
func (s *store) priceChanges(ctx context.Context, id string, before int64, limit int) ([]priceChange, error) {
	rows, err := s.pool.Query(ctx, `
		select c.id, p.id, c.old_cents, c.new_cents, c.effect_time
		from products p left join price_changes c on c.product_id = p.id and c.id < $2
		where p.id = $1 order by c.id desc limit $3`, id, before, limit)
	if err != nil {
		return nil, mapError(err)
	}
	found := false
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (change priceChange, err error) {
		found = true
		var number, price *int64
		var effect *time.Time
		if err = row.Scan(&number, &change.productID, &change.oldCents, &price, &effect); err != nil || number == nil {
			return change, err
		}
		change.id, change.newCents, change.effectTime = *number, *price, *effect
		return change, nil
	})
	switch {
	case err != nil:
		return nil, mapError(err)
	case !found:
		return nil, errNoProduct
	case changes[0].id == 0:
		return nil, nil
	}
	return changes, nil
}

var (
	errNoProduct = errors.New("no such product")
	errReused    = errors.New("the request id was used with another body")
)

// priceRequest asks for a new price. caller and id make it unique; hash is that of its body.
type priceRequest struct {
	caller, id string
	hash       []byte
	productID  string
	cents      int64
}

// changePrice sets a price and returns the result: what encode makes of the product as it is then. A repeat returns the
// first result and changes nothing. It fails with errNoProduct or errReused.
func (s *store) changePrice(ctx context.Context, request priceRequest, encode func(product) ([]byte, error)) (result []byte, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `delete from requests where create_time < now() - interval '7 days'`); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `insert into requests (caller, request_id, body_hash) values ($1, $2, $3) on conflict do nothing`,
			request.caller, request.id, request.hash)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			var hash []byte
			row := tx.QueryRow(ctx, `select body_hash, result from requests where caller = $1 and request_id = $2`, request.caller, request.id)
			if err := row.Scan(&hash, &result); err != nil {
				return err
			}
			if string(hash) != string(request.hash) {
				return errReused
			}
			return nil
		}
		if result, err = setPrice(ctx, tx, request, encode); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update requests set result = $3 where caller = $1 and request_id = $2`, request.caller, request.id, result)
		return err
	})
	return result, mapError(err)
}

func setPrice(ctx context.Context, tx pgx.Tx, request priceRequest, encode func(product) ([]byte, error)) ([]byte, error) {
	var old int64
	err := tx.QueryRow(ctx, `select price_cents from products where id = $1 for update`, request.productID).Scan(&old)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errNoProduct
	} else if err != nil {
		return nil, err
	}
	if old != request.cents {
		const record = `insert into price_changes (product_id, old_cents, new_cents) values ($1, $2, $3)`
		if _, err := tx.Exec(ctx, record, request.productID, old, request.cents); err != nil {
			return nil, err
		}
		const update = `update products set price_cents = $2, update_time = now() where id = $1`
		if _, err := tx.Exec(ctx, update, request.productID, request.cents); err != nil {
			return nil, err
		}
	}
	rows, err := tx.Query(ctx, `select `+columns+` from products where id = $1`, request.productID)
	if err != nil {
		return nil, err
	}
	changed, err := pgx.CollectExactlyOneRow(rows, scanProduct)
	if err != nil {
		return nil, err
	}
	return encode(changed)
}

// listen calls ready once every later change is sure to be heard of, then changed with the id of each product that
// changes. It returns when the connection is lost or ctx ends.
func (s *store) listen(ctx context.Context, ready func(), changed func(id string)) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "listen product_changed"); err != nil {
		return err
	}
	ready()
	for {
		if err := heard(ctx, conn, changed); err != nil {
			return err
		}
	}
}

// silence is how long nothing may be heard before the connection is tried: a peer that vanished says nothing.
const silence = 10 * time.Second

func heard(ctx context.Context, conn *pgx.Conn, changed func(id string)) error {
	waiting, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	notification, err := conn.WaitForNotification(waiting)
	switch {
	case err == nil:
		changed(notification.Payload)
		return nil
	case ctx.Err() == nil && pgconn.Timeout(err):
		checking, cancel := context.WithTimeout(ctx, silence)
		defer cancel()
		return conn.Ping(checking)
	}
	return err
}

func (s *store) products(ctx context.Context, sql string, args ...any) ([]product, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, mapError(err)
	}
	products, err := pgx.CollectRows(rows, scanProduct)
	return products, mapError(err)
}

func scanProduct(row pgx.CollectableRow) (p product, err error) {
	err = row.Scan(&p.id, &p.displayName, &p.brand, &p.category, &p.unit, &p.packSize, &p.allergens, &p.storageClass,
		&p.shelfLifeDays, &p.priceCents, &p.description, &p.updateTime)
	return p, err
}

// mapError tells a database that is away from any other failure.
func mapError(err error) error {
	var refused *pgconn.ConnectError
	var broken net.Error
	var said *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &said):
		// 57P01 to 57P04: shutdown, crash, starting up, dropped; 53300: too many connections; 08: connection exceptions.
		if strings.HasPrefix(said.Code, "57P0") || said.Code == "53300" || strings.HasPrefix(said.Code, "08") {
			return platform.StoreUnavailable(err)
		}
		return err
	case errors.As(err, &refused), errors.As(err, &broken), pgconn.SafeToRetry(err),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return platform.StoreUnavailable(err)
	}
	return err
}

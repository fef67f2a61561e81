package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationLock keeps instances that start together from migrating at the same time.
const migrationLock = 7261_0001

// migrate brings the database up to date, each file in a transaction of its own. It fails if a file that was applied is
// not the same any more: that needs a person.
func migrate(ctx context.Context, conn *pgx.Conn, files fs.FS) error {
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", migrationLock); err != nil {
		return err
	}
	// The lock ends with the connection if this fails.
	defer func() { _, _ = conn.Exec(ctx, "select pg_advisory_unlock($1)", migrationLock) }()
	const table = "create table if not exists migrations (name text primary key, text text not null, apply_time timestamptz not null default now())"
	if _, err := conn.Exec(ctx, table); err != nil {
		return err
	}
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := apply(ctx, conn, name, string(text)); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
	}
	return nil
}

func apply(ctx context.Context, conn *pgx.Conn, name, text string) error {
	var applied string
	err := conn.QueryRow(ctx, "select text from migrations where name = $1", name).Scan(&applied)
	switch {
	case err == nil && applied != text:
		return fmt.Errorf("it was changed after it had been applied")
	case err == nil:
		return nil
	case err != pgx.ErrNoRows:
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, text); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into migrations (name, text) values ($1, $2)", name, text)
		return err
	})
}

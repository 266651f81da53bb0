package main

import (
	"context"
	"os"

	"github.com/jackc/pgx/v4/pgxpool"
)

// Store runs the statements of bench/peers/sql. pgx prepares each one at its first use on a connection.
type Store struct {
	pool                       *pgxpool.Pool
	current, list, open, close string
}

func newStore(ctx context.Context, url string, connections int32) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = connections
	config.MinConns = connections
	store := &Store{}
	for name, text := range map[string]*string{
		"current": &store.current, "list": &store.list, "open": &store.open, "close": &store.close,
	} {
		bytes, err := os.ReadFile("bench/peers/sql/" + name + ".sql")
		if err != nil {
			return nil, err
		}
		*text = string(bytes)
	}
	store.pool, err = pgxpool.ConnectConfig(ctx, config)
	return store, err
}

func (store *Store) Current(ctx context.Context, business, cashier string) (*Session, error) {
	return scan(store.pool.QueryRow(ctx, store.current, business, cashier))
}

func (store *Store) Open(ctx context.Context, business, cashier string, cash int64) (*Session, error) {
	return scan(store.pool.QueryRow(ctx, store.open, business, cashier, cash))
}

func (store *Store) Close(ctx context.Context, business, cashier, id string, cash int64) (*Session, error) {
	return scan(store.pool.QueryRow(ctx, store.close, business, cashier, id, cash))
}

func (store *Store) List(ctx context.Context, business string, limit int) ([]*Session, error) {
	rows, err := store.pool.Query(ctx, store.list, business, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sessions := make([]*Session, 0, limit)
	for rows.Next() {
		session, err := scan(rows)
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, session)
	}
	return sessions, rows.Err()
}

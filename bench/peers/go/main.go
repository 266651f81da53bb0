// The hot requests with net/http and pgx, and the statements of bench/peers/sql.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
)

const bodyBytesMax = 64 << 10

type server struct{ store *Store }

func main() {
	connections, err := strconv.Atoi(os.Getenv("DATABASE_CONNECTIONS"))
	if err != nil {
		log.Fatal(err)
	}
	store, err := newStore(context.Background(), os.Getenv("DATABASE_URL"), int32(connections))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/v1/businesses/", &server{store})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), mux))
}

// ServeHTTP dispatches the routes below /v1/businesses/{business}/sessions. The mux of this Go has no path parameters.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	business, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1/businesses/"), "/")
	caller := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case r.Method == http.MethodGet && rest == "sessions/current":
		session, err := s.store.Current(r.Context(), business, caller)
		answer(w, http.StatusOK, session, err)
	case r.Method == http.MethodGet && rest == "sessions":
		s.list(w, r, business)
	case r.Method == http.MethodPost && rest == "sessions":
		s.open(w, r, business, caller)
	case r.Method == http.MethodPost && strings.HasSuffix(rest, "/close"):
		s.close(w, r, business, caller, strings.TrimSuffix(strings.TrimPrefix(rest, "sessions/"), "/close"))
	default:
		http.NotFound(w, r)
	}
}

func (s *server) list(w http.ResponseWriter, r *http.Request, business string) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 200 {
		http.Error(w, "limit must be 1 to 200", http.StatusBadRequest)
		return
	}
	sessions, err := s.store.List(r.Context(), business, limit)
	answer(w, http.StatusOK, map[string][]*Session{"items": sessions}, err)
}

func (s *server) open(w http.ResponseWriter, r *http.Request, business, caller string) {
	var body struct {
		InitialCash int64 `json:"initial_cash"`
	}
	if !read(w, r, &body) {
		return
	}
	standing, err := s.store.Current(r.Context(), business, caller)
	if errors.Is(err, pgx.ErrNoRows) {
		var session *Session
		session, err = s.store.Open(r.Context(), business, caller, body.InitialCash)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "23505" {
			answer(w, http.StatusCreated, session, err)
			return
		}
		standing, err = s.store.Current(r.Context(), business, caller)
	}
	answer(w, http.StatusConflict, map[string]interface{}{
		"code": "SESSION_ALREADY_OPEN", "existing_session": standing,
	}, err)
}

func (s *server) close(w http.ResponseWriter, r *http.Request, business, caller, id string) {
	var body struct {
		FinalCash int64 `json:"final_cash"`
	}
	if !read(w, r, &body) {
		return
	}
	session, err := s.store.Close(r.Context(), business, caller, id, body.FinalCash)
	answer(w, http.StatusOK, session, err)
}

func read(w http.ResponseWriter, r *http.Request, body interface{}) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyBytesMax)).Decode(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
	return err == nil
}

func answer(w http.ResponseWriter, status int, body interface{}, err error) {
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		http.Error(w, "there is no such session", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		bytes, err := json.Marshal(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		w.Write(bytes)
	}
}

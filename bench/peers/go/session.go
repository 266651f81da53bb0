package main

import "time"

// Session is one row and its JSON.
type Session struct {
	ID                      string     `json:"id"`
	SessionNumber           int64      `json:"session_number"`
	BusinessID              string     `json:"business_id"`
	CashierID               string     `json:"cashier_id"`
	OpenedBy                string     `json:"opened_by"`
	Status                  string     `json:"status"`
	Currency                string     `json:"currency"`
	InitialCash             int64      `json:"initial_cash"`
	OpenedAt                time.Time  `json:"opened_at"`
	EndedAt                 *time.Time `json:"ended_at"`
	ClosedAt                *time.Time `json:"closed_at"`
	ClosedBy                *string    `json:"closed_by"`
	BusinessDate            time.Time  `json:"business_date"`
	TimeZone                string     `json:"time_zone"`
	TerminalID              *string    `json:"terminal_id"`
	Notes                   *string    `json:"notes"`
	FinalCash               *int64     `json:"final_cash"`
	CardTotal               int64      `json:"card_total"`
	BankTransferTotal       int64      `json:"bank_transfer_total"`
	EnvelopeAmount          int64      `json:"envelope_amount"`
	Expenses                int64      `json:"expenses"`
	CreditSalesTotal        int64      `json:"credit_sales_total"`
	CreditPaymentsCollected int64      `json:"credit_payments_collected"`
	DeclaredCashSales       *int64     `json:"declared_cash_sales"`
	ClosingTicket           *string    `json:"closing_ticket"`
	Version                 int64      `json:"version"`
}

type row interface {
	Scan(places ...interface{}) error
}

func scan(r row) (*Session, error) {
	s := &Session{}
	return s, r.Scan(
		&s.ID, &s.SessionNumber, &s.BusinessID, &s.CashierID, &s.OpenedBy, &s.Status, &s.Currency, &s.InitialCash,
		&s.OpenedAt, &s.EndedAt, &s.ClosedAt, &s.ClosedBy, &s.BusinessDate, &s.TimeZone, &s.TerminalID, &s.Notes,
		&s.FinalCash, &s.CardTotal, &s.BankTransferTotal, &s.EnvelopeAmount, &s.Expenses, &s.CreditSalesTotal,
		&s.CreditPaymentsCollected, &s.DeclaredCashSales, &s.ClosingTicket, &s.Version)
}

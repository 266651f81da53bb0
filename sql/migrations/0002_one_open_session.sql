-- migrate:up transaction:false

-- The promise of the product: a cashier has at most one open session in a business.
--
-- An index and not a check in the service, because only the database sees two requests in the same
-- instant. Every way into an open session meets it.
--
-- * Deleted rows do not count: a session that was opened by mistake and deleted must not keep its
--   cashier out for ever.
-- * The date is not in the key: yesterday's session still blocks, and the way out is to close it.
-- * Concurrently, so that tills keep selling while it builds; and an INVALID leftover of a build that
--   failed is dropped first, because it enforces nothing.
--
-- The service recognises this name in SQLSTATE 23505. Renaming it changes the API.
drop index concurrently if exists uq_cash_sessions_one_open_per_cashier_business;

create unique index concurrently uq_cash_sessions_one_open_per_cashier_business
    on cash_sessions (cashier_id, business_id)
    where status = 'OPEN' and is_deleted = false;

-- migrate:down transaction:false

drop index concurrently if exists uq_cash_sessions_one_open_per_cashier_business;

-- Opens a session in one statement, so the open is atomic. The statement checks the caller, looks for an existing
-- session, takes a number, inserts, audits and saves the stored response for the idempotency key.
-- The one-open index decides between concurrent opens. While the index is missing or invalid, the statement opens only
-- if its transaction has locked the open-session key: docs/decisions/0011.
-- The index of external ids decides between concurrent opens too; the statement reports one that is taken already.
-- The statement locks the rows of the business and the cashier (FOR KEY SHARE). So a change of the currency, of the
-- closed books or of the cashier's account waits for it, or is visible to it.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  session
-- $3 uuid  business
-- $4 uuid  cashier of the session
-- $5 bigint  cash in the drawer, in minor units of the business's currency
-- $6 timestamp with time zone  when it was opened, or null for now
-- $7 text  terminal, or null; not used for a login by PIN, which has its own
-- $8 text  notes, or null
-- $9 uuid  audit event
-- $10 text  request id
-- $11 text  idempotency key, or null
-- $12 bytea  SHA-256 of the request, or null
-- $13 boolean  whether open_session_key_lock.sql ran before in this transaction
-- $14 text  client's request id, or null
-- $15 text  external id, or null
-- Returns one row if the bearer is valid, else none: whether the one-open index is valid, whether the idempotency key
-- was free to use (another request with it may be running), whether another session has the external id, the caller's
-- role, then the new session. The role is null if the open was not permitted. The session's columns are null if nothing
-- was inserted.
with facts as materialized (
    select
        $11::text is null
        or pg_try_advisory_xact_lock(
            hashtextextended(concat_ws('/', $3::uuid, u.id, 'session.open', $11::text), 0)
        ) as is_free,
        -- This read and the search for an existing session share one snapshot. PostgreSQL takes it after it locked the
        -- table, so the index cannot disappear in between.
        exists (
            select
            from pg_index as i
            where i.indexrelid = to_regclass('uq_cash_sessions_one_open_per_cashier_business')
                and i.indrelid = 'cash_sessions'::regclass
                and i.indisunique
                and i.indisvalid
                and i.indisready
                -- include one_open_index_definition
        ) as index_is_valid,
        case
            when $15::text is not null then exists (
                select
                from cash_sessions as s
                where s.business_id = $3::uuid
                    and s.external_id = $15::text
            )
            else false
        end as external_id_is_taken,
        u.id as caller_id,
        u.role as caller_role,
        u.terminal_id
    from (
        -- include caller
    ) as u
), assigned as (
    -- Locked against a concurrent removal of the assignment. A later removal waits and sees this session; after an
    -- earlier one, no row is found.
    select a.cashier_id
    from business_cashiers as a
    cross join facts as u
    where a.business_id = $3::uuid
        and a.cashier_id = $4::uuid
        -- include assignment_at_terminal
    for key share of a
), permitted as (
    select
        b.id, b.currency, b.time_zone, b.day_cutoff, f.caller_id, r.role, f.terminal_id,
        -- Rounded as stored, so that the business date matches the time that people read.
        coalesce($6::timestamptz, now())::timestamptz(3) as opened_at,
        b.is_active, b.stale_after_hours, b.edit_window_hours, b.books_closed_until, b.blind_count
    from facts as f
    join businesses as b on b.id = $3::uuid and b.is_active
    join users as c on c.id = $4::uuid and c.is_active
    -- The locked row, so that a change of the caller's own role is seen.
    cross join lateral (
        select case when c.id = f.caller_id and f.terminal_id is null then c.role else f.caller_role end as role
    ) as r
    where f.is_free
        and not f.external_id_is_taken
        and (f.index_is_valid or $13::boolean)
        -- policy: an administrator opens for anyone who is assigned, and for themselves in any business. Only an
        -- administrator gives a time, which is in the past. A cashier opens for themselves, where they are assigned.
        and (r.role = 'ADMIN' or (c.id = f.caller_id and $6::timestamptz is null))
        and (
            (r.role = 'ADMIN' and c.id = f.caller_id)
            or exists (select from assigned)
        )
        and coalesce($6::timestamptz, now()) <= now()
        and not exists (
            select from cash_sessions as s
            where s.business_id = b.id
                and s.cashier_id = c.id
                and s.status = 'OPEN'
                and s.is_deleted = false
        )
        -- session_backdate_check.sql reports which of these two conditions failed.
        and (
            $6::timestamptz is null
            or (
                business_date($6::timestamptz::timestamptz(3), b.time_zone, b.day_cutoff)
                    > coalesce(b.books_closed_until, '-infinity'::date)
                and not exists (
                    select from cash_sessions as s
                    where s.business_id = b.id
                        and s.cashier_id = c.id
                        and s.is_deleted = false
                        and coalesce(s.ended_at, s.closed_at) > $6::timestamptz::timestamptz(3)
                )
            )
        )
    for key share of b, c
), numbered as (
    insert into business_counters as n (business_id, last_session_number)
    select p.id, 1
    from permitted as p
    on conflict (business_id) do update
    set last_session_number = n.last_session_number + 1
    returning n.last_session_number
), opened as (
    insert into cash_sessions (
        business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
        business_day_cutoff, initial_cash, opened_at, terminal_id, registered_terminal_id, external_id, notes,
        previous_count
    )
    select
        p.id, $2::uuid, c.last_session_number, $4::uuid, p.caller_id, 'OPEN', p.currency, p.time_zone,
        business_date(p.opened_at, p.time_zone, p.day_cutoff), p.day_cutoff,
        $5::bigint, p.opened_at, n.terminal_id, p.terminal_id, $15::text, $8::text,
        -- include previous_count
    from permitted as p
    cross join numbered as c
    cross join lateral (
        -- A login by PIN opens at its terminal, whatever the request says.
        select
            $2::uuid as id, p.id as business_id, coalesce(p.terminal_id::text, $7::text) as terminal_id, p.currency,
            p.opened_at
    ) as n
    returning *
), audited as (
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, session_id, request_id, client_request_id, terminal_id, after
    )
    select
        o.business_id, $9::uuid, 'session.open', o.opened_by, o.cashier_id, o.id, $10::text, $14::text, o.terminal_id,
        session_facts(to_jsonb(o))
    from opened as o
), stored as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select
        s.business_id, s.opened_by, 'session.open', $11::text, $12::bytea,
        to_jsonb(s) || jsonb_build_object(
            'role', b.role,
            'is_stale', s.opened_at + make_interval(hours => b.stale_after_hours) < now(),
            'is_blind', b.blind_count,
            'terminal_name', (
                -- include terminal_name
            ),
            'obstacle',
            -- include session_obstacle
        )
    from opened as s
    cross join permitted as b
    cross join lateral (select s.opened_by as id, b.role) as u
    where $11::text is not null
)
select
    f.index_is_valid,
    f.is_free,
    f.external_id_is_taken,
    b.role,
    -- include session_columns
from facts as f
left join opened as s on true
left join permitted as b on true
left join lateral (select f.caller_id as id, b.role) as u on true;

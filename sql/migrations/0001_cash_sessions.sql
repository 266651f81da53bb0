-- migrate:up

-- The shop: businesses, their people, and the cash sessions between them.
--
-- * `business_id` comes first in every business-scoped key, so the same schema can be spread by it
--   (hash partitions, distributed PostgreSQL) without a query or a foreign key to change.
-- * Money is bigint in minor units of the row's currency; times are timestamptz(3), the wire's precision.
-- * Every constraint has a name, and the name is API: the service tells its refusals apart by it.

create domain money_amount as bigint
    constraint ck_money_amount_range check (value between 0 and 999999999999);

create table users (
    id uuid not null,
    email text not null,
    name text not null,
    role text not null,
    locale text not null default 'es-PY',
    password_hash text not null,
    is_active boolean not null default true,
    created_at timestamptz(3) not null default now(),
    constraint pk_users primary key (id),
    constraint ck_users_email_length check (char_length(email) between 3 and 255),
    constraint ck_users_name_length check (char_length(name) between 1 and 200),
    constraint ck_users_role check (role in ('ADMIN', 'CASHIER')),
    constraint ck_users_locale check (locale in ('es-PY', 'en'))
);

-- One account an address, whatever its capitals.
create unique index uq_users_email on users (lower(email));

create table businesses (
    id uuid not null,
    name text not null,
    currency text not null,
    time_zone text not null,
    day_cutoff time not null default '00:00',
    stale_after_hours integer not null default 16,
    edit_window_hours integer not null default 32,
    is_active boolean not null default true,
    created_at timestamptz(3) not null default now(),
    constraint pk_businesses primary key (id),
    constraint ck_businesses_name_length check (char_length(name) between 1 and 200),
    constraint ck_businesses_currency check (currency ~ '^[A-Z]{3}$'),
    -- A name that PostgreSQL does not know is refused by the conversion itself (SQLSTATE 22023).
    constraint ck_businesses_time_zone check (timestamp '2000-01-01 00:00' at time zone time_zone is not null),
    constraint ck_businesses_stale_after_hours check (stale_after_hours between 1 and 744),
    constraint ck_businesses_edit_window_hours check (edit_window_hours between 0 and 8784)
);

create unique index uq_businesses_name on businesses (lower(name));

-- The last number that a session of the business was given; no row, no session yet. A narrow row of its
-- own: every open updates it, and the business's own row stays unchanged and cached.
create table business_counters (
    business_id uuid not null,
    last_session_number bigint not null,
    constraint pk_business_counters primary key (business_id),
    constraint fk_business_counters_business foreign key (business_id) references businesses (id)
) with (fillfactor = 50);

create table business_cashiers (
    business_id uuid not null,
    cashier_id uuid not null,
    created_at timestamptz(3) not null default now(),
    constraint pk_business_cashiers primary key (business_id, cashier_id),
    constraint fk_business_cashiers_business foreign key (business_id) references businesses (id),
    constraint fk_business_cashiers_cashier foreign key (cashier_id) references users (id)
);

-- "My businesses".
create index ix_business_cashiers_cashier on business_cashiers (cashier_id, business_id);

create table cash_sessions (
    business_id uuid not null,
    id uuid not null,
    session_number bigint not null,
    cashier_id uuid not null,
    opened_by uuid not null,
    status text not null,
    -- As the business had them when the session opened: a later change must not rewrite the past.
    currency text not null,
    time_zone text not null,
    business_date date not null,
    initial_cash money_amount not null,
    opened_at timestamptz(3) not null,
    ended_at timestamptz(3),
    closed_at timestamptz(3),
    closed_by uuid,
    terminal_id text,
    notes text,
    final_cash money_amount,
    card_total money_amount not null default 0,
    bank_transfer_total money_amount not null default 0,
    envelope_amount money_amount not null default 0,
    expenses money_amount not null default 0,
    credit_sales_total money_amount not null default 0,
    credit_payments_collected money_amount not null default 0,
    declared_cash_sales money_amount,
    closing_ticket text,
    flag_reason text,
    flagged_by uuid,
    flagged_at timestamptz(3),
    is_deleted boolean not null default false,
    delete_reason text,
    deleted_by uuid,
    deleted_at timestamptz(3),
    version bigint not null default 1,
    constraint pk_cash_sessions primary key (business_id, id),
    constraint uq_cash_sessions_number unique (business_id, session_number),
    constraint fk_cash_sessions_business foreign key (business_id) references businesses (id),
    constraint fk_cash_sessions_cashier foreign key (cashier_id) references users (id),
    constraint fk_cash_sessions_opened_by foreign key (opened_by) references users (id),
    constraint fk_cash_sessions_closed_by foreign key (closed_by) references users (id),
    constraint ck_cash_sessions_session_number check (session_number >= 1),
    constraint ck_cash_sessions_version check (version >= 1),
    constraint ck_cash_sessions_terminal_id_length check (char_length(terminal_id) between 1 and 64),
    constraint ck_cash_sessions_notes_length check (char_length(notes) <= 1000),
    constraint ck_cash_sessions_closing_ticket check (closing_ticket ~ '^[A-Za-z0-9-]{1,50}$'),
    constraint ck_cash_sessions_ended_after_opened check (ended_at >= opened_at),
    constraint ck_cash_sessions_closed_after_opened check (closed_at >= greatest(opened_at, ended_at)),
    -- The state and its columns agree. A session that was closed by force may lack its count.
    constraint ck_cash_sessions_status check (
        case status
            when 'OPEN' then ended_at is null and closed_at is null and closed_by is null and final_cash is null
            when 'ENDED' then ended_at is not null and closed_at is null and closed_by is null and final_cash is null
            when 'CLOSED' then closed_at is not null and closed_by is not null
            else false
        end
    ),
    constraint ck_cash_sessions_flag check (
        num_nulls(flag_reason, flagged_by, flagged_at) in (0, 3)
        and char_length(flag_reason) between 5 and 500
    ),
    constraint ck_cash_sessions_deletion check (
        num_nulls(delete_reason, deleted_by, deleted_at) = case when is_deleted then 0 else 3 end
        and char_length(delete_reason) between 1 and 500
    )
);

-- Lists, newest first: a business's, and one cashier's in it. The few that are not closed, and the deleted
-- ones, have small indexes of their own.
create index ix_cash_sessions_recent on cash_sessions (business_id, opened_at desc, id desc)
    where is_deleted = false;
create index ix_cash_sessions_cashier_recent on cash_sessions (business_id, cashier_id, opened_at desc, id desc)
    where is_deleted = false;
create index ix_cash_sessions_unclosed on cash_sessions (business_id, opened_at desc, id desc)
    where status <> 'CLOSED' and is_deleted = false;
create index ix_cash_sessions_deleted on cash_sessions (business_id, opened_at desc, id desc)
    where is_deleted = true;

-- Whether a list shows a session: what its filters ask, and the place in the order that its cursor names.
-- Both functions are plain SQL, so the planner copies them into the statement that calls them.
create function is_listed(
    s cash_sessions, with_status text, date_from date, date_to date,
    opened_from timestamptz, opened_before timestamptz,
    flagged boolean, stale boolean, stale_after_hours integer,
    after_opened_at timestamptz, after_id uuid
) returns boolean
language sql stable as $$
    -- One upper bound, not two: a second makes the planner think so little is left that any index will do.
    select (s.opened_at, s.id)
        < (
            least(after_opened_at, opened_before, 'infinity'::timestamptz),
            case
                when opened_before <= coalesce(after_opened_at, 'infinity'::timestamptz)
                    then '00000000-0000-0000-0000-000000000000'::uuid
                else coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            end
        )
        and s.opened_at >= coalesce(opened_from, '-infinity'::timestamptz)
        and s.business_date between coalesce(date_from, '-infinity'::date) and coalesce(date_to, 'infinity'::date)
        and (with_status is null or s.status = with_status)
        and (flagged is null or (s.flag_reason is not null) = flagged)
        and (
            stale is null
            or (s.status = 'OPEN' and s.opened_at + make_interval(hours => stale_after_hours) < now()) = stale
        )
$$;

-- A page of a business's sessions, newest first: those not yet closed, everyone's, one cashier's, or the
-- deleted ones. One of the four branches runs; each reads its own index from the cursor on and stops at the limit.
create function recent_sessions(
    of_business uuid, of_cashier uuid, deleted boolean,
    with_status text, date_from date, date_to date, opened_from timestamptz, opened_before timestamptz,
    flagged boolean, stale boolean, stale_after_hours integer,
    after_opened_at timestamptz, after_id uuid, how_many integer
) returns setof cash_sessions
language sql stable as $$
    (
        select s.*
        from cash_sessions as s
        where not deleted
            and with_status <> 'CLOSED'
            and s.business_id = of_business
            and s.cashier_id = coalesce(of_cashier, s.cashier_id)
            and s.status <> 'CLOSED'
            and s.is_deleted = false
            and is_listed(
                s, with_status, date_from, date_to, opened_from, opened_before,
                flagged, stale, stale_after_hours, after_opened_at, after_id
            )
        order by s.opened_at desc, s.id desc
        limit how_many
    )
    union all
    (
        select s.*
        from cash_sessions as s
        where not deleted
            and with_status is distinct from 'OPEN'
            and with_status is distinct from 'ENDED'
            and of_cashier is null
            and s.business_id = of_business
            and s.is_deleted = false
            and is_listed(
                s, with_status, date_from, date_to, opened_from, opened_before,
                flagged, stale, stale_after_hours, after_opened_at, after_id
            )
        order by s.opened_at desc, s.id desc
        limit how_many
    )
    union all
    (
        select s.*
        from cash_sessions as s
        where not deleted
            and with_status is distinct from 'OPEN'
            and with_status is distinct from 'ENDED'
            and of_cashier is not null
            and s.business_id = of_business
            and s.cashier_id = of_cashier
            and s.is_deleted = false
            and is_listed(
                s, with_status, date_from, date_to, opened_from, opened_before,
                flagged, stale, stale_after_hours, after_opened_at, after_id
            )
        order by s.opened_at desc, s.id desc
        limit how_many
    )
    union all
    (
        select s.*
        from cash_sessions as s
        where deleted
            and s.business_id = of_business
            and s.cashier_id = coalesce(of_cashier, s.cashier_id)
            and s.is_deleted = true
            and is_listed(
                s, with_status, date_from, date_to, opened_from, opened_before,
                flagged, stale, stale_after_hours, after_opened_at, after_id
            )
        order by s.opened_at desc, s.id desc
        limit how_many
    )
$$;

-- What happened, for good. `business_id` is the zero UUID for what belongs to no business.
create table audit_events (
    business_id uuid not null,
    id uuid not null,
    occurred_at timestamptz(3) not null default now(),
    action text not null,
    actor_id uuid,
    cashier_id uuid,
    session_id uuid,
    request_id text,
    terminal_id text,
    reason text,
    before jsonb,
    after jsonb,
    constraint pk_audit_events primary key (business_id, id),
    constraint ck_audit_events_action check (action ~ '^[a-z_]+\.[a-z_]+$')
);

create index ix_audit_events_session on audit_events (business_id, session_id, occurred_at, id);

create function refuse_audit_change() returns trigger
language plpgsql as $$
begin
    raise exception 'audit_events are never changed or deleted' using errcode = 'insufficient_privilege';
end
$$;

create trigger tr_audit_events_immutable
before update or delete or truncate on audit_events
for each statement execute function refuse_audit_change();

-- How often an open was refused: one row for a session in the way, a caller and a minute. The first
-- refusal of a minute leaves an audit event as well; a till that retries in a loop only raises `times`.
create table open_conflicts (
    business_id uuid not null,
    cashier_id uuid not null,
    session_id uuid not null,
    caller_id uuid not null,
    minute timestamptz(3) not null,
    times bigint not null,
    first_at timestamptz(3) not null,
    last_at timestamptz(3) not null,
    constraint pk_open_conflicts primary key (business_id, cashier_id, session_id, caller_id, minute),
    constraint ck_open_conflicts_times check (times >= 1)
);

-- The first successful answer to a request that carried an Idempotency-Key, kept with its effect.
create table idempotency_keys (
    business_id uuid not null,
    user_id uuid not null,
    operation text not null,
    key text not null,
    -- SHA-256 of the request: the same key with another request is refused.
    fingerprint bytea not null,
    -- The session as it was answered, with what the answer derived from it.
    answer jsonb not null,
    created_at timestamptz(3) not null default now(),
    constraint pk_idempotency_keys primary key (business_id, user_id, operation, key),
    constraint ck_idempotency_keys_key_length check (char_length(key) between 1 and 255),
    constraint ck_idempotency_keys_fingerprint_length check (octet_length(fingerprint) = 32)
);

create index ix_idempotency_keys_created on idempotency_keys (created_at);

-- migrate:down

drop table idempotency_keys;
drop table open_conflicts;
drop table audit_events;
drop function refuse_audit_change;
drop function recent_sessions;
drop function is_listed;
drop table cash_sessions;
drop table business_cashiers;
drop table business_counters;
drop table businesses;
drop table users;
drop domain money_amount;

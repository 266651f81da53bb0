-- Records a movement, or the reversal of one, in one statement. The statement looks whether the movement exists, locks
-- the session, checks the caller and the state, numbers the movement, adds it to the session's sums, inserts and audits
-- it. docs/decisions/0043-sums-in-the-session.md says why the sums are in the row that is locked.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  session
-- $4 uuid  movement
-- $5 text  type; null for a reversal, as for all parameters up to $9
-- $6 text  category, or null
-- $7 bigint  amount, in minor units
-- $8 uuid  cashier at the other end of a transfer, or null
-- $9 text  reference, or null
-- $10 text  reason, or null
-- $11 uuid  the movement to reverse, or null
-- $12 timestamp with time zone  when it happened; null for now and for a reversal
-- $13 text  terminal, or null for that of the session; not used for a login by PIN, which has its own
-- $14 bigint[]  accepted versions of the session, or null for any
-- $15 uuid  audit event
-- $16 text  request id
-- $17 text  client's request id, or null
-- Returns one row if the bearer is valid, else none: the caller's role, whether they see the business, whether this
-- statement recorded the movement, the database's clock, whether $8 is an active cashier of the business, whether the
-- session has room for another movement, the session in its current state, then the movement with the id. Their columns
-- are null if there is none. A concurrent request with the id violates pk_movements, and a concurrent reversal
-- uq_movements_reversal.
with caller as (
    -- include caller_in_business
), known as (
    select m as movement
    from caller as c
    join movements as m on m.business_id = c.business_id and m.id = $4::uuid
), locked as (
    -- Locked, so these are the newest sums even after a lock wait. A till's clock may be five minutes off.
    select
        s as session,
        case
            when $12::timestamptz is null
                or $12::timestamptz between now() and now() + interval '5 minutes'
                then greatest(now(), s.opened_at)
            when $12::timestamptz between s.opened_at - interval '5 minutes' and s.opened_at then s.opened_at
            else $12::timestamptz
        end::timestamptz(3) as occurred_at
    from caller as c
    join cash_sessions as s on s.business_id = c.business_id and s.id = $3::uuid
    where not exists (select from known)
    for no key update of s
), entry as (
    select
        $5::text as type, $6::text as category, $7::bigint as amount, $8::uuid as counterpart_cashier_id,
        $9::text as reference,
        $7::bigint
            * case when $5::text in ('CASH_SALE', 'PAID_IN') then 1 when $5::text = 'NO_SALE' then 0 else -1 end
            as effect
    where $11::uuid is null
    union all
    select m.type, m.category, m.amount::bigint, m.counterpart_cashier_id, m.reference, -m.effect
    from caller as c
    cross join lateral (
        -- The limit keeps this one look-up by the primary key.
        select * from movements as o where o.business_id = c.business_id and o.id = $11::uuid limit 1
    ) as m
    where m.session_id = $3::uuid
        and m.reverses_id is null
        and m.type <> 'NO_SALE'
        and not exists (
            select from movements as r where r.business_id = m.business_id and r.reverses_id = m.id
        )
), counterpart as (
    select
        $8::uuid is null
        or exists (
            select
            from business_cashiers as a
            join users as u on u.id = a.cashier_id and u.is_active
            where a.business_id = $2::uuid
                and a.cashier_id = $8::uuid
        ) as is_ready
), moved as (
    update cash_sessions as s
    set recorded_movements = (l.session).recorded_movements + 1,
        records_sales = (l.session).records_sales or e.type in ('CASH_SALE', 'CASH_REFUND'),
        recorded_cash_sales = (l.session).recorded_cash_sales + case e.type when 'CASH_SALE' then e.effect else 0 end,
        recorded_cash_refunds
            = (l.session).recorded_cash_refunds - case e.type when 'CASH_REFUND' then e.effect else 0 end,
        recorded_paid_in = (l.session).recorded_paid_in + case e.type when 'PAID_IN' then e.effect else 0 end,
        recorded_paid_out = (l.session).recorded_paid_out - case e.type when 'PAID_OUT' then e.effect else 0 end,
        recorded_expenses = (l.session).recorded_expenses - case e.category when 'EXPENSE' then e.effect else 0 end,
        recorded_drops = (l.session).recorded_drops - case e.type when 'DROP' then e.effect else 0 end,
        recorded_hash = movement_hash((l.session).recorded_hash, n.movement),
        late_movements = (l.session).late_movements + (n.movement).is_late::integer,
        -- The figures at the close stay, as before the first correction.
        at_close_final_cash = case
            when (n.movement).is_late then coalesce((l.session).at_close_final_cash, (l.session).final_cash)
            else (l.session).at_close_final_cash
        end,
        at_close_expected_cash = case
            when (n.movement).is_late
                and (l.session).at_close_final_cash is null
                and (l.session).final_cash is not null
                then session_expected_cash(l.session)
            else (l.session).at_close_expected_cash
        end,
        -- Nothing that anybody sees of a session changes before its close.
        version = (l.session).version + (n.movement).is_late::integer
    from locked as l
    cross join caller as c
    cross join counterpart as k
    cross join entry as e
    cross join lateral (
        -- In the order of the table's columns; the hash follows.
        select row(
            (l.session).business_id, $4::uuid, (l.session).id, (l.session).recorded_movements + 1, e.type, e.category,
            e.amount, e.effect, $11::uuid, e.counterpart_cashier_id, e.reference, $10::text, c.id,
            coalesce(c.terminal_id::text, $13::text, (l.session).terminal_id), $16::text, $17::text,
            (l.session).status = 'CLOSED', l.occurred_at, now()::timestamptz(3), null
        )::movements as movement
    ) as n
    where s.business_id = (l.session).business_id
        and s.id = (l.session).id
        -- policy: administrators and the session's cashier record in a session that is not deleted, and whose books are
        -- open. After the close, its cashier records for as long as they may correct it, and only administrators
        -- reverse.
        and (l.session).is_deleted = false
        and ((l.session).business_date <= c.books_closed_until) is not true
        and (c.role = 'ADMIN' or (l.session).cashier_id = c.id)
        and (
            c.role = 'ADMIN'
            or (l.session).status <> 'CLOSED'
            or ($11::uuid is null and (l.session).closed_at + make_interval(hours => c.edit_window_hours) > now())
        )
        -- What happens now needs an open session. What happened before must have happened while it was open.
        and case
            when $11::uuid is not null then true
            when $12::timestamptz is null then (l.session).status = 'OPEN'
            else l.occurred_at
                between (l.session).opened_at
                and least((l.session).ended_at, (l.session).closed_at, greatest(now(), (l.session).opened_at))
        end
        and ($14::bigint[] is null or (l.session).version = any ($14::bigint[]))
        and (l.session).recorded_movements < 20000
        and k.is_ready
        and $8::uuid is distinct from (l.session).cashier_id
    returning l.session as before, s as session, n.movement
), added as (
    insert into movements
    select r.*
    from moved as m
    cross join jsonb_populate_record(m.movement, jsonb_build_object('hash', (m.session).recorded_hash)) as r
    returning *
), audited as (
    -- A sale or a refund before the close is its own record: docs/decisions/0044-a-sale-is-its-own-record.md.
    insert into audit_events (
        business_id, id, action, actor_id, cashier_id, session_id, request_id, client_request_id, terminal_id, reason,
        before, after
    )
    select
        a.business_id, $15::uuid, case when a.reverses_id is null then 'session.movement' else 'session.reversal' end,
        a.recorded_by, (m.session).cashier_id, a.session_id, a.request_id, a.client_request_id, a.terminal_id, a.reason,
        case when a.is_late then session_facts(to_jsonb(m.before)) end,
        jsonb_build_object(
            'movement_id', a.id, 'number', a.number, 'type', a.type, 'category', a.category,
            'reverses_id', a.reverses_id, 'is_late', a.is_late, 'occurred_at', a.occurred_at
        )
            -- What was sold is told after the count.
            || case
                when a.type in ('CASH_SALE', 'CASH_REFUND') and (m.session).final_cash is null then '{}'
                else jsonb_build_object('amount', a.amount, 'effect', a.effect)
            end
            || case when a.is_late then session_facts(to_jsonb(m.session)) else '{}' end
    from added as a
    cross join moved as m
    where a.is_late
        or a.reverses_id is not null
        or a.type not in ('CASH_SALE', 'CASH_REFUND')
), found as (
    select a.* from added as a
    union all
    select (k.movement).* from known as k
), current as (
    select m.session from moved as m
    union all
    select l.session from locked as l where not exists (select from moved)
    union all
    select s
    from caller as c
    join cash_sessions as s on s.business_id = c.business_id and s.id = $3::uuid
    where exists (select from known)
)
select
    b.role,
    b.business_id is not null as sees_business,
    exists (select from added) as is_new,
    now()::timestamptz(3) as instant,
    k.is_ready as is_counterpart_ready,
    not exists (select from locked as l where (l.session).recorded_movements >= 20000) as has_room,
    -- include session_columns
    ,
    -- include movement_columns
from caller as b
cross join lateral (select b.id, b.role) as u
cross join counterpart as k
left join found as m on true
left join lateral (select (c.session).* from current as c) as s on true;

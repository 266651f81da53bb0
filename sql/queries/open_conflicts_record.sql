-- Adds collected conflicts to their per-minute counts. The first conflict of a minute leaves an audit event, and so
-- does the first that the client resolved by resuming. Repeats in the minute only increase the count. All arrays have
-- the same length, with one element per conflict.
-- $1 uuid[]  business
-- $2 uuid[]  cashier
-- $3 uuid[]  existing session
-- $4 uuid[]  caller
-- $5 bigint[]  number of conflicts
-- $6 timestamp with time zone[]  time of the first
-- $7 timestamp with time zone[]  time of the last
-- $8 uuid[]  audit event, used for the first of its minute
-- $9 text[]  request id of the first
-- $10 bigint[]  number of conflicts whose client resumed the existing session
-- $11 bigint[]  float that the last request offered, or null
-- $12 text[]  currency of the business at the last request
-- $13 text[]  client's request id of the first, or null
-- Returns nothing.
with gathered as (
    select *
    from unnest(
        $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::timestamptz[], $7::timestamptz[],
        $8::uuid[], $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::text[]
    ) as g (
        business_id, cashier_id, session_id, caller_id, times, first_at, last_at, event_id, request_id, resumed,
        offered_cash, currency, client_request_id
    )
), counted as (
    insert into open_conflicts as c (
        business_id, cashier_id, session_id, caller_id, minute, times, first_at, last_at, id, resumed, offered_cash,
        currency
    )
    select
        g.business_id, g.cashier_id, g.session_id, g.caller_id, date_trunc('minute', g.first_at),
        g.times, g.first_at, g.last_at, g.event_id, g.resumed, g.offered_cash,
        g.currency
    from gathered as g
    -- A fixed order, so that two replicas that count the same keys do not deadlock.
    order by g.business_id, g.cashier_id, g.session_id, g.caller_id, g.first_at
    on conflict (business_id, cashier_id, session_id, caller_id, minute) do update
    set times = c.times + excluded.times,
        last_at = greatest(c.last_at, excluded.last_at),
        resumed = c.resumed + excluded.resumed,
        offered_cash = coalesce(excluded.offered_cash, c.offered_cash),
        currency = case when excluded.offered_cash is null then c.currency else excluded.currency end
    returning c.*, c.xmax = 0 as is_first
)
insert into audit_events (
    business_id, id, occurred_at, action, actor_id, cashier_id, session_id, request_id, client_request_id, after
)
select
    g.business_id, g.event_id, g.first_at, 'session.open_conflict', g.caller_id, g.cashier_id, g.session_id,
    g.request_id, g.client_request_id,
    jsonb_build_object(
        'resumed', g.resumed > 0, 'offered_initial_cash', g.offered_cash, 'currency', g.currency
    )
from gathered as g
join counted as c
    on c.business_id = g.business_id
    and c.cashier_id = g.cashier_id
    and c.session_id = g.session_id
    and c.caller_id = g.caller_id
    and c.minute = date_trunc('minute', g.first_at)
where c.is_first
    or (g.resumed > 0 and c.resumed = g.resumed);

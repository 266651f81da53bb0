-- migrate:up

-- The list of one business, which people look at all day. Whatever a statement may do is made ready each time it runs,
-- so the two branches that are asked for now and then, what is not closed yet and what was deleted, are in a
-- function of their own, which is called only then. `recent_sessions` of 0001 stays for the list over all businesses:
-- that one is made ready once for all of them.

-- Of a business, newest first, those not yet closed or the deleted ones. Not plain SQL: the planner would copy it.
create function recent_rarer_sessions(
    of_business uuid, of_cashier uuid, deleted boolean,
    with_status text, date_from date, date_to date, opened_from timestamptz, opened_before timestamptz,
    flagged boolean, stale boolean, stale_after_hours integer,
    after_opened_at timestamptz, after_id uuid, how_many integer
) returns setof cash_sessions
language plpgsql stable rows 20 as $$
begin
    if deleted then
        return query
        select s.*
        from cash_sessions as s
        where s.business_id = of_business
            and s.cashier_id = coalesce(of_cashier, s.cashier_id)
            and s.is_deleted = true
            and is_listed(
                s, with_status, date_from, date_to, opened_from, opened_before,
                flagged, stale, stale_after_hours, after_opened_at, after_id
            )
        order by s.opened_at desc, s.id desc
        limit how_many;
    elsif with_status <> 'CLOSED' then
        return query
        select s.*
        from cash_sessions as s
        where s.business_id = of_business
            and s.cashier_id = coalesce(of_cashier, s.cashier_id)
            and s.status <> 'CLOSED'
            and s.is_deleted = false
            and is_listed(
                s, with_status, date_from, date_to, opened_from, opened_before,
                flagged, stale, stale_after_hours, after_opened_at, after_id
            )
        order by s.opened_at desc, s.id desc
        limit how_many;
    end if;
end
$$;

-- A page of a business's sessions, newest first: as `recent_sessions`, and copied by the planner like it.
create function recent_business_sessions(
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
        from recent_rarer_sessions(
            of_business, of_cashier, deleted, with_status, date_from, date_to, opened_from, opened_before,
            flagged, stale, stale_after_hours, after_opened_at, after_id, how_many
        ) as s
        where deleted
            or with_status <> 'CLOSED'
    )
$$;

-- migrate:down

drop function recent_business_sessions;
drop function recent_rarer_sessions;

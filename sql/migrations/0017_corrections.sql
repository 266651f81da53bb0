-- migrate:up transaction:false

-- Adds what shows that the figures of a counted session were corrected, and the index of the sessions that need a
-- review. Existing rows stay valid. Corrections made before are in the audit trail only.
--
-- Tills keep working. The table is locked for a moment to add its columns. While the index is built, reads continue
-- and changes of sessions wait: about 1 s for a million sessions. Few sessions need a review, so the index stays small.
-- A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

alter table cash_sessions
    -- How many times a figure of the expected cash changed after the count. A second count is a correction too.
    add column if not exists corrections integer not null default 0,
    -- The first count, and the cash that was expected then. Null until the first correction or reopen: until then the
    -- current figures are those at the close.
    add column if not exists at_close_final_cash money_amount,
    -- Negative if more was paid out than could be in the drawer. Null if the cash sales were not known.
    add column if not exists at_close_expected_cash bigint;

-- A new constraint that is not validated needs no scan. Its validation locks out no change.
alter table cash_sessions drop constraint if exists ck_cash_sessions_at_close;
alter table cash_sessions
    add constraint ck_cash_sessions_at_close
        check (
            corrections >= 0
            and (at_close_final_cash is not null or (corrections = 0 and at_close_expected_cash is null))
        ) not valid;
alter table cash_sessions validate constraint ck_cash_sessions_at_close;

-- For the list of the sessions that need a review.
create index if not exists ix_cash_sessions_needs_review on cash_sessions (business_id, opened_at desc, id desc)
    where status = 'CLOSED' and (final_cash is null or corrections > 0) and is_deleted = false;

grant update (corrections, at_close_final_cash, at_close_expected_cash) on cash_sessions to cashpilot_app;

-- Whether a list shows a session. `with_status` is a status, or says which closed sessions: NEEDS_REVIEW, those that
-- nobody counted or that were corrected, or IN_ORDER, the others.
create or replace function is_listed(
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
        and (
            with_status is null
            or s.status = with_status
            or (
                s.status = 'CLOSED'
                and with_status
                    = case when s.final_cash is null or s.corrections > 0 then 'NEEDS_REVIEW' else 'IN_ORDER' end
            )
        )
        and (flagged is null or (s.flag_reason is not null) = flagged)
        and (
            stale is null
            or (s.status = 'OPEN' and s.opened_at + make_interval(hours => stale_after_hours) < now()) = stale
        )
$$;

-- A business's sessions that are rare: those that are not closed, that need a review, or that were deleted.
create or replace function recent_rarer_sessions(
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
    elsif with_status in ('OPEN', 'ENDED') then
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
    elsif with_status = 'NEEDS_REVIEW' then
        return query
        select s.*
        from cash_sessions as s
        where s.business_id = of_business
            and s.cashier_id = coalesce(of_cashier, s.cashier_id)
            and s.status = 'CLOSED'
            and (s.final_cash is null or s.corrections > 0)
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

-- A page of a business's sessions, newest first. One branch runs; the rare sessions have a function of their own.
create or replace function recent_business_sessions(
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
            and with_status is distinct from 'NEEDS_REVIEW'
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
            and with_status is distinct from 'NEEDS_REVIEW'
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
            or with_status in ('OPEN', 'ENDED', 'NEEDS_REVIEW')
    )
$$;

-- A page of a business's sessions, newest first, for the list of all businesses. One branch runs.
create or replace function recent_sessions(
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
            and with_status in ('OPEN', 'ENDED')
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
            and with_status = 'NEEDS_REVIEW'
            and s.business_id = of_business
            and s.cashier_id = coalesce(of_cashier, s.cashier_id)
            and s.status = 'CLOSED'
            and (s.final_cash is null or s.corrections > 0)
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
            and with_status is distinct from 'NEEDS_REVIEW'
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
            and with_status is distinct from 'NEEDS_REVIEW'
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

reset lock_timeout;

-- migrate:down

set local lock_timeout = '1500ms';

create or replace function is_listed(
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

create or replace function recent_rarer_sessions(
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

create or replace function recent_business_sessions(
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

create or replace function recent_sessions(
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

drop index ix_cash_sessions_needs_review;

alter table cash_sessions
    drop column at_close_expected_cash,
    drop column at_close_final_cash,
    drop column corrections;

-- migrate:up transaction:false

-- Business dates that do not decrease when the clock goes back: docs/decisions/0032-business-dates.md.
--
-- Each new session stores the cutoff that its business date is derived from, so a correction of `opened_at` uses the
-- same cutoff, currency and zone as the open. The column is not named `day_cutoff`, because both programs run during an
-- upgrade, and session_save.sql of the previous one selects the business's `day_cutoff` beside `cash_sessions.*`.
--
-- Tills keep working. The table is locked only to add the column, whose constant default PostgreSQL does not write into
-- the rows. A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

-- Returns the instant at which a business day begins. A local time that occurs twice, or that the clock skips, is read
-- with the offset from before the change of the clock, as in RFC 5545 (iCalendar).
--
-- `at time zone` reads a time that occurs twice with the later offset, so yesterday's offset is tried first. The
-- planner inlines this function and the next.
create or replace function business_day_start(day date, time_zone text, day_cutoff time) returns timestamptz
language sql stable as $$
    select case
        when ((day - 1 + day_cutoff) at time zone time_zone + interval '24 hours') at time zone time_zone
            = day + day_cutoff
            then (day - 1 + day_cutoff) at time zone time_zone + interval '24 hours'
        else (day + day_cutoff) at time zone time_zone
    end
$$;

-- Returns the last date whose business day began at `opened_at` or before.
--
-- No clock goes back by more than a day, so the newest candidate is tomorrow. No clock skips more than one date, so the
-- oldest is the day before yesterday.
create or replace function business_date(opened_at timestamptz, time_zone text, day_cutoff time) returns date
language sql stable as $$
    select (opened_at at time zone time_zone)::date + case
        when business_day_start((opened_at at time zone time_zone)::date + 1, time_zone, day_cutoff) <= opened_at
            then 1
        when business_day_start((opened_at at time zone time_zone)::date, time_zone, day_cutoff) <= opened_at
            then 0
        when business_day_start((opened_at at time zone time_zone)::date - 1, time_zone, day_cutoff) <= opened_at
            then -1
        else -2
    end
$$;

-- Fills the cutoff of a session that a program without this column inserts: the previous program during an upgrade.
create or replace function fill_business_day_cutoff() returns trigger
language plpgsql as $$
begin
    select b.day_cutoff into new.business_day_cutoff from businesses as b where b.id = new.business_id;
    return new;
end
$$;

-- One transaction, because the previous program cannot insert without the default or the trigger.
do $$
begin
    alter table cash_sessions add column if not exists business_day_cutoff time not null default '00:00';
    alter table cash_sessions alter column business_day_cutoff drop default;
    drop trigger if exists tr_cash_sessions_business_day_cutoff on cash_sessions;
    create trigger tr_cash_sessions_business_day_cutoff
    before insert on cash_sessions
    for each row when (new.business_day_cutoff is null) execute function fill_business_day_cutoff();
end
$$;

-- Existing sessions get the current cutoff of their business: earlier cutoffs are not stored. Most businesses begin
-- their day at midnight, so most rows stay as they are. Each commit releases the locks of up to 1000 rows.
do $$
declare
    business record;
    place uuid;
begin
    for business in select b.id, b.day_cutoff from businesses as b where b.day_cutoff <> '00:00' loop
        place := '00000000-0000-0000-0000-000000000000';
        while place is not null loop
            with batch as (
                select s.id
                from cash_sessions as s
                where s.business_id = business.id
                    and s.id > place
                order by s.id
                limit 1000
            ), filled as (
                update cash_sessions as s
                set business_day_cutoff = business.day_cutoff
                from batch as b
                where s.business_id = business.id
                    and s.id = b.id
                    and s.business_day_cutoff = '00:00'
            )
            select (select b.id from batch as b order by b.id desc limit 1) into place;
            commit;
        end loop;
    end loop;
end
$$;

-- Stored business dates do not change, because they are in printed reports already. This reads the table once and locks
-- nothing. A million sessions took 6 s on two cores.
do $$
declare
    others bigint;
begin
    select count(*) into others
    from cash_sessions as s
    where s.business_date <> business_date(s.opened_at, s.time_zone, s.business_day_cutoff);
    if others > 0 then
        raise notice '% sessions keep a business date that differs from the one by the business''s current day_cutoff: '
            'they opened with another cutoff, or while the clock changed', others;
    end if;
end
$$;

reset lock_timeout;

-- migrate:down

drop trigger tr_cash_sessions_business_day_cutoff on cash_sessions;
alter table cash_sessions drop column business_day_cutoff;
drop function fill_business_day_cutoff;
drop function business_date;
drop function business_day_start;

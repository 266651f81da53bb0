-- migrate:up transaction:false

-- Adds the closed books of a business, the count before a session's float, and the links between the sessions of a
-- handover. Existing rows stay valid, because every new column may be null or has a default.
--
-- Tills keep working. A table is locked for a moment to add its columns. While the two indexes are built, reads
-- continue and changes of sessions wait: about 2 s for a million sessions on two cores. The indexes are partial, so
-- they stay small. A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

-- The last day of the books that are closed. No session with a business date up to this day may change.
alter table businesses add column if not exists books_closed_until date;

alter table cash_sessions
    -- The count of the session before at the same terminal. Null if it had none when this session opened, or has
    -- another currency.
    add column if not exists previous_count money_amount,
    -- The session whose count is this one's float, and the session whose float is this one's count. A session's number
    -- never changes, so it may be stored here too.
    add column if not exists handed_over_from uuid,
    add column if not exists handed_over_from_number bigint,
    add column if not exists handed_over_to uuid,
    add column if not exists handed_over_to_number bigint;

-- A new constraint that is not validated needs no scan. Its validation locks out no change.
alter table cash_sessions
    drop constraint if exists ck_cash_sessions_handed_over_from,
    drop constraint if exists ck_cash_sessions_handed_over_to;
alter table cash_sessions
    add constraint ck_cash_sessions_handed_over_from
        check ((handed_over_from is null) = (handed_over_from_number is null)) not valid,
    add constraint ck_cash_sessions_handed_over_to
        check ((handed_over_to is null) = (handed_over_to_number is null)) not valid;
alter table cash_sessions validate constraint ck_cash_sessions_handed_over_from;
alter table cash_sessions validate constraint ck_cash_sessions_handed_over_to;

-- For the session before at a terminal.
create index if not exists ix_cash_sessions_terminal_recent on cash_sessions (business_id, terminal_id, opened_at desc)
    where terminal_id is not null and is_deleted = false;

-- For the sessions that a cashier ended and did not count.
create index if not exists ix_cash_sessions_uncounted on cash_sessions (cashier_id, opened_at desc, id desc)
    where status = 'ENDED' and is_deleted = false;

-- A resumed open is a conflict too. The float that the client offered is not used, so it is recorded here, with the
-- currency of the business.
alter table open_conflicts
    add column if not exists resumed bigint not null default 0,
    add column if not exists offered_cash money_amount,
    add column if not exists currency text,
    drop constraint if exists ck_open_conflicts_resumed,
    add constraint ck_open_conflicts_resumed check (resumed between 0 and times);

reset lock_timeout;

-- The service refuses from now on what may exist already. These sessions stay as they are, and are reported.
do $$
declare
    found bigint;
begin
    select count(*) into found
    from cash_sessions as s
    join users as c on c.id = s.cashier_id
    where s.status = 'OPEN'
        and s.is_deleted = false
        and not (
            c.is_active
            and (
                c.role = 'ADMIN'
                or exists (
                    select from business_cashiers as a where a.business_id = s.business_id and a.cashier_id = c.id
                )
            )
        );
    if found > 0 then
        raise notice '% open sessions belong to cashiers who are inactive or not assigned; an administrator can close '
            'them', found;
    end if;
    select count(*) into found
    from cash_sessions as s
    join businesses as b on b.id = s.business_id
    where s.status <> 'CLOSED'
        and s.is_deleted = false
        and s.currency <> b.currency;
    if found > 0 then
        raise notice '% sessions that are not closed have another currency than their business; each keeps its own',
            found;
    end if;
end
$$;

-- migrate:down

set local lock_timeout = '1500ms';

alter table open_conflicts
    drop column currency,
    drop column offered_cash,
    drop column resumed;

drop index ix_cash_sessions_uncounted;
drop index ix_cash_sessions_terminal_recent;

alter table cash_sessions
    drop column handed_over_to_number,
    drop column handed_over_to,
    drop column handed_over_from_number,
    drop column handed_over_from,
    drop column previous_count;

alter table businesses drop column books_closed_until;

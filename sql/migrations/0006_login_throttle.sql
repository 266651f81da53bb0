-- migrate:up

-- Slows down whoever guesses passwords. Failures are counted for the account that was named and for the address they
-- came from; from the fifth on, each doubles the time in which no further password is checked.
--
-- * An attempt counts as a failure until it has succeeded, so many at once are as slow as one after the other.
-- * A failure is forgotten after five minutes: nobody is locked out for good, and the mistakes that many people make
--   in a day do not add up for the address that they share.
-- * A subject is known by a SHA-256, for people type passwords where an address belongs. An account need not exist.
create table login_failures (
    subject bytea not null,
    level double precision not null,
    last_at timestamptz(3) not null,
    constraint pk_login_failures primary key (subject),
    constraint ck_login_failures_subject_length check (octet_length(subject) = 32),
    constraint ck_login_failures_level check (level between 0 and 16)
) with (fillfactor = 50);

-- What is forgotten, oldest first.
create index ix_login_failures_last on login_failures (last_at);

create function login_subjects(of_account text, of_address text) returns bytea[]
language sql immutable as $$
    select array_agg(sha256(convert_to(s.name, 'UTF8')))
    from (values ('account/' || lower(of_account)), ('address/' || of_address)) as s (name)
    where s.name is not null
$$;

-- For how many whole seconds from `at_time` on no password is checked; 0 if one may be. It is 1 s after the fifth
-- failure, 2 s after the sixth, and never more than a quarter of an hour.
create function login_wait_seconds(subjects bytea[], at_time timestamptz) returns integer
language sql stable as $$
    select greatest(
        0,
        max(ceil(extract(epoch from f.last_at - at_time) + least(900, power(2, ceil(f.level) - 5))))
    )::integer
    from login_failures as f
    where f.subject = any (subjects)
        and ceil(f.level) >= 5
$$;

-- Counts an attempt and answers 0, or counts nothing and answers for how many seconds no password is checked.
create function admit_login(of_account text, of_address text) returns integer
language plpgsql as $$
declare
    subjects bytea[] := login_subjects(of_account, of_address);
    moment timestamptz;
    wait integer;
begin
    -- Locks the rows, in one order for everybody; what follows sees what was committed meanwhile.
    insert into login_failures as f (subject, level, last_at)
    select s, 0, clock_timestamp()
    from unnest(subjects) as s
    order by s
    on conflict (subject) do update
    set level = f.level;
    moment := clock_timestamp();
    wait := login_wait_seconds(subjects, moment);
    if wait = 0 then
        update login_failures as f
        set level = least(16, 1 + greatest(0, f.level - greatest(0, extract(epoch from moment - f.last_at)) / 300)),
            last_at = moment
        where f.subject = any (subjects);
    end if;
    return wait;
end
$$;

-- Takes back an attempt that was admitted: it did not fail. One that was right also clears its account.
create function forgive_login(of_account text, of_address text, is_right boolean) returns void
language plpgsql as $$
begin
    perform
    from login_failures as f
    where f.subject = any (login_subjects(of_account, of_address))
    order by f.subject
    for update;
    update login_failures as f
    set level = greatest(0, f.level - 1)
    where f.subject = any (login_subjects(of_account, of_address));
    delete from login_failures as f
    where is_right
        and f.subject = any (login_subjects(of_account, null));
end
$$;

-- The service forgets what is old. It is nobody's to read.
grant delete on login_failures to cashpilot_app;
revoke select on login_failures from cashpilot_readonly;

-- migrate:down

drop function forgive_login;
drop function admit_login;
drop function login_wait_seconds;
drop function login_subjects;
drop table login_failures;

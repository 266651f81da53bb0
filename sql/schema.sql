-- What sql/migrations add up to. Made by `make schema`; a test compares it.

CREATE DOMAIN public.money_amount AS bigint
	CONSTRAINT ck_money_amount_range CHECK (((VALUE >= 0) AND (VALUE <= '999999999999'::bigint)));

CREATE FUNCTION public.admit_login(of_account text, of_address text) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

CREATE PROCEDURE public.adopt_rows()
    LANGUAGE plpgsql
    AS $$
declare
    none constant uuid := '00000000-0000-0000-0000-000000000000';
    audited record;
    stretch record;
    last_scope uuid;
    last_id uuid;
    adopted bigint;
begin
    for audited in
        select *
        from (values
            ('users', 'adopt.user'), ('businesses', 'adopt.business'), ('business_cashiers', 'adopt.cashier'),
            ('credentials', 'adopt.credential'), ('cash_sessions', 'adopt.session')
        ) as a (name, action)
    loop
        adopted := 0;
        last_scope := none;
        last_id := none;
        loop
            with checked as materialized (
                select c.*
                from audited_differences(audited.name, null, last_scope, last_id, 1000) as c
            ), added as (
                insert into audit_events (business_id, id, action, cashier_id, session_id, before, after)
                select
                    c.scope,
                    gen_random_uuid(),
                    audited.action,
                    case audited.name
                        when 'users' then c.id
                        when 'business_cashiers' then c.id
                        when 'credentials' then (c.document ->> 'user_id')::uuid
                        when 'cash_sessions' then (c.document ->> 'cashier_id')::uuid
                    end,
                    case audited.name when 'cash_sessions' then c.id end,
                    case when c.problem is distinct from 'NO_EVENT' then x.before end,
                    case
                        when c.problem = 'NO_EVENT' then coalesce(c.document, '{}')
                        else
                            x.after
                            || coalesce(c.not_covered, '{}')
                            || case audited.name when 'credentials' then jsonb_build_object('id', c.id) else '{}' end
                    end
                from checked as c
                cross join lateral (
                    select
                        coalesce(
                            jsonb_object_agg(d.value ->> 'column', d.value -> 'expected')
                                filter (where d.value ? 'expected'),
                            '{}'
                        ) as before,
                        coalesce(jsonb_object_agg(d.value ->> 'column', d.value -> 'actual'), '{}') as after
                    from jsonb_array_elements(c.differences) as d
                ) as x
                -- Columns that no event names are adopted too, but not of sessions, which may be millions.
                where c.problem in ('NO_EVENT', 'DIFFERENT')
                    or (c.not_covered is not null and audited.name <> 'cash_sessions')
                returning 1
            )
            select
                (select count(*) from added) as added_count,
                (select count(*) from checked) as checked_count,
                l.scope,
                l.id
            into stretch
            from (select c.scope, c.id from checked as c order by c.scope desc, c.id desc limit 1) as l;
            commit;
            exit when not found;
            adopted := adopted + stretch.added_count;
            exit when stretch.checked_count < 1000;
            last_scope := stretch.scope;
            last_id := stretch.id;
        end loop;
        if adopted > 0 then
            raise notice '% rows of % have an audit event % now, because their events did not explain them',
                adopted, audited.name, audited.action;
        end if;
    end loop;
end
$$;

CREATE TABLE public.audit_events (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    occurred_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    action text NOT NULL,
    actor_id uuid,
    cashier_id uuid,
    session_id uuid,
    request_id text,
    terminal_id text,
    reason text,
    before jsonb,
    after jsonb,
    client_request_id text,
    CONSTRAINT ck_audit_events_action CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text))
);

CREATE FUNCTION public.audit_event_hash(e public.audit_events) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
    select audit_seal_hash(''::bytea, 0, 'epoch'::timestamptz, e)
$$;

CREATE FUNCTION public.audit_event_rows(action text, before jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$
    select case
        when action in (
            'session.open', 'import.session', 'user.create', 'business.create', 'cashier.assign',
            -- Of a credential. Earlier versions audited keys as key.create.
            'user.login', 'token.issue', 'credential.create', 'key.create'
        ) then 1
        when action like 'adopt.%' and before is null then 1
        when action = 'cashier.unassign' then -1
        else 0
    end
$$;

CREATE FUNCTION public.audit_seal_hash(previous bytea, at_position bigint, at_time timestamp with time zone, e public.audit_events) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
    select sha256(
        previous || convert_to(
            case
                when e.client_request_id is null then json_build_array(
                    at_position, extract(epoch from at_time),
                    e.business_id, e.id, extract(epoch from e.occurred_at), e.action, e.actor_id, e.cashier_id,
                    e.session_id, e.request_id, e.terminal_id, e.reason, e.before, e.after
                )
                else json_build_array(
                    at_position, extract(epoch from at_time),
                    e.business_id, e.id, extract(epoch from e.occurred_at), e.action, e.actor_id, e.cashier_id,
                    e.session_id, e.request_id, e.terminal_id, e.reason, e.before, e.after, e.client_request_id
                )
            end::text,
            'UTF8'
        )
    )
$$;

CREATE FUNCTION public.audited_businesses(only_business uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE
    AS $$
    select only_business where only_business is not null
    union all
    select b.id from businesses as b where only_business is null
    union all
    select '00000000-0000-0000-0000-000000000000'::uuid where only_business is null
$$;

CREATE FUNCTION public.audited_differences(of_table text, of_business uuid, after_scope uuid, after_id uuid, rows_max integer) RETURNS TABLE(scope uuid, id uuid, problem text, not_covered jsonb, differences jsonb, document jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
    with documents as materialized (
        select d.*
        from audited_documents(of_table, of_business, after_scope, after_id, rows_max) as d
    ), entries as (
        select
            d.scope,
            d.id,
            bool_or(d.is_row) as is_row,
            sum(d.rows_change) as rows_expected,
            (array_agg(d.document) filter (where d.is_row))[1] as document
        from documents as d
        group by d.scope, d.id
    ), unequal as (
        -- Most rows are the state after their last event, and their columns need no comparison.
        select distinct s.scope, s.id
        from (
            select d.scope, d.id
            from documents as d
            where d.document <> '{}'
            group by d.scope, d.id, d.document
            having sum(d.weight) <> count(*) filter (where d.is_row)
        ) as s
    ), cells as (
        select
            d.scope,
            d.id,
            m.key,
            m.value,
            sum(d.weight) as remaining,
            bool_or(d.weight = 1) as is_named,
            bool_or(d.is_row) as is_actual
        from unequal as u
        join documents as d on d.scope = u.scope and d.id = u.id
        cross join lateral jsonb_each(d.document) as m
        group by d.scope, d.id, m.key, m.value
    ), columns as (
        select
            c.scope,
            c.id,
            c.key,
            bool_or(c.is_named) as is_named,
            bool_or(c.is_named and c.is_actual) as is_known,
            sum(c.remaining) as remaining,
            max(c.remaining) filter (where c.is_actual) as actual_remaining,
            (array_agg(c.value) filter (where c.is_actual))[1] as actual,
            (array_agg(c.value order by c.remaining desc) filter (where c.remaining > 0 and not c.is_actual))[1]
                as expected
        from cells as c
        group by c.scope, c.id, c.key
        having bool_or(c.is_actual)
    ), compared as (
        select
            c.scope,
            c.id,
            jsonb_object_agg(c.key, c.actual) filter (where not c.is_named) as not_covered,
            jsonb_agg(
                jsonb_build_object('column', c.key, 'actual', c.actual)
                    || case when c.expected is null then '{}' else jsonb_build_object('expected', c.expected) end
                order by c.key
            ) filter (
                where c.is_named
                    and case
                        -- The first event has no value of a column that was added later. So the values before and
                        -- after the other events cancel out, and the value may be any that an event left.
                        when c.remaining < 1
                            then not c.is_known or (c.actual_remaining <= 0 and c.expected is not null)
                        else c.actual_remaining <= 0 or c.expected is not null
                    end
            ) as differences
        from columns as c
        group by c.scope, c.id
    )
    select
        e.scope,
        e.id,
        case
            when e.rows_expected < e.is_row::integer then 'NO_EVENT'
            when e.rows_expected > 0 and not e.is_row then 'ROW_MISSING'
            when c.differences is not null then 'DIFFERENT'
        end,
        case when e.rows_expected > 0 then c.not_covered end,
        case when e.rows_expected > 0 then c.differences end,
        e.document
    from entries as e
    left join compared as c on c.scope = e.scope and c.id = e.id
    order by e.scope, e.id
$$;

CREATE FUNCTION public.audited_documents(of_table text, of_business uuid, after_scope uuid, after_id uuid, rows_max integer) RETURNS TABLE(scope uuid, id uuid, is_row boolean, weight integer, rows_change integer, document jsonb)
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_column
declare
    none constant uuid := '00000000-0000-0000-0000-000000000000';
    last_scope constant uuid := coalesce(of_business, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
    if after_scope < of_business then
        after_scope := of_business;
        after_id := none;
    end if;
    case of_table
        when 'cash_sessions' then
            return query
            with keys as materialized (
                select k.scope, k.id
                from (
                    (
                        select s.business_id as scope, s.id
                        from cash_sessions as s
                        where (s.business_id, s.id) > (after_scope, after_id)
                            and s.business_id <= last_scope
                        order by s.business_id, s.id
                        limit rows_max
                    )
                    union
                    (
                        select distinct e.business_id, e.session_id
                        from audit_events as e
                        where (e.business_id, e.session_id) > (after_scope, after_id)
                            and e.business_id <= last_scope
                            and e.session_id is not null
                            and e.action <> 'session.open_conflict'
                        order by e.business_id, e.session_id
                        limit rows_max
                    )
                ) as k
                order by k.scope, k.id
                limit rows_max
            )
            select k.scope, k.id, true, 0, 0, to_jsonb(s) - session_sums()
            from keys as k
            join cash_sessions as s on s.business_id = k.scope and s.id = k.id
            union all
            select k.scope, k.id, false, d.weight, d.rows_change, d.document - session_sums()
            from keys as k
            join audit_events as e on e.business_id = k.scope and e.session_id = k.id
                and not (e.after ? 'movement_id' and not e.after ? 'version')
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document)
            where e.action <> 'session.open_conflict';
        when 'users' then
            return query
            with events as materialized (
                select e.cashier_id as id, e.occurred_at, e.id as event_id, e.action, e.before, e.after
                from audit_events as e
                where e.business_id = none
                    and e.action in ('user.create', 'user.update', 'user.password', 'user.erase', 'adopt.user')
                    and e.cashier_id > after_id
            ), keys as materialized (
                select k.id
                from (
                    (select u.id from users as u where u.id > after_id order by u.id limit rows_max)
                    union
                    select e.id from events as e
                ) as k
                where of_business is null
                order by k.id
                limit rows_max
            ), passwords as (
                -- The last event that set the password. Two changes at once happen in the order of their locks, not of
                -- their times, so each event of the last minute may be the last. The previous program wrote no
                -- fingerprint.
                select distinct on (p.id) p.id, p.fingerprint
                from (
                    select
                        e.id, e.occurred_at, e.event_id, e.after ->> 'password_sha256' as fingerprint,
                        max(e.occurred_at) over (partition by e.id) as last_at
                    from keys as k
                    join events as e on e.id = k.id
                    where e.action in ('user.password', 'user.erase')
                        or e.after ?| array['password_changed', 'password_sha256']
                ) as p
                left join users as u on u.id = p.id
                where p.occurred_at >= p.last_at - interval '1 minute'
                order by
                    p.id,
                    (p.fingerprint = encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')) is true desc,
                    p.occurred_at desc,
                    p.event_id desc
            )
            select
                none, u.id, true, 0, 0,
                to_jsonb(u) - 'password_hash' || jsonb_build_object(
                    'password_sha256', encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')
                )
            from keys as k
            join users as u on u.id = k.id
            union all
            select none, k.id, false, d.weight, d.rows_change, d.document - 'password_sha256'
            from keys as k
            join events as e on e.id = k.id
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document)
            union all
            select none, p.id, false, 1, 0, jsonb_build_object('password_sha256', p.fingerprint)
            from passwords as p
            where p.fingerprint is not null;
        when 'businesses' then
            return query
            with keys as materialized (
                select k.id
                from (
                    (
                        select b.id
                        from businesses as b
                        where b.id > after_id and b.id >= coalesce(of_business, none) and b.id <= last_scope
                        order by b.id
                        limit rows_max
                    )
                    union
                    select e.business_id
                    from audit_events as e
                    where e.business_id > after_id
                        and e.business_id >= coalesce(of_business, none)
                        and e.business_id <= last_scope
                        and e.action in ('business.create', 'adopt.business')
                ) as k
                order by k.id
                limit rows_max
            )
            select k.id, k.id, true, 0, 0, to_jsonb(b)
            from keys as k
            join businesses as b on b.id = k.id
            union all
            select k.id, k.id, false, d.weight, d.rows_change, d.document
            from keys as k
            join audit_events as e
                on e.business_id = k.id
                and e.action in ('business.create', 'business.update', 'adopt.business')
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document);
        when 'business_cashiers' then
            return query
            with events as materialized (
                select e.business_id as scope, e.cashier_id as id, e.action, e.before, e.after
                from audit_events as e
                where e.business_id between after_scope and last_scope
                    and (e.business_id, e.cashier_id) > (after_scope, after_id)
                    and e.cashier_id is not null
                    and e.action in ('cashier.assign', 'cashier.unassign', 'adopt.cashier')
            ), keys as materialized (
                select k.scope, k.id
                from (
                    (
                        select a.business_id as scope, a.cashier_id as id
                        from business_cashiers as a
                        where (a.business_id, a.cashier_id) > (after_scope, after_id)
                            and a.business_id <= last_scope
                        order by a.business_id, a.cashier_id
                        limit rows_max
                    )
                    union
                    select e.scope, e.id from events as e
                ) as k
                order by k.scope, k.id
                limit rows_max
            )
            select k.scope, k.id, true, 0, 0, to_jsonb(a)
            from keys as k
            join business_cashiers as a on a.business_id = k.scope and a.cashier_id = k.id
            union all
            select k.scope, k.id, false, d.weight, d.rows_change, d.document
            from keys as k
            join events as e on e.scope = k.scope and e.id = k.id
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document);
        when 'credentials' then
            return query
            with keys as materialized (
                select k.id
                from (
                    (select c.id from credentials as c where c.id > after_id order by c.id limit rows_max)
                    union
                    (
                        -- As text, in the order of the index.
                        select x.id::uuid
                        from (
                            select distinct e.after ->> 'id' as id
                            from audit_events as e
                            where e.business_id = '00000000-0000-0000-0000-000000000000'
                                and e.after ->> 'id' > after_id::text
                                and e.action in (
                                    'user.login', 'token.issue', 'credential.create', 'key.create', 'adopt.credential'
                                )
                            order by 1
                            limit rows_max
                        ) as x
                    )
                ) as k
                where of_business is null
                order by k.id
                limit rows_max
            )
            -- No event has the time of the last use.
            select none, c.id, true, 0, 0, to_jsonb(c) - 'last_used_at'
            from keys as k
            join credentials as c on c.id = k.id
            union all
            select none, k.id, false, d.weight, d.rows_change, d.document - 'last_used_at'
            from keys as k
            join audit_events as e
                on e.business_id = '00000000-0000-0000-0000-000000000000'
                and e.after ->> 'id' = k.id::text
                and e.action in (
                    'user.login', 'token.issue', 'credential.create', 'key.create', 'credential.rename', 'user.logout',
                    'credential.revoke', 'key.revoke', 'adopt.credential'
                )
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document);
    end case;
end
$$;

CREATE FUNCTION public.audited_row(e public.audit_events, OUT name text, OUT id uuid) RETURNS record
    LANGUAGE sql IMMUTABLE
    AS $$
    select t.name, case t.name
        when 'cash_sessions' then e.session_id
        when 'businesses' then e.business_id
        when 'credentials' then (e.after ->> 'id')::uuid
        else e.cashier_id
    end
    from (
        select case
            when e.session_id is not null then case when e.action <> 'session.open_conflict' then 'cash_sessions' end
            when e.action in ('business.create', 'business.update', 'adopt.business') then 'businesses'
            when e.action in ('cashier.assign', 'cashier.unassign', 'adopt.cashier') then 'business_cashiers'
            when e.business_id <> '00000000-0000-0000-0000-000000000000'::uuid then null
            when e.action in ('user.create', 'user.update', 'user.password', 'user.erase', 'adopt.user') then 'users'
            when e.action in (
                'user.login', 'token.issue', 'credential.create', 'key.create', 'user.logout', 'credential.revoke',
                'key.revoke', 'credential.rename', 'adopt.credential'
            ) then 'credentials'
        end as name
    ) as t
$$;

CREATE FUNCTION public.await_audit_seal() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into audit_unsealed (business_id, event_id) values (new.business_id, new.id);
    return null;
end
$$;

CREATE FUNCTION public.business_date(opened_at timestamp with time zone, time_zone text, day_cutoff time without time zone) RETURNS date
    LANGUAGE sql STABLE
    AS $$
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

CREATE FUNCTION public.business_day_start(day date, time_zone text, day_cutoff time without time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
    select case
        when ((day - 1 + day_cutoff) at time zone time_zone + interval '24 hours') at time zone time_zone
            = day + day_cutoff
            then (day - 1 + day_cutoff) at time zone time_zone + interval '24 hours'
        else (day + day_cutoff) at time zone time_zone
    end
$$;

CREATE FUNCTION public.canonical_email(of_text text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    select canonical_line(lower(translate(
        of_text,
        (select string_agg(chr(65248 + c.code), '' order by c.code) from generate_series(33, 126) as c (code)),
        (select string_agg(chr(c.code), '' order by c.code) from generate_series(33, 126) as c (code))
    )))
$$;

CREATE FUNCTION public.canonical_line(of_text text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    select normalize(
        btrim(
            regexp_replace(
                regexp_replace(
                    of_text,
                    '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F'
                        || '\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A'
                        || '\U000E0000-\U000E0FFF]+',
                    '', 'g'
                ),
                '[\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u2800\u3000]+', ' ', 'g'
            ),
            ' '
        ),
        nfc
    )
$$;

CREATE FUNCTION public.canonical_note(of_text text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
declare
    blank constant text := '\u0009-\u000D\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u2800\u3000';
    note text := regexp_replace(
        of_text,
        '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F'
            || '\u3164\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A'
            || '\U000E0000-\U000E00FF\U000E01F0-\U000E0FFF]+',
        '', 'g'
    );
begin
    note := regexp_replace(note, '\u000D\u000A|[\u000B-\u000D\u0085\u2028\u2029]', chr(10), 'g');
    note := regexp_replace(note, '(^|[' || blank || '])[\u200C\u200D\uFE00-\uFE0F\U000E0100-\U000E01EF]+', '\1', 'g');
    note := regexp_replace(note, '[\u200C\u200D]+($|[' || blank || '])', '\1', 'g');
    note := regexp_replace(note, '^[' || blank || ']+|[' || blank || ']+$', '', 'g');
    return normalize(note, nfc);
end
$_$;

CREATE FUNCTION public.fill_business_day_cutoff() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    select b.day_cutoff into new.business_day_cutoff from businesses as b where b.id = new.business_id;
    return new;
end
$$;

CREATE FUNCTION public.flip_declared_differs() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.declared_differs := not new.declared_differs;
    return new;
end
$$;

CREATE FUNCTION public.forgive_login(of_account text, of_address text, is_right boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE TABLE public.cash_sessions (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    session_number bigint NOT NULL,
    cashier_id uuid NOT NULL,
    opened_by uuid NOT NULL,
    status text NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    business_date date NOT NULL,
    initial_cash public.money_amount NOT NULL,
    opened_at timestamp(3) with time zone NOT NULL,
    ended_at timestamp(3) with time zone,
    closed_at timestamp(3) with time zone,
    closed_by uuid,
    terminal_id text,
    notes text,
    final_cash public.money_amount,
    card_total public.money_amount DEFAULT 0 NOT NULL,
    bank_transfer_total public.money_amount DEFAULT 0 NOT NULL,
    envelope_amount public.money_amount DEFAULT 0 NOT NULL,
    expenses public.money_amount DEFAULT 0 NOT NULL,
    credit_sales_total public.money_amount DEFAULT 0 NOT NULL,
    credit_payments_collected public.money_amount DEFAULT 0 NOT NULL,
    declared_cash_sales public.money_amount,
    closing_ticket text,
    flag_reason text,
    flagged_by uuid,
    flagged_at timestamp(3) with time zone,
    is_deleted boolean DEFAULT false NOT NULL,
    delete_reason text,
    deleted_by uuid,
    deleted_at timestamp(3) with time zone,
    version bigint DEFAULT 1 NOT NULL,
    business_day_cutoff time without time zone NOT NULL,
    previous_count public.money_amount,
    handed_over_from uuid,
    handed_over_from_number bigint,
    handed_over_to uuid,
    handed_over_to_number bigint,
    corrections integer DEFAULT 0 NOT NULL,
    at_close_final_cash public.money_amount,
    at_close_expected_cash bigint,
    registered_terminal_id uuid,
    external_id text,
    recorded_movements integer DEFAULT 0 NOT NULL,
    records_sales boolean DEFAULT false NOT NULL,
    recorded_cash_sales public.money_amount DEFAULT 0 NOT NULL,
    recorded_cash_refunds public.money_amount DEFAULT 0 NOT NULL,
    recorded_paid_in public.money_amount DEFAULT 0 NOT NULL,
    recorded_paid_out public.money_amount DEFAULT 0 NOT NULL,
    recorded_expenses public.money_amount DEFAULT 0 NOT NULL,
    recorded_drops public.money_amount DEFAULT 0 NOT NULL,
    recorded_hash bytea,
    late_movements integer DEFAULT 0 NOT NULL,
    declared_differs boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_cash_sessions_at_close CHECK (((corrections >= 0) AND ((at_close_final_cash IS NOT NULL) OR ((corrections = 0) AND (at_close_expected_cash IS NULL))))),
    CONSTRAINT ck_cash_sessions_closed_after_opened CHECK ((closed_at >= GREATEST(opened_at, ended_at))),
    CONSTRAINT ck_cash_sessions_closing_ticket CHECK ((closing_ticket ~ '^[A-Za-z0-9-]{1,50}$'::text)),
    CONSTRAINT ck_cash_sessions_deletion CHECK (((num_nulls(delete_reason, deleted_by, deleted_at) =
CASE
    WHEN is_deleted THEN 0
    ELSE 3
END) AND ((char_length(delete_reason) >= 1) AND (char_length(delete_reason) <= 500)))),
    CONSTRAINT ck_cash_sessions_ended_after_opened CHECK ((ended_at >= opened_at)),
    CONSTRAINT ck_cash_sessions_external_id CHECK ((external_id ~ '^[A-Za-z0-9._:-]{1,64}$'::text)),
    CONSTRAINT ck_cash_sessions_flag CHECK (((num_nulls(flag_reason, flagged_by, flagged_at) = ANY (ARRAY[0, 3])) AND ((char_length(flag_reason) >= 5) AND (char_length(flag_reason) <= 500)))),
    CONSTRAINT ck_cash_sessions_handed_over_from CHECK (((handed_over_from IS NULL) = (handed_over_from_number IS NULL))),
    CONSTRAINT ck_cash_sessions_handed_over_to CHECK (((handed_over_to IS NULL) = (handed_over_to_number IS NULL))),
    CONSTRAINT ck_cash_sessions_notes_length CHECK ((char_length(notes) <= 1000)),
    CONSTRAINT ck_cash_sessions_recorded CHECK ((((recorded_movements >= 0) AND (recorded_movements <= 20000)) AND ((late_movements >= 0) AND (late_movements <= recorded_movements)) AND ((recorded_expenses)::bigint <= (recorded_paid_out)::bigint) AND ((recorded_hash IS NULL) = (recorded_movements = 0)) AND (octet_length(recorded_hash) = 32))),
    CONSTRAINT ck_cash_sessions_registered_terminal CHECK (((registered_terminal_id IS NULL) OR (terminal_id = (registered_terminal_id)::text))),
    CONSTRAINT ck_cash_sessions_session_number CHECK ((session_number >= 1)),
    CONSTRAINT ck_cash_sessions_status CHECK (
CASE status
    WHEN 'OPEN'::text THEN ((ended_at IS NULL) AND (closed_at IS NULL) AND (closed_by IS NULL) AND (final_cash IS NULL))
    WHEN 'ENDED'::text THEN ((ended_at IS NOT NULL) AND (closed_at IS NULL) AND (closed_by IS NULL) AND (final_cash IS NULL))
    WHEN 'CLOSED'::text THEN ((closed_at IS NOT NULL) AND (closed_by IS NOT NULL))
    ELSE false
END),
    CONSTRAINT ck_cash_sessions_terminal_id_length CHECK (((char_length(terminal_id) >= 1) AND (char_length(terminal_id) <= 64))),
    CONSTRAINT ck_cash_sessions_version CHECK ((version >= 1))
)
WITH (fillfactor='80');

CREATE FUNCTION public.is_listed(s public.cash_sessions, with_status text, date_from date, date_to date, opened_from timestamp with time zone, opened_before timestamp with time zone, flagged boolean, stale boolean, stale_after_hours integer, after_opened_at timestamp with time zone, after_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
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
                    = case when session_needs_review(s) then 'NEEDS_REVIEW' else 'IN_ORDER' end
            )
        )
        and (flagged is null or (s.flag_reason is not null) = flagged)
        and (
            stale is null
            or (s.status = 'OPEN' and s.opened_at + make_interval(hours => stale_after_hours) < now()) = stale
        )
$$;

CREATE FUNCTION public.is_redacted(e public.audit_events) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    select e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
        and exists (
            select
            from audit_events as x
            where x.business_id = '00000000-0000-0000-0000-000000000000'::uuid
                and x.action in ('user.erase', 'adopt.user')
                and x.cashier_id = e.cashier_id
                and x.after -> 'redacted' ->> e.id::text = encode(audit_event_hash(e), 'hex')
        )
$$;

CREATE FUNCTION public.login_subjects(of_account text, of_address text) RETURNS bytea[]
    LANGUAGE sql IMMUTABLE
    AS $$
    select array_agg(sha256(convert_to(s.name, 'UTF8')))
    from (values ('account/' || lower(of_account)), ('address/' || of_address)) as s (name)
    where s.name is not null
$$;

CREATE FUNCTION public.login_wait_seconds(subjects bytea[], at_time timestamp with time zone) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
    select greatest(
        0,
        max(ceil(extract(epoch from f.last_at - at_time) + least(900, power(2, ceil(f.level) - 5))))
    )::integer
    from login_failures as f
    where f.subject = any (subjects)
        and ceil(f.level) >= 5
$$;

CREATE TABLE public.movements (
    business_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    number integer NOT NULL,
    type text NOT NULL,
    category text,
    amount public.money_amount NOT NULL,
    effect bigint NOT NULL,
    reverses_id uuid,
    counterpart_cashier_id uuid,
    reference text,
    reason text,
    recorded_by uuid NOT NULL,
    terminal_id text,
    request_id text,
    client_request_id text,
    is_late boolean NOT NULL,
    occurred_at timestamp(3) with time zone NOT NULL,
    recorded_at timestamp(3) with time zone NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT ck_movements_effect CHECK (((((amount)::bigint = 0) = (type = 'NO_SALE'::text)) AND (effect = (((amount)::bigint *
CASE
    WHEN (type = ANY (ARRAY['CASH_SALE'::text, 'PAID_IN'::text])) THEN 1
    WHEN (type = 'NO_SALE'::text) THEN 0
    ELSE '-1'::integer
END) *
CASE
    WHEN (reverses_id IS NULL) THEN 1
    ELSE '-1'::integer
END)) AND (NOT ((type = 'NO_SALE'::text) AND (reverses_id IS NOT NULL))))),
    CONSTRAINT ck_movements_hash CHECK ((octet_length(hash) = 32)),
    CONSTRAINT ck_movements_kind CHECK (((
CASE type
    WHEN 'CASH_SALE'::text THEN (category IS NULL)
    WHEN 'CASH_REFUND'::text THEN (category IS NULL)
    WHEN 'PAID_IN'::text THEN (category = ANY (ARRAY['CREDIT_PAYMENT'::text, 'CHANGE'::text, 'TRANSFER'::text, 'OTHER'::text]))
    WHEN 'PAID_OUT'::text THEN (category = ANY (ARRAY['EXPENSE'::text, 'CHANGE'::text, 'TIP'::text, 'TRANSFER'::text, 'OTHER'::text]))
    WHEN 'DROP'::text THEN (category IS NULL)
    WHEN 'NO_SALE'::text THEN (category IS NULL)
    ELSE false
END IS TRUE) AND ((counterpart_cashier_id IS NOT NULL) = (NOT (category IS DISTINCT FROM 'TRANSFER'::text))))),
    CONSTRAINT ck_movements_number CHECK (((number >= 1) AND (number <= 20000))),
    CONSTRAINT ck_movements_reason CHECK ((COALESCE(((char_length(reason) >= 1) AND (char_length(reason) <= 500)), true) AND ((reason IS NOT NULL) OR (NOT ((reverses_id IS NOT NULL) OR (type = 'NO_SALE'::text) OR (NOT (category IS DISTINCT FROM 'OTHER'::text))))))),
    CONSTRAINT ck_movements_reference CHECK ((reference ~ '^[A-Za-z0-9-]{1,50}$'::text))
);

CREATE FUNCTION public.movement_hash(previous bytea, m public.movements) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    AS $$
    select sha256(
        coalesce(previous, ''::bytea) || convert_to(
            json_build_array(
                m.business_id, m.id, m.session_id, m.number, m.type, m.category, m.amount, m.effect, m.reverses_id,
                m.counterpart_cashier_id, m.reference, m.reason, m.recorded_by, m.terminal_id, m.request_id,
                m.client_request_id, m.is_late, extract(epoch from m.occurred_at), extract(epoch from m.recorded_at)
            )::text,
            'UTF8'
        )
    )
$$;

CREATE FUNCTION public.place_audit_events(events_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    head bigint;
    taken bigint;
    placed bigint;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('event_feed', 0)) then
        return null;
    end if;
    -- From here on each statement sees what the one before us in this lock has committed.
    select coalesce(max(f.position), 0) into head from event_feed as f;
    with next as (
        select u.business_id, u.event_id
        from audit_unsealed as u
        where not u.is_placed
        order by u.turn
        limit events_max
    ), marked as (
        update audit_unsealed as u
        set is_placed = true
        from next
        where u.business_id = next.business_id
            and u.event_id = next.event_id
        returning u.business_id, u.event_id, u.turn
    ), added as (
        insert into event_feed (position, business_id, event_id, cashier_id)
        select head + row_number() over (order by m.turn), m.business_id, m.event_id, e.cashier_id
        from marked as m
        join audit_events as e on e.business_id = m.business_id and e.id = m.event_id
        where e.action like 'session.%'
            -- What has its seal had its place before.
            and not exists (
                select from audit_seals as s where s.business_id = m.business_id and s.event_id = m.event_id
            )
        returning position
    )
    select (select count(*) from marked), (select count(*) from added) into taken, placed;
    -- Never where a request waits: all transactions that notify commit one after the other.
    if placed > 0 then
        perform pg_notify('event_feed', '');
    end if;
    return taken;
end
$$;

CREATE FUNCTION public.recent_audit_events(of_business uuid, of_session uuid, of_actor uuid, with_action text, from_time timestamp with time zone, before_time timestamp with time zone, before_id uuid, how_many integer) RETURNS SETOF public.audit_events
    LANGUAGE sql STABLE
    AS $$
    (
        select e.*
        from audited_businesses(of_business) as b (id)
        cross join lateral (
            select l.*
            from audit_events as l
            where of_session is not null
                and l.business_id = b.id
                and l.session_id = of_session
                and (of_actor is null or l.actor_id = of_actor)
                and (with_action is null or l.action = with_action)
                and (l.occurred_at, l.id) < (before_time, before_id)
                and l.occurred_at >= from_time
            order by l.occurred_at desc, l.id desc
            limit how_many
        ) as e
        order by e.occurred_at desc, e.id desc
        limit how_many
    )
    union all
    (
        select e.*
        from audit_events as e
        where of_session is null
            and of_actor is not null
            and e.actor_id = of_actor
            and (of_business is null or e.business_id = of_business)
            and (with_action is null or e.action = with_action)
            and (e.occurred_at, e.id) < (before_time, before_id)
            and e.occurred_at >= from_time
        order by e.occurred_at desc, e.id desc
        limit how_many
    )
    union all
    (
        select e.*
        from audited_businesses(of_business) as b (id)
        cross join lateral (
            select l.*
            from audit_events as l
            where of_session is null
                and of_actor is null
                and with_action not in ('session.open', 'session.close')
                and l.action not in ('session.open', 'session.close')
                and l.business_id = b.id
                and l.action = with_action
                and (l.occurred_at, l.id) < (before_time, before_id)
                and l.occurred_at >= from_time
            order by l.occurred_at desc, l.id desc
            limit how_many
        ) as e
        order by e.occurred_at desc, e.id desc
        limit how_many
    )
    union all
    (
        select e.*
        from audited_businesses(of_business) as b (id)
        cross join lateral (
            select l.*
            from audit_events as l
            where of_session is null
                and of_actor is null
                and (with_action is null or with_action in ('session.open', 'session.close'))
                and l.business_id = b.id
                and (with_action is null or l.action = with_action)
                and (l.occurred_at, l.id) < (before_time, before_id)
                and l.occurred_at >= from_time
            order by l.occurred_at desc, l.id desc
            limit how_many
        ) as e
        order by e.occurred_at desc, e.id desc
        limit how_many
    )
$$;

CREATE FUNCTION public.recent_business_sessions(of_business uuid, of_cashier uuid, deleted boolean, with_status text, date_from date, date_to date, opened_from timestamp with time zone, opened_before timestamp with time zone, flagged boolean, stale boolean, stale_after_hours integer, after_opened_at timestamp with time zone, after_id uuid, how_many integer) RETURNS SETOF public.cash_sessions
    LANGUAGE sql STABLE
    AS $$
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

CREATE FUNCTION public.recent_rarer_sessions(of_business uuid, of_cashier uuid, deleted boolean, with_status text, date_from date, date_to date, opened_from timestamp with time zone, opened_before timestamp with time zone, flagged boolean, stale boolean, stale_after_hours integer, after_opened_at timestamp with time zone, after_id uuid, how_many integer) RETURNS SETOF public.cash_sessions
    LANGUAGE plpgsql STABLE ROWS 20
    AS $$
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
            and session_needs_review(s)
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

CREATE FUNCTION public.recent_sessions(of_business uuid, of_cashier uuid, deleted boolean, with_status text, date_from date, date_to date, opened_from timestamp with time zone, opened_before timestamp with time zone, flagged boolean, stale boolean, stale_after_hours integer, after_opened_at timestamp with time zone, after_id uuid, how_many integer) RETURNS SETOF public.cash_sessions
    LANGUAGE sql STABLE
    AS $$
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

CREATE FUNCTION public.redacted_event(e public.audit_events) RETURNS public.audit_events
    LANGUAGE sql STABLE
    AS $$
    select jsonb_populate_record(
        e,
        jsonb_build_object(
            'before', redacted_values(e.before, e.cashier_id), 'after', redacted_values(e.after, e.cashier_id)
        )
    )
$$;

CREATE FUNCTION public.redacted_values(of_values jsonb, of_user uuid) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
    select case
        when jsonb_typeof(of_values) = 'object'
            then of_values || coalesce(
                (
                    select jsonb_object_agg(p.key, p.value)
                    from (
                        values ('email', 'erased-' || of_user::text || '@erased.invalid'), ('name', 'Erased user')
                    ) as p (key, value)
                    where jsonb_typeof(of_values -> p.key) = 'string'
                ),
                '{}'
            )
        else of_values
    end
$$;

CREATE FUNCTION public.refuse_audit_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% are never changed or deleted', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

CREATE FUNCTION public.refuse_event_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if new is distinct from redacted_event(old) or not is_redacted(new) then
        raise exception '% are never changed or deleted', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

CREATE FUNCTION public.refuse_unarchived_removal() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    is_refused boolean;
begin
    if tg_table_name = 'audit_events' then
        select exists (
            select
            from removed as r
            where not exists (
                select
                from public.audit_seals as s
                join public.audit_archives as a
                    on a.business_id = s.business_id
                    and s.position between a.first_position and a.position
                where s.business_id = r.business_id
                    and s.event_id = r.id
                    and a.archived_at = now()::timestamptz(3)
            )
        )
        into is_refused;
    else
        select exists (
            select
            from removed as r
            where not exists (
                    select
                    from public.audit_archives as a
                    where a.business_id = r.business_id
                        and r.position between a.first_position and a.position
                        and a.archived_at = now()::timestamptz(3)
                )
                or exists (
                    select from public.audit_events as e where e.business_id = r.business_id and e.id = r.event_id
                )
        )
        into is_refused;
    end if;
    if is_refused then
        raise exception '% are never changed or deleted', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return null;
end
$$;

CREATE FUNCTION public.remove_archived_events(of_business uuid, from_position bigint, to_position bigint, of_file bytea, events_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    checkpoint audit_archives;
    place bigint;
    last_place bigint;
    last_hash bytea;
    removed_count bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('audit_archives/' || of_business::text, 0));
    select a.* into checkpoint
    from audit_archives as a
    where a.business_id = of_business
    order by a.first_position desc
    limit 1;
    place := coalesce(checkpoint.position, 0);
    if not coalesce(checkpoint.first_position = from_position and checkpoint.file_sha256 = of_file, false) then
        -- The file of an earlier archive, which was completed.
        perform
        from audit_archives as a
        where a.business_id = of_business
            and a.first_position = from_position
            and a.position = to_position
            and a.file_sha256 = of_file;
        if found then
            return 0;
        end if;
        if place <> from_position - 1 then
            raise exception 'the file begins at position % of the chain of business %, which begins at %',
                from_position, of_business, place + 1
                using errcode = 'object_not_in_prerequisite_state';
        end if;
    end if;
    if place >= to_position then
        return 0;
    end if;
    last_place := least(place + events_max, to_position);
    select s.hash into last_hash
    from audit_seals as s
    where s.business_id = of_business
        and s.position = last_place;
    if not found then
        raise exception 'the chain of business % has no seal at position %', of_business, last_place
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    insert into audit_archives as a (business_id, first_position, position, hash, file_sha256)
    values (of_business, from_position, last_place, last_hash, of_file)
    on conflict (business_id, first_position) do update
    set position = excluded.position,
        hash = excluded.hash,
        archived_at = now();
    with removed as (
        delete from audit_events as e
        using audit_seals as s
        where s.business_id = of_business
            and s.position > place
            and s.position <= last_place
            and e.business_id = s.business_id
            and e.id = s.event_id
        returning e.*
    ), events as materialized (
        select r.*, t.name, t.id as row_id
        from removed as r
        cross join lateral audited_row(row(r.*)::audit_events) as t
        where t.id is not null
    ), cells as (
        select e.name, e.row_id, m.key, m.value, sum(d.weight) as remaining
        from events as e
        cross join lateral (values (1, e.after), (-1, e.before)) as d (weight, document)
        cross join lateral jsonb_each(d.document) as m
        join pg_attribute as a
            on a.attrelid = e.name::regclass
            and a.attname = m.key
            and a.attnum > 0
        where m.key <> 'last_used_at'
        group by e.name, e.row_id, m.key, m.value
        having sum(d.weight) <> 0
    ), passwords as (
        -- As in audited_documents: the last one, and of those in its minute, the one that the account has.
        select distinct on (p.row_id) p.row_id, p.fingerprint
        from (
            select
                e.row_id, e.occurred_at, e.id, e.after ->> 'password_sha256' as fingerprint,
                max(e.occurred_at) over (partition by e.row_id) as last_at
            from events as e
            where e.name = 'users'
                and (
                    e.action in ('user.password', 'user.erase')
                    or e.after ?| array['password_changed', 'password_sha256']
                )
        ) as p
        left join users as u on u.id = p.row_id
        where p.occurred_at >= p.last_at - interval '1 minute'
        order by
            p.row_id,
            (p.fingerprint = encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')) is true desc,
            p.occurred_at desc,
            p.id desc
    ), erasures as (
        select e.row_id, jsonb_object_agg(h.key, h.value) as redacted
        from events as e
        cross join lateral jsonb_each(e.after -> 'redacted') as h
        where e.name = 'users'
        group by e.row_id
    ), states as (
        select
            t.*,
            jsonb_strip_nulls(jsonb_build_object('password_sha256', p.fingerprint, 'redacted', x.redacted)) as extra
        from (
            select
                e.name,
                e.row_id,
                sum(audit_event_rows(e.action, e.before)) as rows_change,
                max(e.occurred_at) as occurred_at,
                (array_agg(e.cashier_id order by e.occurred_at desc, e.id desc))[1] as cashier_id
            from events as e
            group by e.name, e.row_id
        ) as t
        left join passwords as p on t.name = 'users' and p.row_id = t.row_id
        left join erasures as x on t.name = 'users' and x.row_id = t.row_id
    ), values_left as (
        -- A new row has no state before it, so these begin after the events of new rows.
        select
            c.name,
            c.row_id,
            c.key,
            c.value,
            c.remaining > 0 as is_after,
            row_number() over (partition by c.name, c.row_id, c.key, c.remaining > 0 order by c.value)
                + case when c.remaining < 0 then greatest(s.rows_change, 0) else 0 end as turn
        from cells as c
        join states as s on s.name = c.name and s.row_id = c.row_id
        -- Every event of a credential has its id.
        cross join lateral generate_series(1, case when c.key = 'id' then 1 else abs(c.remaining) end::bigint) as n
    ), turns as (
        select
            v.name,
            v.row_id,
            v.turn,
            jsonb_object_agg(v.key, v.value) filter (where not v.is_after) as before,
            jsonb_object_agg(v.key, v.value) filter (where v.is_after) as after
        from values_left as v
        group by v.name, v.row_id, v.turn
    ), added as (
        insert into audit_events (
            business_id, id, occurred_at, action, cashier_id, session_id, reason, before, after
        )
        select
            of_business,
            gen_random_uuid(),
            s.occurred_at,
            case
                when n.turn <= -s.rows_change then 'cashier.unassign'
                when s.name = 'users' then 'adopt.user'
                when s.name = 'businesses' then 'adopt.business'
                when s.name = 'business_cashiers' then 'adopt.cashier'
                when s.name = 'credentials' then 'adopt.credential'
                else 'adopt.session'
            end,
            s.cashier_id,
            case when s.name = 'cash_sessions' then s.row_id end,
            format('archived: positions %s to %s', place + 1, last_place),
            case when n.turn > s.rows_change then coalesce(t.before, '{}') end,
            coalesce(t.after, '{}')
                || case when n.turn = 1 then s.extra else '{}' end
                || case when s.name = 'credentials' then jsonb_build_object('id', s.row_id) else '{}' end
        from states as s
        cross join lateral generate_series(
            1::bigint,
            greatest(
                abs(s.rows_change),
                (select max(l.turn) from turns as l where l.name = s.name and l.row_id = s.row_id),
                case when s.extra <> '{}' then 1 else 0 end
            )::bigint
        ) as n (turn)
        left join turns as t on t.name = s.name and t.row_id = s.row_id and t.turn = n.turn
    )
    select count(*) into removed_count from removed as r;
    if removed_count <> last_place - place then
        raise exception 'the chain of business % has lost events between the positions % and %',
            of_business, place + 1, last_place
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    delete from audit_seals as s
    where s.business_id = of_business
        and s.position > place
        and s.position <= last_place;
    -- The chain itself says what was removed, and which file has it.
    insert into audit_events (business_id, id, action, after)
    values (
        of_business, gen_random_uuid(), 'audit.archive',
        jsonb_build_object(
            'first_position', place + 1, 'position', last_place, 'hash', encode(last_hash, 'hex'),
            'file_sha256', encode(of_file, 'hex')
        )
    );
    return removed_count;
end
$$;

CREATE FUNCTION public.require_audit_event() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    entry jsonb := coalesce(to_jsonb(new), to_jsonb(old));
begin
    -- One change may revoke thousands of credentials. Each finds its own event by the index.
    if tg_argv[1] = '' then
        perform
        from public.audit_events as e
        where e.business_id = '00000000-0000-0000-0000-000000000000'
            and e.after ->> 'id' = entry ->> 'id'
            and e.occurred_at = now()::timestamptz(3)
            and split_part(e.action, '.', 1) = any (string_to_array(tg_argv[0], ' '));
        if found then
            return null;
        end if;
    end if;
    perform
    from public.audit_events as e
    where e.business_id = coalesce((entry ->> tg_argv[1])::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        and e.occurred_at = now()::timestamptz(3)
        and split_part(e.action, '.', 1) = any (string_to_array(tg_argv[0], ' '))
        and e.cashier_id is not distinct from (entry ->> tg_argv[2])::uuid
        and (e.after ->> 'id' is null or e.after ->> 'id' = entry ->> 'id');
    if not found then
        raise exception '% of a row of % without its audit event', lower(tg_op), tg_table_name
            using errcode = 'insufficient_privilege', table = tg_table_name;
    end if;
    return null;
end
$$;

CREATE FUNCTION public.require_session_event() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    -- OLD is null for a new row, and NEW for a deleted one.
    if new.version = old.version
        and new.recorded_movements = old.recorded_movements + 1 then
        perform
        from public.movements as m
        where m.business_id = new.business_id
            and m.session_id = new.id
            and m.number = new.recorded_movements
            and m.recorded_at = now()::timestamptz(3)
            and m.hash = new.recorded_hash
            and m.hash = public.movement_hash(old.recorded_hash, m)
            and not m.is_late
            and to_jsonb(new) - public.session_sums() = to_jsonb(old) - public.session_sums()
            and (
                (m.type in ('CASH_SALE', 'CASH_REFUND') and m.reverses_id is null)
                or exists (
                    select
                    from public.audit_events as e
                    where e.business_id = m.business_id
                        and e.session_id = m.session_id
                        and e.occurred_at = m.recorded_at
                        and e.after ->> 'movement_id' = m.id::text
                )
            );
        if found then
            return null;
        end if;
    end if;
    perform
    from public.audit_events as e
    where e.business_id = new.business_id
        and e.session_id = new.id
        and e.occurred_at = now()::timestamptz(3)
        and e.after ->> 'version' = new.version::text;
    if not found then
        raise exception '% of a session without its audit event', lower(tg_op)
            using errcode = 'insufficient_privilege', table = tg_table_name;
    end if;
    return null;
end
$$;

CREATE FUNCTION public.seal_audit_chains(of_businesses uuid[], events_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    held uuid[];
    next record;
    business uuid;
    place bigint;
    head bytea;
    businesses uuid[] := '{}';
    places bigint[] := '{}';
    events uuid[] := '{}';
    hashes bytea[] := '{}';
begin
    -- Nobody waits for a lock here, so nobody can wait in a circle.
    select array_agg(b.id) into held
    from unnest(of_businesses) as b (id)
    where pg_try_advisory_xact_lock(hashtextextended('audit_seals/' || b.id::text, 0));
    -- From here on each statement sees what those before us in these locks have committed.
    for next in
        with gone as (
            -- Up to the last that is taken, and no join: one with what waits is planned for a queue that is empty.
            delete from audit_unsealed as u
            where u.business_id = any (held)
                and u.is_placed
                and (u.business_id, u.event_id) <= (
                    select o.business_id, o.event_id
                    from (
                        select w.business_id, w.event_id
                        from audit_unsealed as w
                        where w.business_id = any (held)
                            and w.is_placed
                        order by w.business_id, w.event_id
                        limit events_max
                    ) as o
                    order by o.business_id desc, o.event_id desc
                    limit 1
                )
            returning u.business_id, u.event_id
        )
        select e.event, h.position, h.hash
        from gone as g
        cross join lateral (
            -- The limit keeps this a look into the indexes for each event.
            select l as event
            from audit_events as l
            where l.business_id = g.business_id
                and l.id = g.event_id
                and not exists (
                    select from audit_seals as s where s.business_id = l.business_id and s.event_id = l.id
                )
            limit 1
        ) as e
        left join audit_heads as h on h.business_id = g.business_id
        order by g.business_id, g.event_id
    loop
        if business is distinct from (next.event).business_id then
            business := (next.event).business_id;
            place := coalesce(next.position, 0);
            head := coalesce(next.hash, ''::bytea);
        end if;
        place := place + 1;
        head := audit_seal_hash(head, place, now()::timestamptz(3), next.event);
        businesses := businesses || business;
        places := places || place;
        events := events || (next.event).id;
        hashes := hashes || head;
    end loop;
    with added as (
        insert into audit_seals (business_id, position, event_id, hash)
        select n.* from unnest(businesses, places, events, hashes) as n
        returning business_id, position, hash
    )
    insert into audit_heads as h (business_id, position, hash)
    select distinct on (a.business_id) a.business_id, a.position, a.hash
    from added as a
    order by a.business_id, a.position desc
    on conflict (business_id) do update
    set position = excluded.position,
        hash = excluded.hash;
    return cardinality(events);
end
$$;

CREATE FUNCTION public.seal_audit_events(of_business uuid, events_max integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
declare
    place bigint;
    head bytea;
    taken uuid[];
    event audit_events;
    events uuid[] := '{}';
    hashes bytea[] := '{}';
begin
    if not pg_try_advisory_xact_lock(hashtextextended('audit_seals/' || of_business::text, 0)) then
        return null;
    end if;
    -- From here on each statement sees what the one before us in this lock has committed.
    select h.position, h.hash into place, head from audit_heads as h where h.business_id = of_business;
    place := coalesce(place, 0);
    head := coalesce(head, ''::bytea);
    with next as (
        select u.event_id
        from audit_unsealed as u
        where u.business_id = of_business
            and u.is_placed
        order by u.event_id
        limit events_max
    ), gone as (
        delete from audit_unsealed as u
        using next
        where u.business_id = of_business
            and u.event_id = next.event_id
        returning u.event_id
    )
    select array_agg(g.event_id order by g.event_id) into taken from gone as g;
    for event in
        select e.*
        from unnest(taken) with ordinality as t (event_id, turn)
        join audit_events as e on e.business_id = of_business and e.id = t.event_id
        where not exists (select from audit_seals as s where s.business_id = of_business and s.event_id = t.event_id)
        order by t.turn
    loop
        head := audit_seal_hash(head, place + cardinality(events) + 1, now()::timestamptz(3), event);
        events := events || event.id;
        hashes := hashes || head;
    end loop;
    if cardinality(events) > 0 then
        insert into audit_seals (business_id, position, event_id, hash)
        select of_business, place + n.turn, n.event_id, n.hash
        from unnest(events, hashes) with ordinality as n (event_id, hash, turn);
        insert into audit_heads as h (business_id, position, hash)
        values (of_business, place + cardinality(events), head)
        on conflict (business_id) do update
        set position = excluded.position,
            hash = excluded.hash;
    end if;
    return cardinality(events);
end
$$;

CREATE FUNCTION public.session_expected_cash(s public.cash_sessions) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$
    select s.initial_cash::bigint
        + case when s.records_sales then s.recorded_cash_sales::bigint else s.declared_cash_sales::bigint end
        - s.recorded_cash_refunds
        + (s.credit_payments_collected + s.recorded_paid_in)
        - (s.expenses + s.recorded_paid_out)
        - (s.envelope_amount + s.recorded_drops)
$$;

CREATE FUNCTION public.session_facts(session jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
    select case when session ->> 'final_cash' is null then session - session_sums() else session end
$$;

CREATE FUNCTION public.session_needs_review(s public.cash_sessions) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    select s.final_cash is null
        or s.corrections > 0
        or s.late_movements > 0
        or s.declared_differs
$$;

CREATE FUNCTION public.session_sums() RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    select array[
        'recorded_movements', 'records_sales', 'recorded_cash_sales', 'recorded_cash_refunds', 'recorded_paid_in',
        'recorded_paid_out', 'recorded_expenses', 'recorded_drops', 'recorded_hash', 'late_movements'
    ]
$$;

CREATE TABLE public.credentials (
    id uuid NOT NULL,
    user_id uuid,
    kind text NOT NULL,
    name text,
    secret_hash bytea NOT NULL,
    created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    expires_at timestamp(3) with time zone,
    last_used_at timestamp(3) with time zone,
    revoked_at timestamp(3) with time zone,
    business_id uuid,
    terminal_id uuid,
    CONSTRAINT ck_credentials_expires_after_created CHECK ((expires_at > created_at)),
    CONSTRAINT ck_credentials_kind CHECK ((kind = ANY (ARRAY['LOGIN'::text, 'API_KEY'::text, 'TERMINAL'::text]))),
    CONSTRAINT ck_credentials_login_expires CHECK (((kind <> 'LOGIN'::text) OR (expires_at IS NOT NULL))),
    CONSTRAINT ck_credentials_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT ck_credentials_owner CHECK ((((user_id IS NULL) = (kind = 'TERMINAL'::text)) AND ((business_id IS NOT NULL) = (kind = 'TERMINAL'::text)))),
    CONSTRAINT ck_credentials_secret_hash_length CHECK ((octet_length(secret_hash) = 32)),
    CONSTRAINT ck_credentials_terminal CHECK (((kind <> 'TERMINAL'::text) OR ((name IS NOT NULL) AND (expires_at IS NULL)))),
    CONSTRAINT ck_credentials_terminal_of_login CHECK (((terminal_id IS NULL) OR (kind = 'LOGIN'::text)))
);

CREATE VIEW public.api_keys AS
 SELECT c.id,
    c.user_id,
    c.name,
    c.secret_hash,
    c.created_at,
    c.expires_at,
    c.revoked_at
   FROM public.credentials c
  WHERE (c.kind = 'API_KEY'::text);

CREATE TABLE public.audit_archives (
    business_id uuid NOT NULL,
    first_position bigint NOT NULL,
    "position" bigint NOT NULL,
    hash bytea NOT NULL,
    file_sha256 bytea NOT NULL,
    archived_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_audit_archives_hash_length CHECK (((octet_length(hash) = 32) AND (octet_length(file_sha256) = 32))),
    CONSTRAINT ck_audit_archives_position CHECK (((first_position >= 1) AND ("position" >= first_position)))
);

CREATE TABLE public.audit_heads (
    business_id uuid NOT NULL,
    "position" bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT ck_audit_heads_hash_length CHECK ((octet_length(hash) = 32)),
    CONSTRAINT ck_audit_heads_position CHECK (("position" >= 1))
)
WITH (fillfactor='50');

CREATE TABLE public.audit_seals (
    business_id uuid NOT NULL,
    "position" bigint NOT NULL,
    event_id uuid NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_audit_seals_hash_length CHECK ((octet_length(hash) = 32)),
    CONSTRAINT ck_audit_seals_position CHECK (("position" >= 1))
);

CREATE TABLE public.audit_unsealed (
    business_id uuid NOT NULL,
    event_id uuid NOT NULL,
    turn bigint NOT NULL,
    is_placed boolean DEFAULT false NOT NULL
)
WITH (autovacuum_vacuum_threshold='1000', autovacuum_vacuum_scale_factor='0', vacuum_truncate=off);

ALTER TABLE public.audit_unsealed ALTER COLUMN turn ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_unsealed_turn_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.business_cashiers (
    business_id uuid NOT NULL,
    cashier_id uuid NOT NULL,
    created_at timestamp(3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.business_counters (
    business_id uuid NOT NULL,
    last_session_number bigint NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.businesses (
    id uuid NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    day_cutoff time without time zone DEFAULT '00:00:00'::time without time zone NOT NULL,
    stale_after_hours integer DEFAULT 16 NOT NULL,
    edit_window_hours integer DEFAULT 32 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    books_closed_until date,
    blind_count boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_businesses_currency CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT ck_businesses_edit_window_hours CHECK (((edit_window_hours >= 0) AND (edit_window_hours <= 8784))),
    CONSTRAINT ck_businesses_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT ck_businesses_stale_after_hours CHECK (((stale_after_hours >= 1) AND (stale_after_hours <= 744))),
    CONSTRAINT ck_businesses_time_zone CHECK ((('2000-01-01 00:00:00'::timestamp without time zone AT TIME ZONE time_zone) IS NOT NULL))
);

CREATE TABLE public.event_feed (
    "position" bigint NOT NULL,
    business_id uuid NOT NULL,
    event_id uuid NOT NULL,
    cashier_id uuid,
    CONSTRAINT ck_event_feed_position CHECK (("position" >= 1))
);

CREATE TABLE public.idempotency_keys (
    business_id uuid NOT NULL,
    user_id uuid NOT NULL,
    operation text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_idempotency_keys_fingerprint_length CHECK ((octet_length(fingerprint) = 32)),
    CONSTRAINT ck_idempotency_keys_key_length CHECK (((char_length(key) >= 1) AND (char_length(key) <= 255)))
);

CREATE TABLE public.login_failures (
    subject bytea NOT NULL,
    level double precision NOT NULL,
    last_at timestamp(3) with time zone NOT NULL,
    origin bytea,
    CONSTRAINT ck_login_failures_level CHECK (((level >= (0)::double precision) AND (level <= (16)::double precision))),
    CONSTRAINT ck_login_failures_origin_length CHECK ((octet_length(origin) = 32)),
    CONSTRAINT ck_login_failures_subject_length CHECK ((octet_length(subject) = 32))
)
WITH (fillfactor='50');

CREATE TABLE public.login_origins (
    pair bytea NOT NULL,
    last_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT ck_login_origins_pair_length CHECK ((octet_length(pair) = 32))
)
WITH (fillfactor='50');

CREATE TABLE public.open_conflicts (
    business_id uuid NOT NULL,
    cashier_id uuid NOT NULL,
    session_id uuid NOT NULL,
    caller_id uuid NOT NULL,
    minute timestamp(3) with time zone NOT NULL,
    times bigint NOT NULL,
    first_at timestamp(3) with time zone NOT NULL,
    last_at timestamp(3) with time zone NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    resumed bigint DEFAULT 0 NOT NULL,
    offered_cash public.money_amount,
    currency text,
    CONSTRAINT ck_open_conflicts_resumed CHECK (((resumed >= 0) AND (resumed <= times))),
    CONSTRAINT ck_open_conflicts_times CHECK ((times >= 1))
);

CREATE TABLE public.pin_failures (
    terminal_id uuid NOT NULL,
    user_id uuid NOT NULL,
    failures smallint NOT NULL,
    last_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT ck_pin_failures_failures CHECK (((failures >= 1) AND (failures <= 10)))
)
WITH (fillfactor='50');

CREATE TABLE public.user_pins (
    user_id uuid NOT NULL,
    pin_hash text NOT NULL,
    created_at timestamp(3) with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    locale text DEFAULT 'es-PY'::text NOT NULL,
    password_hash text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp(3) with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_users_email_length CHECK (((char_length(email) >= 3) AND (char_length(email) <= 255))),
    CONSTRAINT ck_users_locale CHECK ((locale = ANY (ARRAY['es-PY'::text, 'en'::text]))),
    CONSTRAINT ck_users_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT ck_users_role CHECK ((role = ANY (ARRAY['ADMIN'::text, 'CASHIER'::text])))
);

ALTER TABLE ONLY public.audit_archives
    ADD CONSTRAINT pk_audit_archives PRIMARY KEY (business_id, first_position);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT pk_audit_events PRIMARY KEY (business_id, id);

ALTER TABLE ONLY public.audit_heads
    ADD CONSTRAINT pk_audit_heads PRIMARY KEY (business_id);

ALTER TABLE ONLY public.audit_seals
    ADD CONSTRAINT pk_audit_seals PRIMARY KEY (business_id, "position");

ALTER TABLE ONLY public.audit_unsealed
    ADD CONSTRAINT pk_audit_unsealed PRIMARY KEY (business_id, event_id);

ALTER TABLE ONLY public.business_cashiers
    ADD CONSTRAINT pk_business_cashiers PRIMARY KEY (business_id, cashier_id);

ALTER TABLE ONLY public.business_counters
    ADD CONSTRAINT pk_business_counters PRIMARY KEY (business_id);

ALTER TABLE ONLY public.businesses
    ADD CONSTRAINT pk_businesses PRIMARY KEY (id);

ALTER TABLE ONLY public.cash_sessions
    ADD CONSTRAINT pk_cash_sessions PRIMARY KEY (business_id, id);

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT pk_credentials PRIMARY KEY (id);

ALTER TABLE ONLY public.event_feed
    ADD CONSTRAINT pk_event_feed PRIMARY KEY ("position");

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT pk_idempotency_keys PRIMARY KEY (business_id, user_id, operation, key);

ALTER TABLE ONLY public.login_failures
    ADD CONSTRAINT pk_login_failures PRIMARY KEY (subject);

ALTER TABLE ONLY public.login_origins
    ADD CONSTRAINT pk_login_origins PRIMARY KEY (pair);

ALTER TABLE ONLY public.movements
    ADD CONSTRAINT pk_movements PRIMARY KEY (business_id, id);

ALTER TABLE ONLY public.open_conflicts
    ADD CONSTRAINT pk_open_conflicts PRIMARY KEY (business_id, cashier_id, session_id, caller_id, minute);

ALTER TABLE ONLY public.pin_failures
    ADD CONSTRAINT pk_pin_failures PRIMARY KEY (user_id, terminal_id);

ALTER TABLE ONLY public.user_pins
    ADD CONSTRAINT pk_user_pins PRIMARY KEY (user_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT pk_users PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_seals
    ADD CONSTRAINT uq_audit_seals_event UNIQUE (business_id, event_id);

ALTER TABLE ONLY public.cash_sessions
    ADD CONSTRAINT uq_cash_sessions_number UNIQUE (business_id, session_number);

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT uq_credentials_secret_hash UNIQUE (secret_hash);

ALTER TABLE ONLY public.movements
    ADD CONSTRAINT uq_movements_number UNIQUE (business_id, session_id, number);

CREATE INDEX ix_audit_events_action_recent ON public.audit_events USING btree (business_id, action, occurred_at, id) WHERE (action <> ALL (ARRAY['session.open'::text, 'session.close'::text]));

CREATE INDEX ix_audit_events_actor_recent ON public.audit_events USING btree (actor_id, occurred_at, id) WHERE (actor_id IS NOT NULL);

CREATE INDEX ix_audit_events_business_recent ON public.audit_events USING btree (business_id, occurred_at, id);

CREATE INDEX ix_audit_events_entity ON public.audit_events USING btree (((after ->> 'id'::text))) WHERE (business_id = '00000000-0000-0000-0000-000000000000'::uuid);

CREATE INDEX ix_audit_events_session ON public.audit_events USING btree (business_id, session_id, occurred_at, id);

CREATE INDEX ix_business_cashiers_cashier ON public.business_cashiers USING btree (cashier_id, business_id);

CREATE INDEX ix_businesses_recent ON public.businesses USING btree (created_at DESC, id DESC);

CREATE INDEX ix_cash_sessions_cashier_recent ON public.cash_sessions USING btree (business_id, cashier_id, opened_at DESC, id DESC) WHERE (is_deleted = false);

CREATE INDEX ix_cash_sessions_deleted ON public.cash_sessions USING btree (business_id, opened_at DESC, id DESC) WHERE (is_deleted = true);

CREATE INDEX ix_cash_sessions_needs_review ON public.cash_sessions USING btree (business_id, opened_at DESC, id DESC) WHERE ((status = 'CLOSED'::text) AND ((final_cash IS NULL) OR (corrections > 0) OR (late_movements > 0) OR declared_differs) AND (is_deleted = false));

CREATE INDEX ix_cash_sessions_recent ON public.cash_sessions USING btree (business_id, opened_at DESC, id DESC) WHERE (is_deleted = false);

CREATE INDEX ix_cash_sessions_terminal_recent ON public.cash_sessions USING btree (business_id, terminal_id, opened_at DESC) WHERE ((terminal_id IS NOT NULL) AND (is_deleted = false));

CREATE INDEX ix_cash_sessions_unclosed ON public.cash_sessions USING btree (business_id, opened_at DESC, id DESC) WHERE ((status <> 'CLOSED'::text) AND (is_deleted = false));

CREATE INDEX ix_cash_sessions_uncounted ON public.cash_sessions USING btree (cashier_id, opened_at DESC, id DESC) WHERE ((status = 'ENDED'::text) AND (is_deleted = false));

CREATE INDEX ix_credentials_keys ON public.credentials USING btree (created_at DESC, id DESC) WHERE (kind = 'API_KEY'::text);

CREATE INDEX ix_credentials_of_terminal ON public.credentials USING btree (terminal_id) WHERE ((terminal_id IS NOT NULL) AND (revoked_at IS NULL));

CREATE INDEX ix_credentials_terminals ON public.credentials USING btree (business_id, created_at DESC, id DESC) WHERE (kind = 'TERMINAL'::text);

CREATE INDEX ix_credentials_user ON public.credentials USING btree (user_id, created_at DESC, id DESC);

CREATE INDEX ix_event_feed_cashier ON public.event_feed USING btree (cashier_id, "position");

CREATE INDEX ix_idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX ix_login_failures_last ON public.login_failures USING btree (last_at);

CREATE INDEX ix_login_failures_origin ON public.login_failures USING btree (origin, last_at) WHERE (origin IS NOT NULL);

CREATE INDEX ix_login_origins_last ON public.login_origins USING btree (last_at);

CREATE INDEX ix_open_conflicts_cashier_recent ON public.open_conflicts USING btree (business_id, cashier_id, first_at, id);

CREATE INDEX ix_open_conflicts_recent ON public.open_conflicts USING btree (business_id, first_at, id);

CREATE INDEX ix_users_administrators ON public.users USING btree (id) WHERE ((role = 'ADMIN'::text) AND is_active);

CREATE INDEX ix_users_recent ON public.users USING btree (created_at DESC, id DESC);

CREATE UNIQUE INDEX uq_businesses_name ON public.businesses USING btree (lower(name));

CREATE UNIQUE INDEX uq_cash_sessions_external_id ON public.cash_sessions USING btree (external_id, business_id) WHERE (external_id IS NOT NULL);

CREATE UNIQUE INDEX uq_cash_sessions_one_open_per_cashier_business ON public.cash_sessions USING btree (cashier_id, business_id) WHERE ((status = 'OPEN'::text) AND (is_deleted = false));

CREATE UNIQUE INDEX uq_credentials_terminal_name ON public.credentials USING btree (business_id, lower(name)) WHERE ((kind = 'TERMINAL'::text) AND (revoked_at IS NULL));

CREATE UNIQUE INDEX uq_movements_reversal ON public.movements USING btree (business_id, reverses_id) WHERE (reverses_id IS NOT NULL);

CREATE UNIQUE INDEX uq_users_email ON public.users USING btree (lower(email));

CREATE TRIGGER tr_audit_archives_kept BEFORE DELETE OR TRUNCATE ON public.audit_archives FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER tr_audit_events_archived_only AFTER DELETE ON public.audit_events REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_unarchived_removal();

CREATE TRIGGER tr_audit_events_immutable BEFORE TRUNCATE ON public.audit_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER tr_audit_events_redacted_only BEFORE UPDATE ON public.audit_events FOR EACH ROW EXECUTE FUNCTION public.refuse_event_change();

CREATE TRIGGER tr_audit_events_unsealed AFTER INSERT ON public.audit_events FOR EACH ROW EXECUTE FUNCTION public.await_audit_seal();

CREATE TRIGGER tr_audit_heads_kept BEFORE DELETE OR TRUNCATE ON public.audit_heads FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER tr_audit_seals_archived_only AFTER DELETE ON public.audit_seals REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_unarchived_removal();

CREATE TRIGGER tr_audit_seals_immutable BEFORE UPDATE OR TRUNCATE ON public.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE CONSTRAINT TRIGGER tr_business_cashiers_audited AFTER INSERT OR DELETE OR UPDATE ON public.business_cashiers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((current_setting('session_replication_role'::text) <> 'local'::text)) EXECUTE FUNCTION public.require_audit_event('cashier', 'business_id', 'cashier_id');

CREATE CONSTRAINT TRIGGER tr_businesses_audited AFTER INSERT OR DELETE OR UPDATE ON public.businesses DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((current_setting('session_replication_role'::text) <> 'local'::text)) EXECUTE FUNCTION public.require_audit_event('business', 'id', '');

CREATE CONSTRAINT TRIGGER tr_cash_sessions_audited AFTER INSERT OR DELETE OR UPDATE ON public.cash_sessions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((current_setting('session_replication_role'::text) <> 'local'::text)) EXECUTE FUNCTION public.require_session_event();

CREATE TRIGGER tr_cash_sessions_business_day_cutoff BEFORE INSERT ON public.cash_sessions FOR EACH ROW WHEN ((new.business_day_cutoff IS NULL)) EXECUTE FUNCTION public.fill_business_day_cutoff();

CREATE TRIGGER tr_cash_sessions_declared_differs BEFORE UPDATE ON public.cash_sessions FOR EACH ROW WHEN (((new.declared_differs <> ((new.final_cash IS NOT NULL) AND new.records_sales AND ((new.declared_cash_sales)::bigint <> (new.recorded_cash_sales)::bigint))) IS TRUE)) EXECUTE FUNCTION public.flip_declared_differs();

CREATE CONSTRAINT TRIGGER tr_credentials_audited AFTER INSERT OR DELETE OR UPDATE OF id, user_id, kind, name, secret_hash, created_at, expires_at, revoked_at, business_id, terminal_id ON public.credentials DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((current_setting('session_replication_role'::text) <> 'local'::text)) EXECUTE FUNCTION public.require_audit_event('credential user token', '', 'user_id');

CREATE TRIGGER tr_event_feed_immutable BEFORE UPDATE OR TRUNCATE ON public.event_feed FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE TRIGGER tr_movements_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.movements FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();

CREATE CONSTRAINT TRIGGER tr_users_audited AFTER INSERT OR DELETE OR UPDATE ON public.users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((current_setting('session_replication_role'::text) <> 'local'::text)) EXECUTE FUNCTION public.require_audit_event('user', '', 'id');

ALTER TABLE ONLY public.business_cashiers
    ADD CONSTRAINT fk_business_cashiers_business FOREIGN KEY (business_id) REFERENCES public.businesses(id);

ALTER TABLE ONLY public.business_cashiers
    ADD CONSTRAINT fk_business_cashiers_cashier FOREIGN KEY (cashier_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.business_counters
    ADD CONSTRAINT fk_business_counters_business FOREIGN KEY (business_id) REFERENCES public.businesses(id);

ALTER TABLE ONLY public.cash_sessions
    ADD CONSTRAINT fk_cash_sessions_business FOREIGN KEY (business_id) REFERENCES public.businesses(id);

ALTER TABLE ONLY public.cash_sessions
    ADD CONSTRAINT fk_cash_sessions_cashier FOREIGN KEY (cashier_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.cash_sessions
    ADD CONSTRAINT fk_cash_sessions_closed_by FOREIGN KEY (closed_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.cash_sessions
    ADD CONSTRAINT fk_cash_sessions_opened_by FOREIGN KEY (opened_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT fk_credentials_business FOREIGN KEY (business_id) REFERENCES public.businesses(id);

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT fk_credentials_terminal FOREIGN KEY (terminal_id) REFERENCES public.credentials(id);

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT fk_credentials_user FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.movements
    ADD CONSTRAINT fk_movements_recorded_by FOREIGN KEY (recorded_by) REFERENCES public.users(id);

ALTER TABLE ONLY public.movements
    ADD CONSTRAINT fk_movements_reverses FOREIGN KEY (business_id, reverses_id) REFERENCES public.movements(business_id, id);

ALTER TABLE ONLY public.pin_failures
    ADD CONSTRAINT fk_pin_failures_terminal FOREIGN KEY (terminal_id) REFERENCES public.credentials(id);

ALTER TABLE ONLY public.pin_failures
    ADD CONSTRAINT fk_pin_failures_user FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.user_pins
    ADD CONSTRAINT fk_user_pins_user FOREIGN KEY (user_id) REFERENCES public.users(id);


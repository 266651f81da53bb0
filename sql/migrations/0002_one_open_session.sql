-- migrate:up transaction:false

-- The promise of the product: a cashier has at most one open session in a business.
--
-- An index and not a check in the service, because only the database sees two requests in the same
-- instant. Every way into an open session meets it.
--
-- * Deleted rows do not count: a session that was opened by mistake and deleted must not keep its
--   cashier out for ever.
-- * The date is not in the key: yesterday's session still blocks, and the way out is to close it.
--
-- The service recognises this name in SQLSTATE 23505. Renaming it changes the API.
--
-- It may be run again at any time, on a busy database too: tills go on selling, and a guard that stands is
-- left alone. `cashpilot doctor --mend` does so.

-- Preflight: an index cannot be unique over what is not. The refusal names what is in the way.
do $$
declare
    found text;
    others bigint;
begin
    select
        string_agg(d.line, chr(10) order by d.place) filter (where d.place <= 20),
        count(*) filter (where d.place > 20)
    into found, others
    from (
        select
            row_number() over (order by o.business_id, o.cashier_id) as place,
            format(
                '  business %s, cashier %s: %s sessions: %s', o.business_id, o.cashier_id, count(*),
                array_to_string(
                    (array_agg(
                        format('%s opened at ', o.id)
                            || to_char(o.opened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                        order by o.opened_at, o.id
                    ))[:20],
                    ', '
                )
            ) || case when count(*) > 20 then format(' and %s more', count(*) - 20) else '' end as line
        from cash_sessions as o
        where o.status = 'OPEN'
            and o.is_deleted = false
        group by o.business_id, o.cashier_id
        having count(*) > 1
    ) as d;
    if found is not null then
        raise exception using
            errcode = 'unique_violation',
            message = 'cashiers with more than one open session in a business:' || chr(10) || found
                || case when others > 0 then format(E'\n  and %s more', others) else '' end
                || E'\nNothing was changed. `cashpilot preflight` proposes which to keep; `cashpilot preflight --apply`'
                || E' ends the others. Then try again.';
    end if;
end
$$;

-- What has the guard's name and is not the guard makes room: an INVALID leftover of a build that failed, or an
-- index of another kind. Renaming locks out nobody, and dropping it concurrently neither. `_ccold` is what
-- PostgreSQL itself calls an index that was replaced, and the service knows it.
drop index concurrently if exists uq_cash_sessions_one_open_per_cashier_business_ccold;

do $$
begin
    if exists (
        select
        from pg_index as i
        where i.indexrelid = to_regclass('uq_cash_sessions_one_open_per_cashier_business')
            and not (
                i.indrelid = 'cash_sessions'::regclass
                and i.indisunique
                and i.indisvalid
                and i.indisready
                and i.indnatts = 2
                and pg_get_indexdef(i.indexrelid, 1, false) = 'cashier_id'
                and pg_get_indexdef(i.indexrelid, 2, false) = 'business_id'
                and pg_get_expr(i.indpred, i.indrelid) = '((status = ''OPEN''::text) AND (is_deleted = false))'
            )
    ) then
        alter index uq_cash_sessions_one_open_per_cashier_business
            rename to uq_cash_sessions_one_open_per_cashier_business_ccold;
    end if;
end
$$;

drop index concurrently if exists uq_cash_sessions_one_open_per_cashier_business_ccold;

create unique index concurrently if not exists uq_cash_sessions_one_open_per_cashier_business
    on cash_sessions (cashier_id, business_id)
    where status = 'OPEN' and is_deleted = false;

do $$
begin
    if not exists (
        select
        from pg_index as i
        where i.indexrelid = to_regclass('uq_cash_sessions_one_open_per_cashier_business')
            and i.indisunique
            and i.indisvalid
            and i.indisready
    ) then
        raise exception 'the guard was built and does not stand; see `cashpilot doctor`, then try again';
    end if;
end
$$;

-- migrate:down transaction:false

drop index concurrently if exists uq_cash_sessions_one_open_per_cashier_business;

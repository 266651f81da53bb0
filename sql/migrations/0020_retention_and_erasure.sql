-- migrate:up

-- Deletes old conflicts and old events of the event log, and erases the personal data of an inactive user:
-- docs/decisions/0039-retention-and-erasure.md.
--
-- * The service may delete conflicts and events of the event log. The audit trail keeps both.
-- * An audit event may change only into its redacted form, and only if an event `user.erase` has recorded the hash of
--   that form. The service's role may not change audit events at all.
--
-- Tills keep working: three tables are locked for a moment. The migration can be repeated.

set local lock_timeout = '1500ms';

grant delete on open_conflicts, event_feed to cashpilot_app;

create or replace trigger tr_event_feed_immutable
before update or truncate on event_feed
for each statement execute function refuse_audit_change();

-- Returns a row or a part of an audit event with placeholders for what identifies a person. Each user has another
-- e-mail address, because addresses are unique.
create or replace function redacted_values(of_values jsonb, of_user uuid) returns jsonb
language sql immutable as $$
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

-- Returns an event about an account in its redacted form.
create or replace function redacted_event(e audit_events) returns audit_events
language sql stable as $$
    select jsonb_populate_record(
        e,
        jsonb_build_object(
            'before', redacted_values(e.before, e.cashier_id), 'after', redacted_values(e.after, e.cashier_id)
        )
    )
$$;

-- Returns the hash of an event by itself, without its place in a chain.
create or replace function audit_event_hash(e audit_events) returns bytea
language sql stable as $$
    select audit_seal_hash(''::bytea, 0, 'epoch'::timestamptz, e)
$$;

-- Returns whether an event has exactly the form in which an erasure left it. Events of a business never do, so no
-- erasure explains a changed figure.
create or replace function is_redacted(e audit_events) returns boolean
language sql stable as $$
    select e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
        and exists (
            select
            from audit_events as x
            where x.business_id = '00000000-0000-0000-0000-000000000000'::uuid
                and x.action = 'user.erase'
                and x.cashier_id = e.cashier_id
                and x.after -> 'redacted' ->> e.id::text = encode(audit_event_hash(e), 'hex')
        )
$$;

create or replace function refuse_event_change() returns trigger
language plpgsql as $$
begin
    if new is distinct from redacted_event(old) or not is_redacted(new) then
        raise exception '% are never changed or deleted', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create or replace trigger tr_audit_events_immutable
before delete or truncate on audit_events
for each statement execute function refuse_audit_change();

create or replace trigger tr_audit_events_redacted_only
before update on audit_events
for each row execute function refuse_event_change();

-- migrate:down

set local lock_timeout = '1500ms';

drop trigger tr_audit_events_redacted_only on audit_events;

create or replace trigger tr_audit_events_immutable
before update or delete or truncate on audit_events
for each statement execute function refuse_audit_change();

drop function refuse_event_change;
drop function is_redacted;
drop function audit_event_hash;
drop function redacted_event;
drop function redacted_values;

create or replace trigger tr_event_feed_immutable
before update or delete or truncate on event_feed
for each statement execute function refuse_audit_change();

revoke delete on open_conflicts, event_feed from cashpilot_app;

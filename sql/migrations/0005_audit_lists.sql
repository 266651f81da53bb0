-- migrate:up transaction:false

-- Indexes for the lists of audit events and of refused opens, and a seal for the events from before there were any.
-- All of it while tills go on selling, so not in one transaction; a run that was cut off is begun again.

drop index concurrently if exists ix_audit_events_business_recent;
drop index concurrently if exists ix_audit_events_actor_recent;
drop index concurrently if exists ix_audit_events_action_recent;
drop index concurrently if exists ix_open_conflicts_recent;
drop index concurrently if exists ix_open_conflicts_cashier_recent;

-- A business's and one person's, in order of time.
create index concurrently ix_audit_events_business_recent on audit_events (business_id, occurred_at, id);
create index concurrently ix_audit_events_actor_recent on audit_events (actor_id, occurred_at, id)
    where actor_id is not null;

-- Not for the two actions that most events are: they are found soon in the others, and opening should cost little.
create index concurrently ix_audit_events_action_recent on audit_events (business_id, action, occurred_at, id)
    where action not in ('session.open', 'session.close');

create index concurrently ix_open_conflicts_recent on open_conflicts (business_id, first_at, id);
create index concurrently ix_open_conflicts_cashier_recent on open_conflicts (business_id, cashier_id, first_at, id);

insert into audit_unsealed (business_id, event_id)
select e.business_id, e.id
from audit_events as e
where not exists (select from audit_seals as s where s.business_id = e.business_id and s.event_id = e.id)
on conflict (business_id, event_id) do nothing;

-- migrate:down transaction:false

drop index concurrently if exists ix_open_conflicts_cashier_recent;
drop index concurrently if exists ix_open_conflicts_recent;
drop index concurrently if exists ix_audit_events_action_recent;
drop index concurrently if exists ix_audit_events_actor_recent;
drop index concurrently if exists ix_audit_events_business_recent;

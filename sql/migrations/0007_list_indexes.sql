-- migrate:up transaction:false

-- For the list of businesses, and for the question who else is an administrator. Built while tills go on selling, so
-- not in one transaction; a run that was cut off is begun again.

drop index concurrently if exists ix_businesses_recent;
drop index concurrently if exists ix_users_administrators;

create index concurrently ix_businesses_recent on businesses (created_at desc, id desc);
create index concurrently ix_users_administrators on users (id) where role = 'ADMIN' and is_active;

-- migrate:down transaction:false

drop index concurrently if exists ix_users_administrators;
drop index concurrently if exists ix_businesses_recent;

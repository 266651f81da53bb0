-- migrate:up

-- Adds PINs, by which users log in at a terminal, and counts wrong PINs: docs/decisions/0042-pins.md.
--
-- Tills keep working, because both tables are new. The migration can be repeated.

set local lock_timeout = '1500ms';

create table if not exists user_pins (
    user_id uuid not null,
    -- scrypt, as for a password. A thief of the hash would find six digits quickly, so only the service may read it.
    pin_hash text not null,
    created_at timestamptz(3) not null default now(),
    constraint pk_user_pins primary key (user_id),
    constraint fk_user_pins_user foreign key (user_id) references users (id)
);

-- Wrong PINs of a user at a terminal since the last right one. A row stays until a login with the right PIN or with the
-- password, or a new PIN.
create table if not exists pin_failures (
    terminal_id uuid not null,
    user_id uuid not null,
    failures smallint not null,
    last_at timestamptz(3) not null,
    constraint pk_pin_failures primary key (user_id, terminal_id),
    constraint fk_pin_failures_terminal foreign key (terminal_id) references credentials (id),
    constraint fk_pin_failures_user foreign key (user_id) references users (id),
    constraint ck_pin_failures_failures check (failures between 1 and 10)
) with (fillfactor = 50);

-- New tables get rights by default, which these do not need.
revoke all on user_pins, pin_failures from cashpilot_app, cashpilot_readonly;
grant select, insert, delete on user_pins, pin_failures to cashpilot_app;
grant update (pin_hash, created_at) on user_pins to cashpilot_app;
grant update (failures, last_at) on pin_failures to cashpilot_app;

-- migrate:down

set local lock_timeout = '1500ms';

drop table pin_failures;
drop table user_pins;

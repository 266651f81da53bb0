-- migrate:up transaction:false

-- The service converts each incoming text to a canonical form: docs/decisions/0031-canonical-texts.md. These functions
-- implement the same rules for this migration and for sql/operations. Keep them equal to `CanonicalText` in
-- Sources/CashPilot/Values.
--
-- The migration converts existing names, e-mails, terminals, notes and reasons. It never makes two rows equal: if the
-- canonical forms of several accounts or businesses are equal, only the oldest is converted, and the others keep their
-- text. A text whose form breaks a rule of its column, such as a blank terminal, stays too. Each such row is reported
-- as a warning with its id, which `cashpilot migrate up` prints. An administrator then renames it.
--
-- A session keeps its version, because its text means the same. The audit trail is evidence and is not changed: its
-- events show the texts as they were typed. This migration adds no events.
--
-- Tills keep working. Sessions are changed in transactions of up to 5000 rows. A run that was interrupted can be
-- repeated.

set lock_timeout = '1500ms';

-- Returns a text on one line: no invisible characters, single spaces, Unicode's Normalization Form C.
create or replace function canonical_line(of_text text) returns text
language sql immutable strict parallel safe as $$
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

-- Returns a text of several lines. It keeps white space within it, and joiners and variation selectors within words.
create or replace function canonical_note(of_text text) returns text
language plpgsql immutable strict parallel safe as $$
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
$$;

-- Returns an e-mail address: one line, lower case, full-width characters as ASCII.
create or replace function canonical_email(of_text text) returns text
language sql immutable strict parallel safe as $$
    select canonical_line(lower(translate(
        of_text,
        (select string_agg(chr(65248 + c.code), '' order by c.code) from generate_series(33, 126) as c (code)),
        (select string_agg(chr(c.code), '' order by c.code) from generate_series(33, 126) as c (code))
    )))
$$;

-- Accounts, businesses and API keys.
do $$
declare
    entry record;
begin
    if current_setting('server_encoding') <> 'UTF8' then
        raise warning 'the database is not in UTF8, so its texts were not brought to their canonical form';
        return;
    end if;

    for entry in
        select u.id, u.email, canonical_email(u.email) as wanted
        from users as u
        where u.email <> canonical_email(u.email)
        order by u.created_at, u.id
    loop
        begin
            update users as u
            set email = entry.wanted
            where u.id = entry.id
                and u.email = entry.email;
        exception
            when unique_violation then
                raise warning
                    'user %: another account has its e-mail in canonical form, so it cannot log in; change its e-mail',
                    entry.id;
            when check_violation then
                raise warning 'user %: the canonical form of its e-mail is too short or too long', entry.id;
        end;
    end loop;

    for entry in
        select b.id, b.name, canonical_line(b.name) as wanted
        from businesses as b
        where b.name <> canonical_line(b.name)
        order by b.created_at, b.id
    loop
        begin
            update businesses as b
            set name = entry.wanted
            where b.id = entry.id
                and b.name = entry.name;
        exception
            when unique_violation then
                raise warning 'business %: another business has its name in canonical form; change its name', entry.id;
            when check_violation then
                raise warning 'business %: the canonical form of its name is empty or too long', entry.id;
        end;
    end loop;

    update users as u
    set name = canonical_line(u.name)
    where u.name <> canonical_line(u.name)
        and char_length(canonical_line(u.name)) between 1 and 200;
    for entry in select u.id from users as u where u.name <> canonical_line(u.name) order by u.id loop
        raise warning 'user %: the canonical form of its name is empty or too long', entry.id;
    end loop;

    update api_keys as k
    set name = canonical_line(k.name)
    where k.name <> canonical_line(k.name)
        and char_length(canonical_line(k.name)) between 1 and 200;
    for entry in select k.id from api_keys as k where k.name <> canonical_line(k.name) order by k.id loop
        raise warning 'API key %: the canonical form of its name is empty or too long', entry.id;
    end loop;
end
$$;

-- Sessions, in the order of their primary key.
do $$
declare
    last_business uuid := '00000000-0000-0000-0000-000000000000';
    last_session uuid := '00000000-0000-0000-0000-000000000000';
    pages_end record;
    undecided uuid;
begin
    if current_setting('server_encoding') <> 'UTF8' then
        return;
    end if;
    loop
        select p.business_id, p.id into pages_end
        from (
            select s.business_id, s.id
            from cash_sessions as s
            where (s.business_id, s.id) > (last_business, last_session)
            order by s.business_id, s.id
            limit 5000
        ) as p
        order by p.business_id desc, p.id desc
        limit 1;
        exit when not found;

        -- A text that a till changes at the same moment is not overwritten: the till's is canonical.
        update cash_sessions as s
        set terminal_id = c.terminal_id,
            notes = c.notes,
            flag_reason = c.flag_reason,
            delete_reason = c.delete_reason
        from (
            select
                o.business_id,
                o.id,
                o.terminal_id as old_terminal_id,
                o.notes as old_notes,
                o.flag_reason as old_flag_reason,
                o.delete_reason as old_delete_reason,
                case
                    when char_length(canonical_line(o.terminal_id)) between 1 and 64 then canonical_line(o.terminal_id)
                    else o.terminal_id
                end as terminal_id,
                case
                    when char_length(canonical_note(o.notes)) <= 1000 then canonical_note(o.notes)
                    else o.notes
                end as notes,
                case
                    when char_length(canonical_note(o.flag_reason)) between 5 and 500
                        then canonical_note(o.flag_reason)
                    else o.flag_reason
                end as flag_reason,
                case
                    when char_length(canonical_note(o.delete_reason)) between 1 and 500
                        then canonical_note(o.delete_reason)
                    else o.delete_reason
                end as delete_reason
            from cash_sessions as o
            where (o.business_id, o.id) > (last_business, last_session)
                and (o.business_id, o.id) <= (pages_end.business_id, pages_end.id)
        ) as c
        where s.business_id = c.business_id
            and s.id = c.id
            and (s.terminal_id, s.notes, s.flag_reason, s.delete_reason)
                is not distinct from (c.old_terminal_id, c.old_notes, c.old_flag_reason, c.old_delete_reason)
            and (s.terminal_id, s.notes, s.flag_reason, s.delete_reason)
                is distinct from (c.terminal_id, c.notes, c.flag_reason, c.delete_reason);

        for undecided in
            select o.id
            from cash_sessions as o
            where (o.business_id, o.id) > (last_business, last_session)
                and (o.business_id, o.id) <= (pages_end.business_id, pages_end.id)
                and (
                    o.terminal_id <> canonical_line(o.terminal_id)
                    or o.notes <> canonical_note(o.notes)
                    or o.flag_reason <> canonical_note(o.flag_reason)
                    or o.delete_reason <> canonical_note(o.delete_reason)
                )
        loop
            raise warning 'session %: the canonical form of a text is too short or too long', undecided;
        end loop;

        last_business := pages_end.business_id;
        last_session := pages_end.id;
        commit;
    end loop;
end
$$;

reset lock_timeout;

-- migrate:down

-- Texts stay in their canonical form, which every version of the service accepts.
drop function canonical_email;
drop function canonical_note;
drop function canonical_line;

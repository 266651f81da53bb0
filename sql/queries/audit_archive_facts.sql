-- Returns what `cashpilot audit archive` compares its options with.
-- Returns one row: the name of the database and the present day, in UTC.
select current_database()::text as database, (now() at time zone 'UTC')::date as today;

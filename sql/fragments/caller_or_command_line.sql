-- The caller, or the command line, which has the role of an administrator and no id. There is no row if the bearer is
-- not valid.
-- Parameter: $1, SHA-256 of the bearer, or null for the command line.
-- include caller
union all
select null, 'ADMIN', null, true, null
where $1::bytea is null

-- Locks a business until the transaction ends, if the caller may change it. An open in this business waits, or has
-- finished and is visible to the next statement.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  business
-- Returns one row if there is such a business and the caller may change it, else none: the last day of the closed
-- books, or null.
-- Materialized, so that the caller is found by the bearer and not among the administrators.
with caller as materialized (
    -- include caller_or_command_line
)
select b.books_closed_until
from caller as c
join businesses as b on b.id = $2::uuid
where c.role = 'ADMIN'
for update of b;

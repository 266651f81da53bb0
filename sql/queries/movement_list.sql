-- Returns a page of a session's movements, newest first. The service decides whether the caller may see the session.
-- $1 uuid  business
-- $2 uuid  session
-- $3 text  type, or null for all
-- $4 text  category, or null for all
-- $5 boolean  whether they are late, or null for all
-- $6 boolean  whether they were reversed, or null for all
-- $7 uuid  the last movement of the page before, or null for the first page
-- $8 integer  maximum number of movements
-- Returns no row if there is no such movement, else one row for each.
select
    -- include movement_columns
from movements as m
where m.business_id = $1::uuid
    and m.session_id = $2::uuid
    and m.number < coalesce(
        (
            select c.number
            from movements as c
            where c.business_id = $1::uuid
                and c.id = $7::uuid
        ),
        20001
    )
    and m.type = coalesce($3::text, m.type)
    and ($4::text is null or m.category = $4::text)
    and m.is_late = coalesce($5::boolean, m.is_late)
    and (
        $6::boolean is null
        or $6::boolean = exists (
            select
            from movements as r
            where r.business_id = m.business_id
                and r.reverses_id = m.id
        )
    )
order by m.number desc
limit $8::integer;

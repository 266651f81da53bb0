-- What became of the guard, the unique index that the one-open rule rests on.
-- Answers one row: enforced, missing, invalid (it enforces nothing, or not for all rows), not_unique, or
-- wrong_definition (other columns, or another condition).
select
    case
        when i.indexrelid is null then 'missing'
        when not (i.indisvalid and i.indisready) then 'invalid'
        when not i.indisunique then 'not_unique'
        when i.indnatts = 2
            and pg_get_indexdef(i.indexrelid, 1, false) = 'cashier_id'
            and pg_get_indexdef(i.indexrelid, 2, false) = 'business_id'
            and pg_get_expr(i.indpred, i.indrelid) = '((status = ''OPEN''::text) AND (is_deleted = false))'
            then 'enforced'
        else 'wrong_definition'
    end as state
from (select to_regclass('uq_cash_sessions_one_open_per_cashier_business') as id) as g
left join pg_index as i on i.indexrelid = g.id and i.indrelid = to_regclass('cash_sessions');

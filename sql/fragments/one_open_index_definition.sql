-- The index has the columns and the condition of the one-open index. The name alone does not suffice: an index of
-- another column would allow a second open session.
-- Alias: i, the index's row in pg_index.
and i.indnatts = 2
and pg_get_indexdef(i.indexrelid, 1, false) = 'cashier_id'
and pg_get_indexdef(i.indexrelid, 2, false) = 'business_id'
and pg_get_expr(i.indpred, i.indrelid) = '((status = ''OPEN''::text) AND (is_deleted = false))'

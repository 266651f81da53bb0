-- Changes nothing, and is a commit all the same: when it is answered, the standby has it, and so all that was committed
-- before. An answer that rests on an earlier commit comes after it, because that one may have given up its wait.
-- Answers one row, which means nothing.
select pg_logical_emit_message(true, 'cashpilot', '');

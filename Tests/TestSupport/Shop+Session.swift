extension Shop {
    /// Inserts a session in any state, and marks all other sessions as deleted.
    package func placeSession(
        of cashier: Person, in business: String, _ status: String, isDeleted: Bool = false
    ) throws -> JSON {
        let id = try query(
            """
            with emptied as (
                update cash_sessions
                set is_deleted = true, delete_reason = 'r', deleted_by = '\(cashier.id)', deleted_at = now()
                where not is_deleted
                returning 1
            )
            insert into cash_sessions (
                business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
                initial_cash, opened_at, ended_at, closed_at, closed_by, final_cash,
                is_deleted, delete_reason, deleted_by, deleted_at
            )
            select '\(business)', gen_random_uuid(), coalesce(max(session_number), 0) + 1, '\(cashier.id)', '\(cashier.id)',
                '\(status)', 'PYG', 'America/Asuncion', current_date, 1, now() - interval '1 h',
                \(status == "OPEN" ? "null" : "now() - interval '1 min'"),
                \(status == "CLOSED" ? "now(), '\(cashier.id)', 5" : "null, null, null"),
                \(isDeleted ? "true, 'r', '\(cashier.id)', now()" : "false, null, null, null")
            from cash_sessions where business_id = '\(business)' and (select count(*) from emptied) >= 0
            returning id::text
            """)
        try execute(
            """
            insert into business_counters
            select business_id, max(session_number) from cash_sessions group by business_id
            on conflict (business_id) do update set last_session_number = excluded.last_session_number
            """)
        return .object(["business_id": .string(business), "id": .string(id ?? "")])
    }
}

import TestSupport

/// The sessions and audit events in the database after the last request.
package struct FinalState: Sendable {
    package struct Session: Sendable {
        package var id: String
        package var key: OpenSessionKey
        package var isOpen: Bool
        /// The id of the operation that opened it.
        package var opening: String?
        package var float: Int64
        /// The id of the operation that closed it.
        package var closing: String?
        package var counted: Int64?
        /// The number of audit events of its open, and of its close.
        package var openEvents: Int
        package var closeEvents: Int

        package init(
            id: String, key: OpenSessionKey, isOpen: Bool, opening: String?, float: Int64, closing: String? = nil,
            counted: Int64? = nil, openEvents: Int = 1, closeEvents: Int = 0
        ) {
            self.id = id
            self.key = key
            self.isOpen = isOpen
            self.opening = opening
            self.float = float
            self.closing = closing
            self.counted = counted
            self.openEvents = openEvents
            self.closeEvents = closeEvents
        }
    }

    package var sessions: [Session]
    /// The number of audit events of opens and closes without a session.
    package var strayEvents: Int

    package init(sessions: [Session], strayEvents: Int = 0) {
        self.sessions = sessions
        self.strayEvents = strayEvents
    }
}

extension FinalState {
    private static let query = """
        select json_build_object(
            'stray', (
                select count(*) from audit_events as e
                where e.action in ('session.open', 'session.close')
                    and not exists (
                        select from cash_sessions as s where (s.business_id, s.id) = (e.business_id, e.session_id))),
            'sessions', (
                select coalesce(json_agg(json_build_object(
                    'id', s.id, 'cashier', s.cashier_id, 'business', s.business_id,
                    'open', s.status = 'OPEN' and not s.is_deleted,
                    'opening', s.notes, 'float', s.initial_cash, 'closing', s.closing_ticket, 'counted', s.final_cash,
                    'opens', coalesce(e.opens, 0), 'closes', coalesce(e.closes, 0))), '[]')
                from cash_sessions as s
                left join (
                    select business_id, session_id, count(*) filter (where action = 'session.open') as opens,
                        count(*) filter (where action = 'session.close') as closes
                    from audit_events group by business_id, session_id
                ) as e on (e.business_id, e.session_id) = (s.business_id, s.id))
        )::text
        """

    /// Reads them directly from the database.
    package init(of shop: Shop) throws {
        let data = try JSON(parsing: Array((shop.query(Self.query) ?? "").utf8))
        sessions = data["sessions"].items.map { row in
            Session(
                id: row["id"].string ?? "",
                key: OpenSessionKey(cashier: row["cashier"].string ?? "", business: row["business"].string ?? ""),
                isOpen: row["open"] == true, opening: row["opening"].string, float: row["float"].integer ?? -1,
                closing: row["closing"].string, counted: row["counted"].integer,
                openEvents: Int(row["opens"].integer ?? 0), closeEvents: Int(row["closes"].integer ?? 0))
        }
        strayEvents = Int(data["stray"].integer ?? -1)
    }
}

import Foundation
import Postgres
import TestSupport

/// A mutant: it checks and then inserts, on the real tables, without the one-open index and without a lock.
struct CheckThenInsert: Sendable {
    let shop: Shop

    func respond(to request: MutantServer.Request) async throws -> Reply {
        // The database call blocks its thread, so it must not be one of Swift's.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try handle(request) })
            }
        }
    }

    private func handle(_ request: MutantServer.Request) throws -> Reply {
        // /v1/businesses/BUSINESS/sessions[/current|/SESSION/close]
        let parts = request.path.split(whereSeparator: { "/?=".contains($0) }).map(String.init)
        let body = try JSON(parsing: request.body)
        let cashier = body["cashier_id"].string ?? (parts.last == "close" ? "" : shop.ana.id)
        switch parts.count {
        case 4: return try open(parts[2], cashier, body)
        case 6: return try close(parts[4], body)
        default: return try current(parts[2], parts.count > 5 ? parts[6] : shop.ana.id)
        }
    }

    private func open(_ business: String, _ cashier: String, _ body: JSON) throws -> Reply {
        if let existing = try openSession(business, cashier) {
            return Self.reply(409, #"{"code": "SESSION_ALREADY_OPEN", "existing_session": {"id": "\#(existing)"}}"#)
        }
        let id = UUID().uuidString.lowercased()
        try shop.execute(
            """
            insert into cash_sessions (
                business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
                initial_cash, opened_at, notes
            )
            select b.id, '\(id)', (random() * 1e15)::bigint + 1, '\(cashier)', '\(cashier)', 'OPEN', b.currency,
                b.time_zone, now()::date, \(body["initial_cash"].integer ?? 0), now(), '\(body["notes"].string ?? "")'
            from businesses as b where b.id = '\(business)';
            insert into audit_events (business_id, id, action, session_id)
            values ('\(business)', gen_random_uuid(), 'session.open', '\(id)')
            """)
        return Self.reply(201, #"{"id": "\#(id)"}"#)
    }

    private func close(_ session: String, _ body: JSON) throws -> Reply {
        let closed = try shop.query(
            """
            with closed as (
                update cash_sessions
                set status = 'CLOSED', closed_at = greatest(now(), opened_at), closed_by = cashier_id,
                    final_cash = \(body["final_cash"].integer ?? 0), closing_ticket = '\(body["closing_ticket"].string ?? "")'
                where id = '\(session)' and status = 'OPEN'
                returning *
            ), audited as (
                insert into audit_events (business_id, id, action, session_id)
                select business_id, gen_random_uuid(), 'session.close', id from closed
            )
            select id::text from closed
            """)
        if closed != nil { return Self.reply(200, #"{"id": "\#(session)"}"#) }
        let counted = try shop.query("select final_cash::text from cash_sessions where id = '\(session)'") ?? "null"
        return Self.reply(409, #"{"code": "SESSION_ALREADY_CLOSED", "existing_session": {"final_cash": \#(counted)}}"#)
    }

    private func current(_ business: String, _ cashier: String) throws -> Reply {
        guard let existing = try openSession(business, cashier) else {
            return Self.reply(404, #"{"code": "NO_OPEN_SESSION"}"#)
        }
        return Self.reply(200, #"{"id": "\#(existing)"}"#)
    }

    private func openSession(_ business: String, _ cashier: String) throws -> String? {
        try shop.query(
            """
            select id::text from cash_sessions
            where business_id = '\(business)' and cashier_id = '\(cashier)' and status = 'OPEN'
            order by opened_at desc limit 1
            """)
    }

    private static func reply(_ status: Int, _ body: String) -> Reply { Reply(status: status, body: Array(body.utf8)) }
}

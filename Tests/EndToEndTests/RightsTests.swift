import CashPilot
import TestSupport
import Testing

/// Walks {state × action × role × own, colleague's or another business's × deleted}, and holds every answer of the
/// program against the one table in the code.
@Suite("Who may do what with a session")
struct RightsTests {
    private struct Case: CustomStringConvertible {
        let status: CashPilot.Session.Status
        let isDeleted: Bool
        let action: SessionAction
        let role: Role
        let relation: Relation

        var description: String {
            "\(role) \(action) \(relation) \(status)\(isDeleted ? " deleted" : "")"
        }
    }

    private enum Relation: CaseIterable {
        case own, colleagues, otherBusiness
    }

    private static let cases: [Case] = CashPilot.Session.Status.allCases.flatMap { status in
        [false, true].flatMap { isDeleted in
            SessionAction.allCases.flatMap { action in
                Role.allCases.flatMap { role in
                    Relation.allCases.map {
                        Case(status: status, isDeleted: isDeleted, action: action, role: role, relation: $0)
                    }
                }
            }
        }
    }

    @Test("Every answer is the one that the table in the code gives")
    func walk() async throws {
        try await withShop { shop in
            for place in Self.cases.indices {
                let one = Self.cases[place]
                let (session, caller) = try prepare(one, in: shop)
                let reply = try await perform(one.action, on: session, as: caller, in: shop)
                #expect(reply.status == expected(of: one), "\(one): \(reply.text)")
            }
        }
    }

    /// The status that the table's verdict has over HTTP.
    private func expected(of one: Case) -> Int {
        // A cashier does not see a business that is not theirs; an administrator sees all, none of them as an own.
        if one.role == .cashier && one.relation == .otherBusiness { return 404 }
        let verdict = SessionAction.verdict(
            on: one.action, by: one.role, isOwn: one.relation == .own, status: one.status, isDeleted: one.isDeleted)
        return switch verdict {
        case .notFound: 404
        case .forbidden: 403
        case .wrongState: one.action == .delete ? 204 : 409
        case .allowed: success(of: one.action)
        }
    }

    private func success(of action: SessionAction) -> Int {
        switch action {
        case .handover: 201
        case .delete, .unflag: 204
        default: 200
        }
    }

    /// A session in this state, alone in its business, and who is to act on it.
    private func prepare(_ one: Case, in shop: Shop) throws -> (session: JSON, caller: Person) {
        let caller = one.role == .admin ? shop.administrator : shop.ana
        let business = one.relation == .otherBusiness ? shop.corner : shop.centro
        let cashier =
            switch one.relation {
            case .own: caller
            case .colleagues: shop.bruno
            case .otherBusiness: shop.carla
            }
        let id = try shop.ask(
            """
            with emptied as (
                update cash_sessions
                set is_deleted = true, delete_reason = 'r', deleted_by = '\(caller.id)', deleted_at = now()
                where not is_deleted
                returning 1
            )
            insert into cash_sessions (
                business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
                initial_cash, opened_at, ended_at, closed_at, closed_by, final_cash,
                is_deleted, delete_reason, deleted_by, deleted_at
            )
            select '\(business)', gen_random_uuid(), coalesce(max(session_number), 0) + 1, '\(cashier.id)', '\(cashier.id)',
                '\(one.status.rawValue)', 'PYG', 'America/Asuncion', current_date, 1, now() - interval '1 h',
                \(one.status == .open ? "null" : "now() - interval '1 min'"),
                \(one.status == .closed ? "now(), '\(cashier.id)', 5" : "null, null, null"),
                \(one.isDeleted ? "true, 'r', '\(caller.id)', now()" : "false, null, null, null")
            from cash_sessions where business_id = '\(business)' and (select count(*) from emptied) >= 0
            returning id::text
            """)
        try shop.execute(
            """
            insert into business_counters
            select business_id, max(session_number) from cash_sessions group by business_id
            on conflict (business_id) do update set last_session_number = excluded.last_session_number;
            insert into business_cashiers (business_id, cashier_id)
            values ('\(shop.centro)', '\(shop.administrator.id)'), ('\(shop.corner)', '\(shop.diego.id)')
            on conflict do nothing
            """)
        return (.object(["business_id": .string(business), "id": .string(id ?? "")]), caller)
    }

    private func perform(
        _ action: SessionAction, on session: JSON, as caller: Person, in shop: Shop
    ) async throws -> Reply {
        let path = Person.path(of: session)
        switch action {
        case .view: return try await caller.get(path)
        case .close: return try await caller.close(session)
        case .edit: return try await caller.edit(session, #"{"card_total": 77, "reason": "typo"}"#)
        case .delete: return try await caller.delete(session)
        case .flag: return try await caller.send("PUT", path + "/flag", #"{"reason": "short again"}"#)
        case .unflag: return try await caller.send("DELETE", path + "/flag")
        case .handover:
            let next = try shop.ask(
                """
                select cashier_id::text from business_cashiers as a
                where business_id = '\(session["business_id"].string ?? "")'
                    and not exists (
                        select from cash_sessions as s
                        where s.id = '\(session["id"].string ?? "")' and s.cashier_id = a.cashier_id
                    )
                limit 1
                """)
            return try await caller.change(
                "handover", session, #"{"to_cashier_id": "\#(next ?? shop.bruno.id)", "final_cash": 1}"#)
        case .end, .forceClose, .reopen, .restore:
            return try await caller.change(
                action.rawValue, session, action == .end ? "{}" : #"{"reason": "r"}"#)
        }
    }
}

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
        let session = try shop.placeSession(
            of: cashier, in: business, one.status.rawValue, isDeleted: one.isDeleted)
        try shop.execute(
            """
            insert into business_cashiers (business_id, cashier_id)
            values ('\(shop.centro)', '\(shop.administrator.id)'), ('\(shop.corner)', '\(shop.diego.id)')
            on conflict do nothing
            """)
        return (session, caller)
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

import CashPilot
import TestSupport
import Testing

/// Tries {state × action × role × own, colleague's or another business's × deleted}, and compares every response with
/// the tables below.
@Suite("Permissions on a session")
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

    /// The status of an action in each state.
    private struct Row {
        let open: Int
        let ended: Int
        let closed: Int
        let deleted: Int

        init(_ open: Int, _ ended: Int, _ closed: Int, deleted: Int) {
            (self.open, self.ended, self.closed, self.deleted) = (open, ended, closed, deleted)
        }

        func status(of one: Case) -> Int {
            guard !one.isDeleted else { return deleted }
            return switch one.status {
            case .open: open
            case .ended: ended
            case .closed: closed
            }
        }
    }

    /// An administrator on any session.
    private static let administrators: [SessionAction: Row] = [
        .view: Row(200, 200, 200, deleted: 200),
        .close: Row(200, 200, 409, deleted: 409),
        .end: Row(200, 409, 409, deleted: 409),
        .edit: Row(200, 200, 200, deleted: 409),
        .record: Row(201, 409, 409, deleted: 409),
        .reconcile: Row(200, 200, 200, deleted: 200),
        .handover: Row(201, 409, 409, deleted: 409),
        .forceClose: Row(200, 200, 409, deleted: 409),
        .reopen: Row(409, 200, 200, deleted: 409),
        .delete: Row(204, 204, 204, deleted: 204),
        .restore: Row(409, 409, 409, deleted: 200),
        .flag: Row(200, 200, 200, deleted: 409),
        .unflag: Row(204, 204, 204, deleted: 409),
    ]

    /// A cashier on their own session.
    private static let cashiers: [SessionAction: Row] = [
        .view: Row(200, 200, 200, deleted: 404),
        .close: Row(200, 200, 409, deleted: 404),
        .end: Row(200, 409, 409, deleted: 404),
        .edit: Row(200, 200, 200, deleted: 404),
        .record: Row(201, 409, 409, deleted: 404),
        .reconcile: Row(200, 200, 200, deleted: 404),
        .handover: Row(201, 409, 409, deleted: 404),
        .forceClose: Row(403, 403, 403, deleted: 404),
        .reopen: Row(403, 403, 403, deleted: 404),
        .delete: Row(403, 403, 403, deleted: 404),
        .restore: Row(403, 403, 403, deleted: 404),
        .flag: Row(403, 403, 403, deleted: 404),
        .unflag: Row(403, 403, 403, deleted: 404),
    ]

    @Test("Every action on a session is permitted as the table says, in every state and for every caller")
    func walk() async throws {
        try await withShop { shop in
            for place in Self.cases.indices {
                let one = Self.cases[place]
                let (session, caller) = try prepare(one, in: shop)
                let reply = try await perform(one.action, on: session, as: caller, in: shop)
                #expect(reply.status == Self.expected(of: one), "\(one): \(reply.text)")
            }
        }
    }

    /// `nil` for an action that is not in the tables.
    private static func expected(of one: Case) -> Int? {
        switch (one.role, one.relation) {
        // An administrator has access to all businesses.
        case (.admin, _): administrators[one.action]?.status(of: one)
        case (.cashier, .own): cashiers[one.action]?.status(of: one)
        case (.cashier, .colleagues): 403
        case (.cashier, .otherBusiness): 404
        }
    }

    /// The only session of its business, in this state, and the caller.
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
        case .edit: return try await caller.edit(session, #"{"card_total": 77, "reason": "typing error"}"#)
        case .delete: return try await caller.delete(session)
        case .record: return try await caller.change("movements", session, #"{"type": "CASH_SALE", "amount": 1}"#)
        case .reconcile: return try await caller.get(path + "/reconciliation")
        case .flag: return try await caller.send("PUT", path + "/flag", #"{"reason": "short again"}"#)
        case .unflag: return try await caller.send("DELETE", path + "/flag")
        case .handover:
            let next = try shop.query(
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
                action.rawValue, session, action == .end ? "{}" : #"{"reason": "a mistake"}"#)
        }
    }
}

import CashPilot

/// A trail of one event, for a cashier.
struct ScriptedAuditStore: AuditStore {
    static let event = AuditEvent(
        id: AuditEventID(high: 7, low: 7), business: nil, occurredAt: Sample.openedAt, action: "session.open",
        actor: Sample.ana, actorName: "Ana", cashier: Sample.ana, session: Sample.session, requestID: "r",
        terminal: nil, reason: "a \"reason\"", before: nil, after: #"{"notes": "línea\n\"1\"", "n": [1, 2.50]}"#)

    func events(
        _ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[AuditEvent]>? {
        Authorized(role: .cashier, seesBusiness: true, value: [])
    }

    func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<SessionTrail?>? {
        let trail = SessionTrail(cashier: Sample.ana, isDeleted: false, events: [Self.event])
        return Authorized(
            role: .cashier, seesBusiness: business == Sample.business, value: session == Sample.session ? trail : nil)
    }

    func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<[OpenConflict]>? {
        Authorized(role: .cashier, seesBusiness: business == Sample.business, value: [])
    }
}

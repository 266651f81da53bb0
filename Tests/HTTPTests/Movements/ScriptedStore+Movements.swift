import CashPilot

/// Records movements in memory, in the session of the store. Other tests run the rules on PostgreSQL.
extension ScriptedStore: MovementStore {
    func record(
        _ request: MovementRequest, as id: MovementID, audit: AuditEventID
    ) async throws -> Authorized<RecordAttempt>? {
        try read { state in
            var isNew = false
            if !state.movements.contains(where: { $0.id == id }), state.stored?.status == .open,
                case .entry(let entry) = request.content
            {
                isNew = true
                state.movements.append(
                    Movement(
                        id: id, business: request.business, session: request.session,
                        number: Int32(state.movements.count) + 1, kind: entry.kind, amount: entry.amount,
                        effect: entry.amount, counterpart: entry.counterpart, reference: entry.reference,
                        reason: request.reason, recordedBy: request.caller.id, terminal: request.terminal,
                        occurredAt: entry.occurredAt ?? Sample.openedAt, recordedAt: Sample.openedAt))
            }
            return Authorized(
                role: .cashier, seesBusiness: request.business == Sample.business,
                value: RecordAttempt(
                    isNew: isNew, instant: Sample.openedAt, isCounterpartReady: true, hasRoom: true,
                    movement: state.movements.first { $0.id == id },
                    session: request.session == Sample.session ? state.stored : nil))
        }
    }

    func movement(_ id: MovementID, in business: BusinessID) async throws -> Movement? {
        try read { $0.movements.first { $0.id == id } }
    }

    func movements(
        _ query: MovementQuery, of session: SessionID, in business: BusinessID, after cursor: Cursor<Movement>?,
        limit: Int
    ) async throws -> [Movement] {
        try read { Array($0.movements.reversed().prefix(limit)) }
    }

    func sums(
        of session: SessionID, in business: BusinessID, for caller: Caller
    ) async throws -> Authorized<SummedSession?>? {
        try read { state in
            Authorized(
                role: .cashier, seesBusiness: business == Sample.business,
                value: state.stored.map { SummedSession(session: $0, sums: [], hash: nil, instant: Sample.openedAt) })
        }
    }
}

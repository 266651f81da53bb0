import CashPilot
import HummingbirdCore

/// The session endpoints other than opening, closing and reading.
struct ChangeRoutes {
    let service: SessionChangeService

    /// `POST …/end` → 200, ended; 409 `SESSION_NOT_OPEN`.
    func end(_ request: Request, context: APIContext) async throws -> Response {
        let (target, _) = try await read(request, context) { _ in }
        return try .changed(try await service.end(target))
    }

    /// `POST …/force-close` → 200, closed, counted or not; 409 `SESSION_ALREADY_CLOSED`.
    func forceClose(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, ForceCloseBody.init)
        let closed = try await service.forceClose(target, count: body.count, notes: body.notes, reason: body.reason)
        return try .changed(closed)
    }

    /// `POST …/reopen` → 200, open; 409 `SESSION_ALREADY_OPEN`, `HANDED_OVER`.
    func reopen(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, ReopenBody.init)
        let reopened = try await service.reopen(target, reason: body.reason, acknowledged: body.acknowledged)
        return try .changed(reopened)
    }

    /// `POST …/restore` → 200; 409 `SESSION_ALREADY_OPEN`, `NOT_DELETED`.
    func restore(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, RestoreBody.init)
        let restored = try await service.restore(target, ending: body.ending, reason: body.reason)
        return try .changed(restored)
    }

    /// `POST …/handover` → 201, the new session; 409 `SESSION_ALREADY_OPEN`, `SESSION_NOT_OPEN`.
    func handOver(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, HandoverBody.init)
        let handover = HandoverRequest(
            target: target, recipient: body.recipient, count: body.close.count, notes: body.close.notes)
        return try .changed(try await service.handOver(handover), status: .created)
    }

    /// `PATCH …/sessions/{session_id}` → 200; 403 `EDIT_WINDOW_EXPIRED`; 409 `SESSION_ALREADY_OPEN` for a move,
    /// `HANDED_OVER` for the count of a session that was handed over.
    func edit(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, EditBody.init)
        let edited = try await service.edit(
            target, body.edit, reason: body.reason, acknowledged: body.acknowledged)
        return try .changed(edited)
    }

    /// `DELETE …/sessions/{session_id}` and `POST …/delete` → 204, also if the session is already deleted.
    ///
    /// Some proxies and clients drop the body of a `DELETE`, and with it the reason.
    func delete(_ request: Request, context: APIContext) async throws -> Response {
        let (target, reason) = try await read(request, context, Self.reason)
        return .done(isReplay: try await service.delete(target, reason: reason).isReplay)
    }

    /// `PUT …/flag` → 200.
    func flag(_ request: Request, context: APIContext) async throws -> Response {
        let (target, reason) = try await read(request, context) {
            $0.requiredReason("reason", length: TextLength.evidenceReason)
        }
        return try .changed(try await service.flag(target, reason: reason))
    }

    /// `DELETE …/flag` → 204, also without a flag.
    func unflag(_ request: Request, context: APIContext) async throws -> Response {
        let (target, _) = try await read(request, context) { _ in }
        try await service.unflag(target)
        return .done()
    }

    private static func reason(reading body: inout BodyReader) -> String {
        body.requiredReason("reason", length: TextLength.reason)
    }

    /// Reads a change request. Only a `POST` may have an `Idempotency-Key`.
    private func read<Fields>(
        _ request: Request, _ context: APIContext, _ fields: (inout BodyReader) -> Fields
    ) async throws -> (ChangeTarget, Fields) {
        let (business, session) = (try context.business(), try context.session())
        let (found, key) = try await request.readFields(
            context, keyedBy: request.method == .post ? "\(business) \(session)" : nil, isBodyOptional: true
        ) { fields(&$0) }
        let target = ChangeTarget(
            caller: try context.caller(), business: business, session: session,
            expectedVersions: HeaderReader(request.headers).expectedVersions(), key: key)
        return (target, found)
    }
}

struct RestoreBody {
    private enum Target: String, CaseIterable {
        case open = "OPEN"
        case ended = "ENDED"
    }

    /// Whether to restore an open session as ended.
    let ending: Bool
    let reason: String?

    init(reading body: inout BodyReader) {
        let target = body.field("as", default: Target.open) { $0.choice($1) }
        ending = target == .ended
        reason = body.reason("reason", length: TextLength.reason)
    }
}

struct ReopenBody {
    let reason: String
    /// Whether the caller accepts that the float of the session that took over stays.
    let acknowledged: Bool

    init(reading body: inout BodyReader) {
        reason = body.requiredReason("reason", length: TextLength.evidenceReason)
        acknowledged = body.acknowledgement()
    }
}

/// The body of a forced close. The count is optional.
struct ForceCloseBody {
    let count: CountEntry
    let notes: String?
    let reason: String

    init(reading body: inout BodyReader) {
        reason = body.requiredReason("reason", length: TextLength.reason)
        let finalCash = body.money("final_cash")
        count = CountEntry(reading: &body, finalCash: finalCash)
        notes = body.text("notes", length: TextLength.notes)
    }
}

/// The body of a handover: the next cashier and the count.
struct HandoverBody {
    let recipient: UserID
    let close: CloseBody

    init(reading body: inout BodyReader) {
        recipient = body.requiredID("to_cashier_id")
        close = CloseBody(reading: &body)
    }
}

/// The body of an edit. An absent field does not change, and `null` removes an optional value.
struct EditBody {
    private(set) var edit = SessionEdit()
    let reason: String?
    /// Whether the caller accepts that the float of the session that took over stays.
    let acknowledged: Bool

    init(reading body: inout BodyReader) {
        body.refuseNull(in: [
            "cashier_id", "opened_at", "initial_cash", "final_cash", "card_total", "bank_transfer_total",
            "envelope_amount", "expenses", "credit_sales_total", "credit_payments_collected",
        ])
        edit.cashier = body.id("cashier_id")
        edit.openedAt = body.instant("opened_at")
        edit.initialCash = body.money("initial_cash")
        edit.terminal = body.replacement("terminal_id") { $0.text($1, length: TextLength.terminal) }
        edit.notes = body.replacement("notes") { $0.text($1, length: TextLength.notes) }
        let finalCash = body.money("final_cash")
        edit.count = CountEntry(reading: &body, finalCash: finalCash, clears: true)
        reason = body.reason("reason", length: TextLength.evidenceReason)
        acknowledged = body.acknowledgement()
    }
}

extension BodyReader {
    fileprivate mutating func acknowledgement() -> Bool {
        field("acknowledge_successor", default: false) { $0.flag($1) } ?? false
    }
}

import CashPilot
import HummingbirdCore

/// The session endpoints other than opening, closing and reading.
struct ChangeRoutes {
    let service: SessionChangeService

    /// `POST …/end` → 200, ended; 409 `SESSION_NOT_OPEN`.
    func end(_ request: Request, context: APIContext) async throws -> Response {
        let (target, _) = try await read(request, context) { _ in }
        return try .changed(try await service.end(target), status: .ok)
    }

    /// `POST …/force-close` → 200, closed, counted or not; 409 `SESSION_ALREADY_CLOSED`.
    func forceClose(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, ForceCloseBody.init)
        let closed = try await service.forceClose(target, count: body.count, notes: body.notes, reason: body.reason)
        return try .changed(closed, status: .ok)
    }

    /// `POST …/reopen` → 200, open; 409 `SESSION_ALREADY_OPEN`.
    func reopen(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, ReasonBody.init)
        return try .changed(try await service.reopen(target, reason: body.reason), status: .ok)
    }

    /// `POST …/restore` → 200; 409 `SESSION_ALREADY_OPEN`, `NOT_DELETED`.
    func restore(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, RestoreBody.init)
        let restored = try await service.restore(target, ending: body.ending, reason: body.reason)
        return try .changed(restored, status: .ok)
    }

    /// `POST …/handover` → 201, the new session; 409 `SESSION_ALREADY_OPEN`, `SESSION_NOT_OPEN`.
    func handOver(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, HandoverBody.init)
        let handover = HandoverRequest(
            target: target, recipient: body.recipient, count: body.close.count, notes: body.close.notes)
        return try .changed(try await service.handOver(handover), status: .created)
    }

    /// `PATCH …/sessions/{session_id}` → 200; 403 `EDIT_WINDOW_EXPIRED`; 409 `SESSION_ALREADY_OPEN` for a move.
    func edit(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, EditBody.init)
        return try .changed(try await service.edit(target, body.edit, reason: body.reason), status: .ok)
    }

    /// `DELETE …/sessions/{session_id}` → 204, also if the session is already deleted.
    func delete(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, ReasonBody.init)
        try await service.delete(target, reason: body.reason)
        return .done
    }

    /// `PUT …/flag` → 200.
    func flag(_ request: Request, context: APIContext) async throws -> Response {
        let (target, body) = try await read(request, context, FlagBody.init)
        return try .changed(try await service.flag(target, reason: body.reason), status: .ok)
    }

    /// `DELETE …/flag` → 204, also without a flag.
    func unflag(_ request: Request, context: APIContext) async throws -> Response {
        let (target, _) = try await read(request, context) { _ in }
        try await service.unflag(target)
        return .done
    }

    /// Reads a change request and reports all its errors at once.
    ///
    /// An absent body counts as an empty object. Only a `POST` may have an `Idempotency-Key`.
    private func read<Fields>(
        _ request: Request, _ context: APIContext, _ fields: (inout BodyReader) -> Fields
    ) async throws -> (ChangeTarget, Fields) {
        let (business, session) = (try context.business(), try context.session())
        let bytes = try await request.jsonBytes(context)
        var (headers, body) = (
            HeaderReader(request.headers), try BodyReader(bytes.isEmpty ? Array("{}".utf8) : bytes)
        )
        let key =
            request.method == .post ? headers.idempotencyKey(for: "\(business) \(session)", body: bytes) : nil
        let found = fields(&body)
        try FieldError.check(try QueryReader(request).finish() + headers.faults + body.finish())
        let target = ChangeTarget(
            caller: try context.caller(), business: business, session: session,
            expectedVersions: headers.expectedVersions(), key: key)
        return (target, found)
    }
}

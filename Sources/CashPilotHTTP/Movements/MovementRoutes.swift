import CashPilot
import HTTPTypes
import HummingbirdCore

/// The movements of a session, and its reconciliation.
struct MovementRoutes {
    let service: MovementService

    /// `POST …/movements` → 201; 409 `SESSION_NOT_OPEN`, `MOVEMENT_ID_TAKEN`, `TOO_MANY_MOVEMENTS`.
    func record(_ request: Request, context: APIContext) async throws -> Response {
        let (body, key) = try await read(request, context) { MovementBody(reading: &$0) }
        return try await made(
            request, context, id: body.id, key: key, operation: "session.movement", content: .entry(body.entry),
            reason: body.reason, terminal: body.terminal)
    }

    /// `POST …/movements/{movement_id}/reverse` → 201, the reversal; 409 `MOVEMENT_ALREADY_REVERSED`,
    /// `NOT_REVERSIBLE`.
    func reverse(_ request: Request, context: APIContext) async throws -> Response {
        let original = try context.movement()
        let (body, key) = try await read(request, context) { ReversalBody(reading: &$0) }
        return try await made(
            request, context, id: body.id, key: key, operation: "session.reversal", content: .reversal(of: original),
            reason: body.reason)
    }

    /// `GET …/movements` → 200, a page, newest first.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        var query = try QueryReader(request)
        let filters = MovementQuery(reading: &query)
        let (limit, cursor): (Int, Cursor<Movement>?) = try query.page()
        let page = try await service.list(
            filters, of: session, in: business, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.movement($1) }
    }

    /// `GET …/movements/{movement_id}` → 200.
    func one(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session, movement) = (try context.business(), try context.session(), try context.movement())
        try QueryReader(request).check()
        let found = try await service.movement(movement, of: session, in: business, for: try context.caller())
        return .json(.ok, .revalidated) { $0.movement(found) }
    }

    /// `GET …/reconciliation` → 200; 304 if the caller has this version; 403 `COUNT_FIRST`.
    func reconciliation(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        try QueryReader(request).check()
        let found = try await service.reconciliation(of: session, in: business, for: try context.caller())
        let tag = "\"\(found.session.version).\(found.recorded.movements)\""
        var headers = HTTPFields.revalidated
        headers[.eTag] = tag
        if HeaderReader(request.headers).hasTag(tag) { return Response(status: .notModified, headers: headers) }
        return try .json(.ok, headers) { try $0.reconciliation(found) }
    }

    private func read<Fields>(
        _ request: Request, _ context: APIContext, _ fields: (inout BodyReader) -> Fields
    ) async throws -> (fields: Fields, key: IdempotencyKey?) {
        try await request.readFields(context, keyedBy: "") { fields(&$0) }
    }

    private func made(
        _ request: Request, _ context: APIContext, id: MovementID?, key: IdempotencyKey?, operation: String,
        content: MovementRequest.Content, reason: String?, terminal: String? = nil
    ) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        let caller = try context.caller()
        let named = key.map { MovementID(of: $0, operation: operation, by: caller.id, in: business) }
        let recorded = try await service.record(
            MovementRequest(
                caller: caller, business: business, session: session, id: id ?? named,
                isIDOfKey: id == nil && named != nil, content: content, reason: reason, terminal: terminal,
                expectedVersions: HeaderReader(request.headers).expectedVersions()))
        let path = "/v1/businesses/\(business)/sessions/\(session)/movements/\(recorded.value.movement.id)"
        return .created(recorded, at: path) { $0.movement(recorded.value) }
    }
}

extension MovementID {
    /// The id that an Idempotency-Key names: a UUID version 8 (RFC 9562) from a hash of the key and its scope.
    fileprivate init(of key: IdempotencyKey, operation: String, by user: UserID, in business: BusinessID) {
        var hash = SHA256()
        for part in ["\(business)", "\(user)", operation, key.text] { hash.update(part: part) }
        let bytes = hash.finalize().bytes
        func word(_ place: Int) -> UInt64 { bytes[place..<place + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(
            high: word(0) & 0xffff_ffff_ffff_0fff | 0x8000, low: word(8) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        )
    }
}

extension MovementQuery {
    /// The categories of cash paid in or out.
    private enum Category: String, CaseIterable {
        case creditPayment = "CREDIT_PAYMENT"
        case expense = "EXPENSE"
        case change = "CHANGE"
        case tip = "TIP"
        case transfer = "TRANSFER"
        case other = "OTHER"
    }

    init(reading query: inout QueryReader) {
        self.init()
        name = query.choice("type")
        let category: Category? = query.choice("category")
        self.category = category?.rawValue
        isLate = query.flag("late")
        isReversed = query.flag("reversed")
    }
}

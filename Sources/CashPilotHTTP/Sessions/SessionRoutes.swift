import CashPilot
import HummingbirdCore

/// The session endpoints: they convert HTTP to domain calls and contain no business rules.
///
/// A handler parses the request, calls one method of the domain, and writes the response. It never catches errors.
/// ``API`` turns them into problem documents.
struct SessionRoutes {
    /// `?on_conflict=`: how to handle an existing session. Without it, the open is a conflict.
    private enum OnConflict: String, CaseIterable {
        case resume
    }

    let service: SessionService

    /// `POST …/sessions` → 201; 409 `SESSION_ALREADY_OPEN` contains the existing session; 409 `EXTERNAL_ID_TAKEN`.
    ///
    /// With `?on_conflict=resume`, the response is 200 with the existing session.
    func open(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        let bytes = try await request.jsonBytes(context)
        var (query, headers) = (try QueryReader(request), HeaderReader(request.headers))
        var body = try BodyReader(bytes, key: headers.idempotencyKey())
        let onConflict: OnConflict? = query.choice("on_conflict")
        let caller = try context.caller()
        let fields = OpenBody(reading: &body, caller: caller.id)
        try query.check(headers.faults + body.finish())
        let opening = OpenRequest(
            caller: caller, business: business, cashier: fields.cashier, initialCash: fields.initialCash,
            openedAt: fields.openedAt, terminal: fields.terminal, externalID: fields.externalID,
            notes: fields.notes,
            key: body.idempotencyKey(for: "\(business) \(onConflict?.rawValue ?? "")"))
        let result = try await service.open(opening, resuming: onConflict == .resume)
        switch result.value {
        case .opened(let session): return try .changed(session, status: .created, isReplay: result.isReplay)
        case .resumed(let session): return try .changed(session, status: .ok, isReplay: result.isReplay)
        case .conflict(let conflict): throw DomainError.alreadyOpen(conflict)
        }
    }

    /// `POST …/sessions/{session_id}/close` → 200; 409 `SESSION_ALREADY_CLOSED` contains the figures of the first
    /// close.
    func close(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        let (fields, key) = try await request.readFields(context, keyedBy: "\(business) \(session)") {
            CloseBody(reading: &$0)
        }
        let closing = CloseRequest(
            caller: try context.caller(), business: business, session: session,
            expectedVersions: HeaderReader(request.headers).expectedVersions(), count: fields.count,
            notes: fields.notes, key: key)
        return try .changed(try await service.close(closing))
    }

    /// `GET …/sessions/current` → 200; 404 `NO_OPEN_SESSION`.
    ///
    /// Never 304, because tomorrow's session can have the same version as today's.
    func current(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        var query = try QueryReader(request)
        let cashier: UserID? = query.id("cashier_id")
        try query.check()
        let caller = try context.caller()
        return try .shown(try await service.current(of: cashier ?? caller.id, in: business, for: caller))
    }

    /// `GET …/sessions/{session_id}` → 200; 304 if the caller has this version.
    ///
    /// A session that the time or closed books changed without a new version gets 200, never 304.
    func one(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        try QueryReader(request).check()
        let seen = try await service.session(session, in: business, for: try context.caller())
        if seen.session.isKeptByVersion && HeaderReader(request.headers).hasVersion(seen.session.version) {
            return Response(
                status: .notModified,
                headers: [.eTag: EntityTag.text(seen.session.version), .cacheControl: "private, no-cache"])
        }
        return try .shown(seen)
    }

    /// `GET …/sessions` → 200, a page.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        try await list(request, in: try context.business(), context)
    }

    /// `GET /v1/sessions` → 200, a page of all sessions that the caller may see.
    func listEverywhere(_ request: Request, context: APIContext) async throws -> Response {
        try await list(request, in: nil, context)
    }

    private func list(_ request: Request, in business: BusinessID?, _ context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let filters = SessionQuery(reading: &query)
        let (limit, cursor): (Int, Cursor<Session>?) = try query.page()
        let page = try await service.list(filters, in: business, after: cursor, limit: limit, for: try context.caller())
        return try .page(page, of: query) { json, seen in try json.session(seen) }
    }
}

/// The length limits of session texts, in Unicode scalars. The schema has the same limits.
enum TextLength {
    static let notes = 0...1000
    static let terminal = 1...64
    static let externalID = 1...64
    static let closingTicket = 1...50
    static let reason = 1...500
    /// A reason that others read as evidence: of a correction, a reopen or a flag.
    static let evidenceReason = 5...500
}

struct OpenBody {
    let initialCash: Money
    let cashier: UserID
    let openedAt: Instant?
    let terminal: String?
    let externalID: String?
    let notes: String?

    /// - Parameter caller: the cashier, unless the body names one.
    init(reading body: inout BodyReader, caller: UserID) {
        initialCash = body.requiredMoney("initial_cash")
        cashier = body.field("cashier_id", default: caller) { $0.id($1) } ?? caller
        openedAt = body.instant("opened_at")
        terminal = body.text("terminal_id", length: TextLength.terminal)
        externalID = body.text("external_id", .externalID)
        notes = body.text("notes", length: TextLength.notes)
    }
}

struct CloseBody {
    let count: CountEntry
    let notes: String?

    init(reading body: inout BodyReader) {
        let finalCash = body.requiredMoney("final_cash")
        count = CountEntry(reading: &body, finalCash: finalCash)
        notes = body.text("notes", length: TextLength.notes)
    }
}

extension CountEntry {
    /// Reads the fields that accompany a count. The caller reads the count first, because only some bodies require
    /// one.
    ///
    /// - Parameter clears: whether `null` removes an optional value. Otherwise `null` counts as absent.
    init(reading body: inout BodyReader, finalCash: Money?, clears: Bool = false) {
        self.init(finalCash: finalCash)
        cardTotal = body.money("card_total")
        bankTransferTotal = body.money("bank_transfer_total")
        envelopeAmount = body.money("envelope_amount")
        expenses = body.money("expenses")
        creditSalesTotal = body.money("credit_sales_total")
        creditPaymentsCollected = body.money("credit_payments_collected")
        let declared = body.replacement("declared_cash_sales") { $0.money($1) }
        let ticket = body.replacement("closing_ticket") { $0.text($1, .closingTicket) }
        if clears || declared.value != nil { declaredCashSales = declared }
        if clears || ticket.value != nil { closingTicket = ticket }
    }
}

/// A filter that can only be switched on.
private enum OnlyTrue: String, CaseIterable {
    case `true`
}

extension SessionQuery {
    init(reading query: inout QueryReader) {
        self.init()
        status = query.choice("status")
        cashier = query.id("cashier_id")
        externalID = query.text("external_id", .externalID)
        terminal = query.text("terminal_id", .terminal)
        businessDateFrom = query.date("business_date_from")
        businessDateTo = query.date("business_date_to")
        openedFrom = query.instant("opened_from")
        openedBefore = query.instant("opened_before")
        isStale = query.flag("stale")
        let uncounted: OnlyTrue? = query.choice("uncounted")
        isUncounted = uncounted == .true
        isFlagged = query.flag("flagged")
        needsReview = query.flag("needs_review")
        isDeleted = query.flag("deleted") ?? false
    }
}

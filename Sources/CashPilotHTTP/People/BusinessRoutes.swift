import CashPilot
import HTTPTypes
import HummingbirdCore
import JSON

struct BusinessRoutes {
    let service: BusinessService

    /// `GET /v1/businesses` → 200, a page of the businesses that the caller may see.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<Business>?) = try query.page()
        let page = try await service.businesses(for: .user(try context.caller()), after: cursor, limit: limit)
        return .page(page, of: query) { $0.business($1) }
    }

    /// `POST /v1/businesses` → 201; 409 `NAME_TAKEN`; for administrators.
    func create(_ request: Request, context: APIContext) async throws -> Response {
        let (change, key) = try await request.readFields(context, keyedBy: "") { try await read(&$0, isNew: true) }
        let created = try await service.create(BusinessDraft(change), by: .user(try context.caller()), key: key)
        return .created(created, at: "/v1/businesses/\(created.value.id)") { $0.business(created.value) }
    }

    /// `GET /v1/businesses/{business_id}` → 200.
    func one(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        try QueryReader(request).check()
        let found = try await service.business(business, for: try context.caller())
        return .json(.ok, .revalidated) { $0.business(found) }
    }

    /// `PATCH /v1/businesses/{business_id}` → 200; absent fields do not change.
    func update(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        let (change, _) = try await request.readFields(context) { try await read(&$0, isNew: false) }
        let updated = try await service.update(business, change, by: .user(try context.caller()))
        return .json(.ok, .unstored) { $0.business(updated) }
    }

    /// Reads a body and replaces its time zone with the canonical name. An unknown zone is one of the body's errors.
    private func read(_ body: inout BodyReader, isNew: Bool) async throws -> BusinessChange {
        var change = BusinessChange(reading: &body, isNew: isNew)
        if let name = change.timeZone {
            let canonical = try await service.timeZone(named: name)
            change.timeZone =
                canonical.map { body.accept("time_zone", $0) } ?? body.fail("time_zone", .format, .rule(.timeZone))
        }
        return change
    }
}

extension Response {
    /// 201 with a `Location`, or the replayed result.
    ///
    /// - Parameter path: without the base path.
    static func created<Value>(
        _ created: ChangeResult<Value>, at path: String, _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var headers = HTTPFields.unstored
        headers[.location] = BasePath.prefixed(path)
        if created.isReplay { headers[.idempotentReplayed] = "true" }
        return .json(.created, headers, write)
    }

    /// 204 without content.
    static func done(isReplay: Bool = false) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]
        if isReplay { headers[.idempotentReplayed] = "true" }
        return Response(status: .noContent, headers: headers)
    }
}

extension BusinessChange {
    /// - Parameter isNew: whether name, currency and time zone are required.
    init(reading body: inout BodyReader, isNew: Bool) {
        self.init()
        name = body.text("name", .name, isRequired: isNew)
        currency = body.text("currency", .currency, isRequired: isNew)
        timeZone = body.text("time_zone", .timeZone, isRequired: isNew)
        // Only the creation of a business has a fingerprint.
        let new = BusinessDraft(BusinessChange())
        dayCutoffMinutes = body.field("day_cutoff", default: new.dayCutoffMinutes) { $0.minuteOfDay($1) }
        staleAfterHours = body.field("stale_after_hours", default: new.staleAfterHours) {
            $0.integer($1, in: Business.staleAfterHours)
        }
        editWindowHours = body.field("edit_window_hours", default: new.editWindowHours) {
            $0.integer($1, in: Business.editWindowHours)
        }
        isActive = body.field("is_active", default: new.isActive) { $0.flag($1) }
        isBlind = body.field("blind_count", default: new.isBlind) { $0.flag($1) }
        if !isNew { booksClosedUntil = body.replacement("books_closed_until") { $0.date($1) } }
    }
}

extension BusinessDraft {
    /// A new business. Name, currency and time zone must be set.
    package init(_ fields: BusinessChange) {
        self.init(name: fields.name ?? "", currency: fields.currency ?? "", timeZone: fields.timeZone ?? "")
        dayCutoffMinutes = fields.dayCutoffMinutes ?? dayCutoffMinutes
        staleAfterHours = fields.staleAfterHours ?? staleAfterHours
        editWindowHours = fields.editWindowHours ?? editWindowHours
        isActive = fields.isActive ?? isActive
        isBlind = fields.isBlind ?? isBlind
    }
}

struct CashierRoutes {
    let service: BusinessService

    /// `GET …/cashiers` → 200, a page, newest assignment first. Requires access to the business.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<User>?) = try query.page()
        let page = try await service.cashiers(of: business, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.assignment($1) }
    }

    /// `PUT …/cashiers/{user_id}` → 204; idempotent.
    func assign(_ request: Request, context: APIContext) async throws -> Response {
        let (business, cashier) = (try context.business(), try context.user(at: 1))
        _ = try await request.readFields(context, isBodyOptional: true) { _ in }
        try await service.assign(cashier, to: business, by: .user(try context.caller()))
        return .done()
    }

    /// `DELETE …/cashiers/{user_id}` → 204; 409 `HAS_OPEN_SESSION` contains the session.
    func unassign(_ request: Request, context: APIContext) async throws -> Response {
        let (business, cashier) = (try context.business(), try context.user(at: 1))
        try QueryReader(request).check()
        try await service.unassign(cashier, from: business, by: .user(try context.caller()))
        return .done()
    }
}

extension JSONWriter {
    /// Writes a business's short form, for a list to choose from.
    mutating func summary(of business: Business) { object { $0.members(of: business) } }

    private mutating func members(of business: Business) {
        member("id", business.id)
        member("name", business.name)
        currency(business.currency)
        member("time_zone", business.timeZone)
    }

    mutating func business(_ business: Business) {
        object { json in
            json.members(of: business)
            json.name("day_cutoff")
            json.quoted { text in
                text.append(decimal: Int64(business.dayCutoffMinutes / 60), width: 2)
                text.append(UInt8(ascii: ":"))
                text.append(decimal: Int64(business.dayCutoffMinutes % 60), width: 2)
            }
            json.member("stale_after_hours", Int64(business.staleAfterHours))
            json.member("edit_window_hours", Int64(business.editWindowHours))
            json.member("is_active", business.isActive)
            json.member("books_closed_until", business.booksClosedUntil)
            json.member("blind_count", business.isBlind)
            json.member("created_at", business.createdAt)
        }
    }

    /// Writes a cashier's assignment, without the email address, because colleagues can read it.
    mutating func assignment(_ assignment: Assignment) {
        object { json in
            json.member("id", assignment.cashier)
            json.member("name", assignment.name)
            json.member("is_active", assignment.isActive)
            json.member("assigned_at", assignment.assignedAt)
        }
    }
}

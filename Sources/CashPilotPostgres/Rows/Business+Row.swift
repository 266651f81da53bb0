import CashPilot
import Postgres

extension Business {
    /// Reads the business columns, in the order used by every statement that returns a business.
    ///
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: BusinessID = try columns.optionalID() else { return nil }
        self.init(
            id: id, name: try columns.next(), currency: try columns.next(), timeZone: try columns.next(),
            dayCutoffMinutes: Int(try columns.next(Int32.self)), staleAfterHours: Int(try columns.next(Int32.self)),
            editWindowHours: Int(try columns.next(Int32.self)), isActive: try columns.next(),
            createdAt: try columns.instant())
    }
}

extension Database {
    /// Returns a page of the businesses that a user sees; `nil` as `caller` returns all.
    ///
    /// - Returns: `nil` if the caller is not an active user.
    func businesses(
        for caller: UserID?, after cursor: Cursor<Business>?, limit: Int
    ) async throws(DatabaseError) -> [Business]? {
        let rows = try await list(SQL.businessList, [.optional(caller, Value.id)] + Value.page(after: cursor, limit))
        guard !rows.isEmpty else { return nil }
        var businesses: [Business] = []
        for row in rows {
            var columns = row.reader()
            if let business = try Business(reading: &columns) { businesses.append(business) }
        }
        return businesses
    }
}

extension Value {
    /// The cursor and limit of a page: the last three parameters of the lists of users and businesses.
    static func page<Entity>(after cursor: Cursor<Entity>?, _ limit: Int) -> [Value] {
        [.optional(cursor) { .instant($0.instant) }, .optional(cursor) { .id($0.id) }, .int32(Int32(limit))]
    }

    /// The acting user's id; null for the command line.
    static func actor(_ actor: ChangeActor) -> Value { .optional(actor.id, Value.id) }

    static func requestID(of actor: ChangeActor) -> Value { .optional(actor.requestID, Value.text) }

    static func optional(_ number: Int?) -> Value { .optional(number) { .int32(Int32(clamping: $0)) } }
}

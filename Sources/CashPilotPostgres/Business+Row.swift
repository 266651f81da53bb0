import CashPilot
import Postgres

extension Business {
    /// Reads the business columns: every statement that answers a business ends with these, in this order.
    ///
    /// - Returns: `nil` if they are null: an outer join found none.
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
    /// A page of the businesses that somebody sees, or all for `nil`; no list if they are no active user.
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
    /// Where a page begins and how many it may have: the last three parameters of the lists of people and businesses.
    static func page<Entity>(after cursor: Cursor<Entity>?, _ limit: Int) -> [Value] {
        [.optional(cursor) { .instant($0.instant) }, .optional(cursor) { .id($0.id) }, .int32(Int32(limit))]
    }

    /// Who acts and in which request; both null for the command line.
    static func actor(_ actor: ChangeActor) -> Value { .optional(actor.id, Value.id) }

    static func requestID(of actor: ChangeActor) -> Value { .optional(actor.requestID, Value.text) }

    static func optional(_ number: Int?) -> Value { .optional(number) { .int32(Int32(clamping: $0)) } }
}

import CashPilot
import Postgres

/// People and businesses in PostgreSQL.
package struct PostgresAccountStore: AccountStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func account(email: String) async throws -> Account? {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.userForLogin, [.text(email)]).first?.reader() else {
                return nil
            }
            return Account(
                user: try User(reading: &columns), isActive: try columns.next(), passwordHash: try columns.next())
        }
    }

    package func user(_ id: UserID) async throws -> User? {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.me, [.id(id)]).first?.reader() else { return nil }
            return try User(reading: &columns)
        }
    }

    package func businesses(
        for caller: UserID, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.read(
                SQL.businessList,
                [
                    .id(caller), .optional(cursor) { .instant($0.instant) }, .optional(cursor) { .id($0.id) },
                    .int32(Int32(limit)),
                ])
            guard !rows.isEmpty else { return nil }
            var businesses: [Business] = []
            for row in rows {
                var columns = row.reader()
                if let business = try Business(reading: &columns) { businesses.append(business) }
            }
            return businesses
        }
    }

    package func create(_ user: User, passwordHash: String, audit: AuditEventID) async throws {
        do {
            _ = try await database.write(
                SQL.userCreate,
                [
                    .id(user.id), .text(user.email), .text(user.name), .text(user.role.rawValue),
                    .text(user.locale.rawValue), .text(passwordHash), .id(audit),
                ])
        } catch  where error.violates(Constraint.userEmail) {
            throw Refusal.emailTaken
        } catch {
            throw StoreFault(error)
        }
    }
}

extension User {
    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.id(), email: try columns.next(), name: try columns.next(), role: try columns.next(),
            locale: try columns.next())
    }
}

extension Business {
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: BusinessID = try columns.optionalID() else { return nil }
        self.init(
            id: id, name: try columns.next(), currency: try columns.next(), timeZone: try columns.next(),
            dayCutoffMinutes: Int(try columns.next(Int32.self)), staleAfterHours: Int(try columns.next(Int32.self)),
            editWindowHours: Int(try columns.next(Int32.self)), isActive: try columns.next(),
            createdAt: try columns.instant())
    }
}

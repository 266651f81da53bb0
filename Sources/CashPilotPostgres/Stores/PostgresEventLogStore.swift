import CashPilot
import Postgres

/// The event log in PostgreSQL, which assigns the positions: `sql/migrations/0008_event_feed.sql`.
package struct PostgresEventLogStore: EventLogStore {
    /// The `LISTEN` channel on which PostgreSQL announces new events.
    package static let channel = "event_feed"

    private let database: Database

    package init(database: Database) { self.database = database }

    package func events(after position: Int64?, limit: Int, for caller: Caller) async throws -> EventLogPage? {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.eventList, [.caller(caller), .optional(position, Value.int64), .int32(Int32(limit))])
            guard var caller = rows.first?.reader() else { return nil }
            let role = try caller.next(Role.self)
            let (first, head) = (try caller.next(Int64.self), try caller.next(Int64.self))
            let events = try rows.items(from: 3, as: EventLogEntry.init(reading:))
            return EventLogPage(events: events, first: first, head: head, limit: limit, role: role)
        }
    }

    package func news(after position: Int64?, limit: Int) async throws -> EventLogNews {
        try await withStoreErrors {
            let rows = try await database.read(
                SQL.eventLogNews, [.optional(position, Value.int64), .int32(Int32(limit))])
            var head: (position: Int64, isWaiting: Bool) = (0, false)
            var cashiers: Set<UserID> = []
            for row in rows {
                var columns = row.reader()
                head = (try columns.next(), try columns.next())
                if let cashier: UserID = try columns.optionalID() { cashiers.insert(cashier) }
            }
            return EventLogNews(position: head.position, isWaiting: head.isWaiting, cashiers: cashiers)
        }
    }

    /// Deletes up to 500 of the oldest events from the log. The last event and all audit events stay.
    ///
    /// - Returns: the number of deleted rows.
    package func deleteEvents(olderThan days: Int) async throws -> Int {
        try await withStoreErrors { try await database.write(SQL.eventLogPurge, [.int32(Int32(days))]).affected }
    }

    package func place(limit: Int) async throws -> Int? {
        try await withStoreErrors {
            try await database.write(SQL.eventPlace, [.int32(Int32(limit))]).first { columns throws(DatabaseError) in
                try columns.nextOptional(Int32.self).map(Int.init)
            }
        }
    }
}

extension EventLogEntry {
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let position = try columns.nextOptional(Int64.self) else { return nil }
        let business: BusinessID = try columns.id()
        self.init(
            position: position, id: try columns.id(), occurredAt: try columns.instant(), action: try columns.next(),
            business: business, session: try columns.id(), cashier: try columns.id(),
            actor: try columns.optionalID(), actorName: try columns.nextOptional())
    }
}

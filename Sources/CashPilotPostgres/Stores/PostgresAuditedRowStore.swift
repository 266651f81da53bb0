import CashPilot
import Postgres

/// Compares audited rows with their events. PostgreSQL compares: `sql/migrations/0021_verified_rows.sql`.
package struct PostgresAuditedRowStore: AuditedRowStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func compare(
        _ table: AuditedTable, of business: BusinessID?, after key: AuditedRowKey, limit: Int
    ) async throws -> ComparedStretch {
        try await withStoreErrors {
            let stretch: [Value] = [
                .optional(business, Value.id), .id(key.business), .id(key.id), .int32(Int32(limit)),
            ]
            let rows =
                table == .movements
                ? try await database.list(SQL.auditMovementsCheck, stretch)
                : try await database.list(SQL.auditRowsCheck, [.text(table.rawValue)] + stretch)
            var first = try rows.one()
            let (count, notCovered) = (Int(try first.next(Int64.self)), Int(try first.next(Int64.self)))
            let last = try AuditedRowKey(reading: &first)
            let differences = try rows.items(from: 4) { columns throws(DatabaseError) -> RowDifference? in
                guard let key = try AuditedRowKey(reading: &columns) else { return nil }
                return RowDifference(
                    try columns.next(), in: table, at: key, column: try columns.nextOptional(),
                    expected: try columns.nextOptional(), actual: try columns.nextOptional())
            }
            return ComparedStretch(count: count, notCovered: notCovered, last: last, differences: differences)
        }
    }
}

extension AuditedRowKey {
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        let (business, id): (BusinessID?, AuditedRowID?) = (try columns.optionalID(), try columns.optionalID())
        guard let business, let id else { return nil }
        self.init(business: business, id: id)
    }
}

extension RowDifference.Kind: ColumnValue {}

/// A table whose rows are verified.
package enum AuditedTable: String, Sendable, CaseIterable {
    case users
    case businesses
    case assignments = "business_cashiers"
    case credentials
    case sessions = "cash_sessions"
    /// Compared with the sums in the rows of their sessions, and with their chains of hashes. The key is the session's.
    case movements
}

/// The place of an audited row in the order of verification.
package struct AuditedRowKey: Sendable, Equatable {
    /// The zero id for a row without a business.
    package let business: BusinessID
    /// The id of the row; for an assignment, the cashier's.
    package let id: AuditedRowID

    /// The key before the first row.
    package static let start = AuditedRowKey(
        business: BusinessID(high: 0, low: 0), id: AuditedRowID(high: 0, low: 0))

    package init(business: BusinessID, id: AuditedRowID) {
        self.business = business
        self.id = id
    }
}

package typealias AuditedRowID = ID<AuditedRowKey>

/// A difference between an audited row and the state that its audit events imply.
package struct RowDifference: Sendable, Equatable {
    /// The command line prints the raw values.
    package enum Kind: String, Sendable {
        /// A column differs from the value that the events imply.
        case different = "DIFFERENT"
        /// No event created the row.
        case noEvent = "NO_EVENT"
        /// The row is missing, but no event removed it.
        case rowMissing = "ROW_MISSING"
    }

    package let kind: Kind
    package let table: AuditedTable
    package let key: AuditedRowKey
    /// Null unless the kind is ``Kind/different``, as for the two that follow.
    package let column: String?
    /// As JSON; `nil` if the events imply no single value.
    package let expected: String?
    /// As JSON.
    package let actual: String?

    package init(
        _ kind: Kind, in table: AuditedTable, at key: AuditedRowKey, column: String?, expected: String?, actual: String?
    ) {
        self.kind = kind
        self.table = table
        self.key = key
        self.column = column
        self.expected = expected
        self.actual = actual
    }
}

/// The result of ``AuditedRowStore/compare(_:of:after:limit:)``.
package struct ComparedStretch: Sendable {
    package let count: Int
    /// The number of columns that no event names, such as a column that a later version added.
    package let notCovered: Int
    /// The last row of the stretch; `nil` if the stretch is empty.
    package let last: AuditedRowKey?
    package let differences: [RowDifference]

    package init(count: Int, notCovered: Int, last: AuditedRowKey?, differences: [RowDifference]) {
        self.count = count
        self.notCovered = notCovered
        self.last = last
        self.differences = differences
    }
}

/// Compares audited rows with their audit events.
package protocol AuditedRowStore: Sendable {
    /// Compares up to `limit` rows after `key` in one statement, so that a row and its events have one snapshot.
    ///
    /// - Throws: ``StoreError`` if the store fails.
    func compare(_ table: AuditedTable, of business: BusinessID?, after key: AuditedRowKey, limit: Int)
        async throws -> ComparedStretch
}

/// Compares every audited row with the state that its audit events imply.
///
/// It reads one stretch at a time, without locks or a long snapshot, so it can run while sessions are in use.
package struct RowVerifier: Sendable {
    /// The result for one table.
    package struct Report: Sendable {
        package let table: AuditedTable
        package internal(set) var rows = 0
        package internal(set) var notCovered = 0
        /// The number of differences, also of those that are not in ``differences``.
        package internal(set) var differenceCount = 0
        /// The first ``RowVerifier/differencesMax`` differences, in order of key.
        package internal(set) var differences: [RowDifference] = []
    }

    /// The maximum number of differences in a report.
    package static let differencesMax = 100

    private let store: any AuditedRowStore
    private let onProgress: @Sendable (Int) -> Void

    /// - Parameter onProgress: called after each statement with the number of rows it read.
    package init(store: any AuditedRowStore, onProgress: @escaping @Sendable (Int) -> Void) {
        self.store = store
        self.onProgress = onProgress
    }

    /// Verifies every row, or the rows of one business.
    package func verify(only business: BusinessID?) async throws -> [Report] {
        var reports: [Report] = []
        for table in AuditedTable.allCases { reports.append(try await report(of: table, in: business)) }
        return reports
    }

    private func report(of table: AuditedTable, in business: BusinessID?) async throws -> Report {
        var report = Report(table: table)
        var key = AuditedRowKey.start
        while true {
            let stretch = try await store.compare(table, of: business, after: key, limit: AuditVerifier.stretchMax)
            report.rows += stretch.count
            report.notCovered += stretch.notCovered
            report.differenceCount += stretch.differences.count
            report.differences += stretch.differences.prefix(Self.differencesMax - report.differences.count)
            onProgress(stretch.count)
            guard let last = stretch.last else { return report }
            key = last
        }
    }
}

import Synchronization
import Testing

@testable import CashPilot

@Suite("Comparing audited rows with their events")
struct RowVerifierTests {
    @Test("Every table is read in stretches until its last row, and a report has the first differences only")
    func stretches() async throws {
        let store = NumberedRowStore(rows: AuditVerifier.stretchMax * 2 + 500)
        let progress = Mutex(0)
        let reports = try await RowVerifier(store: store) { count in progress.withLock { $0 += count } }
            .verify(only: nil)
        #expect(reports.map(\.table) == AuditedTable.allCases)
        for report in reports {
            #expect(report.rows == store.rows)
            #expect(report.notCovered == 3)
            #expect(report.differenceCount == store.rows)
            #expect(report.differences.map(\.key.id) == (1...RowVerifier.differencesMax).map(NumberedRowStore.id))
        }
        #expect(progress.withLock { $0 } == store.rows * AuditedTable.allCases.count)
    }
}

/// Rows with the ids 1, 2, …, each with a difference.
private struct NumberedRowStore: AuditedRowStore {
    let rows: Int

    static func id(_ number: Int) -> AuditedRowID { AuditedRowID(high: 0, low: UInt64(number)) }

    func compare(
        _ table: AuditedTable, of business: BusinessID?, after key: AuditedRowKey, limit: Int
    ) async throws -> ComparedStretch {
        let numbers = (1...rows).filter { UInt64($0) > key.id.low }.prefix(limit)
        let keys = numbers.map { AuditedRowKey(business: key.business, id: Self.id($0)) }
        return ComparedStretch(
            count: keys.count, notCovered: keys.isEmpty ? 0 : 1, last: keys.last,
            differences: keys.map {
                RowDifference(.noEvent, in: table, at: $0, column: nil, expected: nil, actual: nil)
            })
    }
}

import Foundation

/// `make test-partitioned` runs all tests with `cash_sessions` in hash partitions.
package enum Partitions {
    package static let areOn = ProcessInfo.processInfo.environment["CASHPILOT_TEST_PARTITIONED"] == "1"

    /// Partitions `cash_sessions` of a migrated database with the operators' script.
    ///
    /// - Returns: the output of the script.
    @discardableResult
    package static func make(in database: String, count: Int = 4) async throws -> String {
        try await Shell.output(
            #"exec psql "$1" --no-psqlrc --set partitions="$3" --file "$2""#,
            [database, Repository.root.appending(path: "sql/operations/partition_sessions.sql").path, "\(count)"])
    }
}

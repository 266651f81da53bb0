import CashPilotPostgres
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The statements fit the schema", .droppedDatabases)
struct StatementTests {
    @Test("Every query can be prepared, and its header has the types of its parameters", arguments: SQL.all)
    func header(statement: Statement) async throws {
        let connection = try await Schema.migrated()
        try connection.execute("prepare tested as \(statement.text)")
        let types = try #require(
            try connection.text(
                "select array_to_string(parameter_types, ',') from pg_prepared_statements where name = 'tested'"))
        #expect(statement.documentedTypes == types.split(separator: ",").map(String.init))
    }
}

extension Statement {
    /// From the lines `-- $1 uuid  caller`: two spaces end the type.
    fileprivate var documentedTypes: [String] {
        text.split(separator: "\n").compactMap { line in
            guard let match = line.wholeMatch(of: #/-- \$\d+ (?<type>.+?)(  .+)?/#) else { return nil }
            return String(match.type)
        }
    }
}

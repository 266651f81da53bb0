import CashPilotPostgres
import Foundation
import Testing

@Suite("The SQL files keep the house's rules")
struct SQLFileTests {
    private func queries() throws -> [Project.File] { try Project.files(in: "sql/queries", ending: ".sql") }
    private func fragments() throws -> [Project.File] { try Project.files(in: "sql/fragments", ending: ".sql") }

    @Test("A query is one statement, says what it does and what it returns, and ends with a semicolon")
    func oneStatement() throws {
        for file in try queries() + Project.files(in: "sql/schema_migrations", ending: ".sql") {
            #expect(file.text.hasPrefix("-- "), "\(file.path)")
            #expect(file.text.hasSuffix(";\n"), "\(file.path)")
            #expect(file.text.count(where: { $0 == ";" }) - file.commentSemicolons == 1, "\(file.path)")
            let rows = #/(?m)^-- Returns (nothing|no row|one row|at least one row)\b/#
            #expect(file.text.contains(rows), "\(file.path) does not say how many rows it returns")
        }
    }

    @Test("SQL is written in lower case, within 120 columns")
    func style() throws {
        let shouted =
            /\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|CREATE|TABLE|INDEX|NOT NULL|DEFAULT|VALUES|RETURNING)\b/
        for file in try queries() + fragments() + Project.files(in: "sql/migrations", ending: ".sql")
            + Project.files(in: "sql/schema_migrations", ending: ".sql")
            + Project.files(in: "sql/operations", ending: ".sql")
        {
            for (index, line) in file.lines.enumerated() {
                let code = line.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
                #expect(code.firstMatch(of: shouted) == nil, "\(file.path):\(index + 1)")
                #expect(line.count <= 120, "\(file.path):\(index + 1)")
            }
        }
    }

    @Test("No query spells out the session columns, or other lines of a fragment, instead of including the fragment")
    func pastedFragments() throws {
        for fragment in try fragments() {
            let code = fragment.code
            // Six lines in a row. A query may have a shorter part of a list, such as an account's first columns.
            let length = min(6, code.count)
            guard length > 0 else { continue }
            for file in try queries() {
                let lines = file.code
                for start in 0...(code.count - length) {
                    let isPasted = lines.contains(Array(code[start..<start + length]))
                    #expect(!isPasted, "\(file.path) repeats lines of \(fragment.path): \(code[start])")
                }
            }
        }
    }

    @Test("A fragment says what it is, and at least two files include it")
    func usedFragments() throws {
        let files = try queries() + fragments()
        for fragment in try fragments() {
            #expect(fragment.text.hasPrefix("-- "), "\(fragment.path)")
            let count = files.count(where: { $0.includes.contains(fragment.stem) })
            #expect(count > 1, "\(fragment.path) is included by \(count)")
        }
    }

    @Test("The constraints that the service tells apart are in the schema")
    func constraints() throws {
        let schema = try Project.file("sql/schema.sql").text
        for name in [
            Constraint.oneOpenSession, Constraint.sessionID, Constraint.userID, Constraint.businessID,
            Constraint.idempotencyKey, Constraint.userEmail, Constraint.businessName, Constraint.externalID,
        ] {
            #expect(schema.contains(name), "\(name)")
        }
    }

    @Test("The one-open index has the plan's name, columns and predicate, and a way down")
    func theIndex() throws {
        let migration = try Project.file("sql/migrations/0002_one_open_session.sql").text
        #expect(
            migration.contains(
                """
                create unique index concurrently if not exists uq_cash_sessions_one_open_per_cashier_business
                    on cash_sessions (cashier_id, business_id)
                    where status = 'OPEN' and is_deleted = false;
                """))
        #expect(migration.contains("-- migrate:down"))
    }

    @Test("The program carries exactly the files of sql/")
    func embedded() throws {
        #expect(SQL.all.map(\.name) == (try queries()).map { $0.stem })
        for statement in SQL.all { #expect(!statement.text.contains("-- include "), "\(statement.name)") }
        let migrations = try Project.files(in: "sql/migrations", ending: ".sql")
        #expect(Migrations.files.map(\.name) == migrations.map { "\($0.stem).sql" })
    }
}

extension Project.File {
    fileprivate var stem: String { URL(filePath: path).deletingPathExtension().lastPathComponent }

    fileprivate var commentSemicolons: Int {
        lines.filter { $0.drop(while: { $0 == " " }).hasPrefix("--") }.joined().count(where: { $0 == ";" })
    }

    /// The lines without comments, empty lines and indentation.
    fileprivate var code: [Substring] {
        lines.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty && !$0.hasPrefix("--") }
    }

    /// The names of the fragments that it includes.
    fileprivate var includes: Set<String> {
        Set(text.matches(of: #/(?m)^ *-- include (\w+)$/#).map { String($0.1) })
    }
}

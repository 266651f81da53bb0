import CashPilotPostgres
import Foundation
import Testing

@Suite("The SQL files keep the house's rules")
struct SQLFileTests {
    private func queries() throws -> [Project.File] { try Project.files(in: "sql/queries", ending: ".sql") }

    @Test("A query is one statement, says what it does, and ends with a semicolon")
    func oneStatement() throws {
        for file in try queries() {
            #expect(file.text.hasPrefix("-- "), "\(file.path)")
            #expect(file.text.hasSuffix(";\n"), "\(file.path)")
            #expect(file.text.count(where: { $0 == ";" }) - file.commentSemicolons == 1, "\(file.path)")
            #expect(file.text.contains("-- Answers "), "\(file.path) does not say what it answers")
        }
    }

    @Test("SQL is written in lower case, within 120 columns")
    func style() throws {
        let shouted =
            /\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|CREATE|TABLE|INDEX|NOT NULL|DEFAULT|VALUES|RETURNING)\b/
        for file in try queries() + Project.files(in: "sql/migrations", ending: ".sql")
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

    @Test("Every statement that answers a session ends with the same columns in the same order")
    func sessionColumns() throws {
        let answering = try queries().filter { $0.text.contains("    s.session_number,\n    s.business_id,") }
        #expect(answering.count == 12)
        let first = try #require(answering.first?.sessionColumns)
        #expect(first.count == 35)
        for file in answering { #expect(file.sessionColumns == first, "\(file.path)") }
    }

    @Test("The constraints that the service tells apart are in the schema")
    func constraints() throws {
        let schema = try Project.file("sql/schema.sql").text
        for name in [
            Constraint.oneOpenSession, Constraint.sessionID, Constraint.userID, Constraint.businessID,
            Constraint.idempotencyKey, Constraint.userEmail, Constraint.businessName,
        ] {
            #expect(schema.contains(name), "\(name)")
        }
    }

    @Test("The guard has the plan's name, columns and predicate, and a way down")
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
        let migrations = try Project.files(in: "sql/migrations", ending: ".sql")
        #expect(Migrations.files.map(\.name) == migrations.map { "\($0.stem).sql" })
    }
}

extension Project.File {
    fileprivate var stem: String { URL(filePath: path).deletingPathExtension().lastPathComponent }

    fileprivate var commentSemicolons: Int {
        lines.filter { $0.drop(while: { $0 == " " }).hasPrefix("--") }.joined().count(where: { $0 == ";" })
    }

    /// The names from `id` to `version`, whatever each is computed from.
    fileprivate var sessionColumns: [Substring] {
        guard let start = lines.lastIndex(of: "    s.id,"), let end = lines.lastIndex(of: "    s.version") else {
            return []
        }
        return lines[start...end].map { line in
            let name = line.split(separator: " ").last ?? ""
            return name.split(separator: ".").last.map { $0.filter { $0 != "," }[...] } ?? name
        }
    }
}

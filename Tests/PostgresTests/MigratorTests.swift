import Postgres
import Synchronization
import TestSupport
import Testing

extension ServerTests {
    @Suite("Migrations")
    struct MigratorTests {
        private static let files = [
            (
                name: "0002_stock.sql",
                text:
                    "-- migrate:up\nalter table items add stock int;\n-- migrate:down\nalter table items drop stock;\n"
            ),
            (
                name: "0001_items.sql",
                text: "-- Items.\n-- migrate:up\ncreate table items (id int);\n-- migrate:down\ndrop table items;\n"
            ),
            (
                name: "0003_index.sql",
                text: """
                -- migrate:up transaction:false
                create index concurrently ix_items on items (id);
                create index concurrently ix_items_stock on items (stock);
                -- migrate:down transaction:false
                drop index concurrently ix_items_stock;
                drop index concurrently ix_items;
                """
            ),
        ]

        private func migrator(
            _ string: String, _ files: [(name: String, text: String)] = files, lockWait: Duration = .seconds(60)
        ) throws -> Migrator {
            try Migrator(.patient(string), files: files, lockWait: lockWait)
        }

        private func withEmptyDatabase(_ body: (String) async throws -> Void) async throws {
            try await PostgresServer.shared().withDatabase(body)
        }

        /// Whether a table or index is there.
        private func exists(_ name: String, _ string: String) throws -> Bool {
            var reader = try connect(string).query("select to_regclass($1::text) is not null", [.text(name)])[0]
                .reader()
            return try reader.next(Bool.self)
        }

        private func error(_ work: () async throws -> Void) async -> String? {
            do {
                try await work()
                return nil
            } catch {
                return "\(error)"
            }
        }

        @Test("Up applies what is pending in order, down takes back the newest, status tells")
        func upAndDown() async throws {
            try await withEmptyDatabase { string in
                let migrator = try migrator(string)
                #expect(try await migrator.status().map(\.state) == [.pending, .pending, .pending])
                #expect(try exists("schema_migrations", string) == false)
                #expect(try await migrator.up(to: "0001") == ["0001"])
                #expect(try await migrator.up() == ["0002", "0003"])
                #expect(try await migrator.up() == [])
                let statuses = try await migrator.status()
                #expect(statuses.map(\.state) == [.applied, .applied, .applied])
                #expect(statuses.map(\.name) == ["items", "stock", "index"])
                #expect(statuses.allSatisfy { $0.appliedAt != nil })
                #expect(try exists("ix_items_stock", string))
                #expect(try await migrator.down(steps: 2) == ["0003", "0002"])
                #expect(try exists("ix_items", string) == false)
                #expect(try await migrator.status().map(\.state) == [.applied, .pending, .pending])
                #expect(try await migrator.up() == ["0002", "0003"])
                #expect(migrator.latestVersion == "0003")
            }
        }

        @Test("Twenty runners at once apply everything once")
        func twentyRunners() async throws {
            try await withEmptyDatabase { string in
                let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                    for _ in 0..<20 { group.addTask { try await migrator(string).up() } }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(applied.sorted() == ["0001", "0002", "0003"])
            }
        }

        @Test("A file that changed after it was applied is refused by name")
        func changedFile() async throws {
            try await withEmptyDatabase { string in
                try await migrator(string).up(to: "0001")
                var files = Self.files
                files[1].text += "-- a thought\n"
                let changed = try migrator(string, files)
                #expect(try await changed.status().map(\.state) == [.changed, .pending, .pending])
                let refusal = await error { try await changed.up() }
                #expect(refusal == "0001_items is applied, but its file has changed since")
            }
        }

        @Test("A database that is ahead of the program, or has a gap, is refused")
        func strangeHistory() async throws {
            try await withEmptyDatabase { string in
                try await migrator(string).up()
                let older = try migrator(string, Array(Self.files[0...1]))
                #expect(try await older.status().map(\.state) == [.applied, .applied, .unknown])
                let refusal = await error { try await older.up() }
                #expect(refusal == "0003_index is applied, but this program does not know it; use a newer one")
                try connect(string).execute("delete from schema_migrations where version = '0002'")
                let gap = await error { try await migrator(string).up() }
                #expect(gap == "0002_stock is not applied, but the later 0003_index is")
            }
        }

        @Test("A migration that fails leaves nothing half done, and its error names file and line")
        func failingMigration() async throws {
            let text = """
                -- migrate:up
                create table half (id int);

                insert into half
                values (1),
                    (nonsense);
                """
            try await withEmptyDatabase { string in
                let migrator = try migrator(string, Self.files + [("0004_half.sql", text)])
                let failure = await error { try await migrator.up() }
                #expect(failure == "0004_half.sql:6: 42703 column \"nonsense\" does not exist")
                #expect(try exists("half", string) == false)
                #expect(try await migrator.status().map(\.state) == [.applied, .applied, .applied, .pending])
            }
        }

        @Test("Without a transaction, what came before the fault stays and the migration stays pending")
        func failingWithoutTransaction() async throws {
            let text = "-- migrate:up transaction:false\ncreate table half (id int);\nselect 1 / 0;\n"
            try await withEmptyDatabase { string in
                let migrator = try migrator(string, [("0001_half.sql", text)])
                let failure = await error { try await migrator.up() }
                #expect(failure == "0001_half.sql:3: 22012 division by zero")
                #expect(try exists("half", string))
                #expect(try await migrator.status().map(\.state) == [.pending])
            }
        }

        @Test("What a migration reports with raise is passed on with its file, PostgreSQL's own notices are not")
        func reports() async throws {
            let text = """
                -- migrate:up
                drop table if exists missing;
                do $$ begin raise notice '% rows stay', 3; end $$;
                -- migrate:down
                do $$ begin raise warning 'gone'; end $$;
                """
            try await withEmptyDatabase { string in
                let reports = Mutex<[String]>([])
                let migrator = try Migrator(.patient(string), files: [("0001_report.sql", text)]) { report in
                    reports.withLock { $0.append(report) }
                }
                try await migrator.up()
                #expect(reports.withLock { $0 } == ["0001_report.sql: 3 rows stay"])
                try await migrator.down()
                #expect(reports.withLock { $0.last } == "0001_report.sql: gone")
            }
        }

        @Test("A migration that ends its own transaction is refused")
        func ownCommit() async throws {
            try await withEmptyDatabase { string in
                let migrator = try migrator(
                    string, [("0001_sly.sql", "-- migrate:up\ncreate table sly ();\ncommit;\n")])
                let failure = await error { try await migrator.up() }
                #expect(failure == "0001_sly.sql: it ended the transaction that it was run in")
            }
        }

        @Test("Another runner is waited for, but not for ever")
        func lock() async throws {
            try await withEmptyDatabase { string in
                let other = try connect(string)
                try other.execute("select pg_advisory_lock(x'636173686D696772'::bigint)")
                let failure = await error { try await migrator(string, lockWait: .milliseconds(200)).up() }
                #expect(failure?.hasPrefix("another migration has been running") == true)
            }
        }

        @Test(
            "A malformed file is refused with the line that is wrong",
            arguments: [
                ("items.sql", "-- migrate:up\n", "items.sql: the name must be like 0001_what_it_does.sql"),
                ("0001_a.sql", "-- nothing\n", "0001_a.sql: there is no -- migrate:up"),
                ("0001_a.sql", "-- a\nselect 1;\n-- migrate:up\n", "0001_a.sql:2: there is SQL before -- migrate:up"),
                ("0001_a.sql", "-- migrate:up\n-- migrate:up\n", "0001_a.sql:2: this directive is unknown or repeated"),
                ("0001_a.sql", "-- migrate:up fast\n", "0001_a.sql:1: this directive is unknown or repeated"),
            ])
        func malformed(file: String, text: String, message: String) async {
            let refusal = await error { _ = try migrator("", [(file, text)]) }
            #expect(refusal == message)
        }

        @Test("Two files of one version, or versions of different length, are refused")
        func versions() async {
            let text = "-- migrate:up\n"
            let twice = await error { _ = try migrator("", [("0001_a.sql", text), ("0001_b.sql", text)]) }
            #expect(twice?.hasSuffix("has the same version") == true)
            let lengths = await error { _ = try migrator("", [("0001_a.sql", text), ("002_b.sql", text)]) }
            #expect(lengths == "002_b.sql: its version is not as long as that of 0001_a.sql")
        }
    }
}

import ArgumentParser
import CashPilot
import CashPilotHTTP
import CashPilotPostgres
import Glibc
import Synchronization

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify and archive the audit trail.",
        subcommands: [Verify.self, Archive.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify that no audit event was altered, and that audited rows are as their events say.",
            discussion: """
                Recomputes every seal and prints the head of each business's chain. Keep the heads outside the \
                database: with --expect-head, a later run verifies that the chains still contain them. Counts the \
                events that `cashpilot user erase` redacted. Compares every session, user, business, assignment and \
                credential with the state that its audit events imply. Changes nothing, and can run while tills work. \
                A chain whose start was archived is verified from there on; with all files of `cashpilot audit \
                archive` in --archive, from its first event. Exit status 0 if all is intact. 2 if it is not, if an \
                event has waited for its seal for more than a minute, or if nothing was checked. 1 if the \
                verification could not be completed.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print the findings as JSON.") var json = false
        @Option(help: "Verify only this business.") var business: BusinessID?
        @Option(help: "A head that an earlier run printed. Repeatable.") var expectHead: [AuditHead] = []
        @Option(
            parsing: .upToNextOption,
            help: "All files of `cashpilot audit archive`, in the order of their export.")
        var archive: [String] = []

        func validate() throws {
            guard archive.isEmpty || business == nil else {
                throw ValidationError("--archive and --business exclude each other.")
            }
        }

        func run() async throws {
            var output = AuditOutput(isJSON: json)
            let progress = AuditProgress()
            let files = try archive.map(ArchiveFile.init(reading:))
            let (archived, reports, rows) = try await withDatabase(flags.configuration()) { database in
                let store = PostgresAuditChainStore(database: database)
                var archived = ArchiveVerifier(store: store, expecting: expectHead, onProgress: progress.add)
                var fault: AuditError?
                for file in files where fault == nil { fault = try await file.verify(by: &archived) }
                let verifier = AuditVerifier(store: store, onProgress: progress.add)
                var reports: [AuditVerifier.Report] = []
                try await verifier.verify(
                    only: business, expecting: archived.unproven, archives: files.isEmpty ? nil : archived.heads
                ) { reports.append($0) }
                let rows = RowVerifier(
                    store: PostgresAuditedRowStore(database: database), onProgress: progress.add)
                let archive = AuditOutput.Archive(
                    events: archived.events, redacted: archived.redacted, fault: fault)
                return (archive, reports, try await rows.verify(only: business))
            }
            progress.finish()
            if !files.isEmpty { output.add(archived) }
            for report in reports { output.add(report) }
            for report in rows { output.add(report) }
            try output.finish()
            if !output.isSound { throw ExitCode(2) }
        }
    }
}

extension AuditCommand {
    struct Archive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write old audit events to a file, and remove them from the database.",
            discussion: """
                Archives the events that were sealed before DATE began, in UTC. The file has one JSON object per line, \
                and its last lines have the head of each chain up to which events were removed. Removes events only \
                after the file is on the disk and was read back and verified. Sealed events with the state of each \
                audited row replace them, so `cashpilot audit verify` still succeeds. Also deletes the removed events \
                from the event log. If it was interrupted, repeat it with the same options. Without --yes, it only \
                shows what it would archive. The login must be a member of \(PostgresAuditChainStore.role).
                """)

        /// Younger events are still needed to investigate a complaint.
        private static let ageMin: Int32 = 30

        @OptionGroup var flags: DatabaseFlags
        @OptionGroup var confirmation: Confirmation
        @Option(help: "The first day whose events stay, such as 2026-01-01. At least 30 days ago.")
        var before: CivilDate
        @Option(help: "The file to write. If it exists, the command removes the events that it has.") var out: String
        @Flag(help: "Print the result as JSON.") var json = false

        func run() async throws {
            var configuration = try flags.configuration()
            configuration.role = PostgresAuditChainStore.role
            let removed = try await withDatabase(configuration) { database in
                let store = PostgresAuditChainStore(database: database)
                let facts = try await store.databaseFacts()
                guard facts.day.daysSince1970 - before.daysSince1970 >= Self.ageMin else {
                    throw CommandError(
                        description: """
                            --before \(before): must be at least \(Self.ageMin) days ago; nothing was changed
                            """)
                }
                let removed = try await archive(in: store, database: facts.name)
                await sealEvents(in: database)
                return removed
            }
            let result = JSONTree.object(["file": .string(out), "removed": .integer(Int64(removed))])
            print(json ? result.json : "Removed \(removed) audit events. \(out) has them; keep it.")
        }

        private func archive(in store: PostgresAuditChainStore, database: String) async throws -> Int {
            if access(out, F_OK) == 0 {
                let file = try ArchiveFile(reading: out)
                guard file.before == before else {
                    throw CommandError(
                        description: "\(out) was written with --before \(file.before); nothing was changed")
                }
                try confirmation.require("would remove the events of \(out): \(file.events)", on: database)
            } else {
                var ranges: [ArchivedRange] = []
                while let range = try await store.range(after: ranges.last?.business, sealedBefore: before) {
                    ranges.append(range)
                }
                let events = ranges.reduce(0) { $0 + $1.last.position - $1.firstPosition + 1 }
                guard events > 0 else {
                    throw CommandError(description: "no audit event was sealed before \(before); nothing was changed")
                }
                try confirmation.require(
                    "would write audit events to \(out) and remove them: \(events), of \(ranges.count) chains",
                    on: database)
                try await ArchiveFile.write(ranges, before: before, to: out) { range, position in
                    try await store.lines(
                        of: range.business, after: position, upTo: range.last.position, limit: Self.batchMax)
                }
            }
            // What is on the disk decides what is removed, also right after the export.
            return try await remove(try ArchiveFile(reading: out), from: store)
        }

        /// The maximum number of events in a statement, and so in a transaction.
        private static let batchMax = 1_000

        private func remove(_ file: ArchiveFile, from store: PostgresAuditChainStore) async throws -> Int {
            var links: [BusinessID: ChainLink] = [:]
            for range in file.ranges where range.firstPosition > 1 {
                let position = range.firstPosition - 1
                links[range.business] = try await store.hash(at: position, of: range.business)
                    .map { ChainLink(position: position, hash: $0) }
            }
            var verifier = ArchiveVerifier(store: store, continuing: links, onProgress: { _ in })
            if let fault = try await file.verify(by: &verifier) {
                throw CommandError(
                    description: """
                        \(out): business \(fault.business) position \(fault.position ?? 0): \(fault.kind.rawValue); \
                        nothing was removed
                        """)
            }
            // Positions are the same in every database, so the chain here must have the hash of the file.
            for range in file.ranges {
                guard try await store.hash(at: range.last.position, of: range.business) == range.last.hash else {
                    throw CommandError(
                        description: "\(out) is not of this database: business \(range.business); nothing was removed")
                }
            }
            // Before their audit events, because the log reads these.
            while try await store.trimEventLog(sealedBefore: before, limit: Self.batchMax) > 0 {}
            var removed = 0
            for range in file.ranges {
                while case let count = try await store.remove(range, file: file.sha256, limit: Self.batchMax),
                    count > 0
                {
                    removed += count
                }
            }
            return removed
        }
    }
}

extension CivilDate: ExpressibleByArgument {
    package init?(argument: String) { self.init(iso: argument) }
}

extension AuditHead: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument[...]) }
}

/// Shows the progress of a long verification, only if standard error is a terminal.
final class AuditProgress: Sendable {
    private struct State: Sendable {
        var rows = 0
        var shownAt: ContinuousClock.Instant?
    }

    /// A shorter verification shows no progress.
    private static let patience = Duration.seconds(1)
    private static let pause = Duration.milliseconds(200)

    private let start = ContinuousClock.now
    private let isTerminal = isatty(2) == 1
    private let state = Mutex(State())

    func add(_ rows: Int) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            state.rows += rows
            guard now - start > Self.patience, now - (state.shownAt ?? start) > Self.pause else { return }
            state.shownAt = now
            System.say("\r\(state.rows) rows verified")
        }
    }

    /// Clears the progress line for the next output.
    func finish() {
        state.withLock { state in
            if state.shownAt != nil { System.say("\r\u{1B}[K") }
        }
    }
}

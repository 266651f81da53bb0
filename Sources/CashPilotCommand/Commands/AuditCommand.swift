import ArgumentParser
import CashPilot
import CashPilotPostgres
import Glibc
import Synchronization

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify the audit trail.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify that no audit event was altered or removed, or name the first that was.",
            discussion: """
                Recomputes every seal and prints the head of each business's chain. Keep the heads outside the \
                database: with --expect-head, a later run verifies that the chains still contain them. Counts the \
                events that `cashpilot user erase` redacted. Changes \
                nothing, and can run while tills work. Exit status 0 if the trail is intact, 2 if it is not, 1 if the \
                verification could not be completed.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print the findings as JSON.") var json = false
        @Option(help: "Verify only this business.") var business: BusinessID?
        @Option(help: "A head that an earlier run printed. Repeatable.") var expectHead: [AuditHead] = []

        func run() async throws {
            var output = AuditOutput(isJSON: json)
            let progress = AuditProgress()
            let reports = try await withDatabase(flags.configuration()) { database in
                let verifier = AuditVerifier(
                    store: PostgresAuditChainStore(database: database), onProgress: progress.add)
                var reports: [AuditVerifier.Report] = []
                try await verifier.verify(only: business, expecting: expectHead) { reports.append($0) }
                return reports
            }
            progress.finish()
            for report in reports { output.add(report) }
            try output.finish()
            if !output.isSound { throw ExitCode(2) }
        }
    }
}

extension AuditHead: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument[...]) }
}

/// Prints a verification: one line for each finding, or one JSON object for all.
struct AuditOutput {
    private struct Business: Encodable {
        let business_id: String
        let head: String?
        let events_sealed: Int
        let events_redacted: Int
        let events_waiting: Int
    }

    private struct Fault: Encodable {
        let code: String
        let business_id: String
        let position: Int64?
        let event_id: String?
        let message: String
    }

    private struct Document: Encodable {
        var sound = true
        var events_sealed = 0
        var events_redacted = 0
        var events_waiting = 0
        var businesses: [Business] = []
        var faults: [Fault] = []
    }

    private let isJSON: Bool
    private var count = 0
    private var document = Document()

    init(isJSON: Bool) { self.isJSON = isJSON }

    var isSound: Bool { document.sound }

    mutating func add(_ report: AuditVerifier.Report) {
        count += 1
        document.events_sealed += report.sealed
        document.events_redacted += report.redacted
        document.events_waiting += report.waiting
        let fault = report.fault.map { fault in
            Fault(
                code: fault.kind.rawValue, business_id: "\(fault.business)", position: fault.position,
                event_id: fault.event.map { "\($0)" }, message: fault.kind.message)
        }
        if fault != nil { document.sound = false }
        guard isJSON else { return show(report.head, fault) }
        document.businesses.append(
            Business(
                business_id: "\(report.business)", head: report.head.map { "\($0)" }, events_sealed: report.sealed,
                events_redacted: report.redacted, events_waiting: report.waiting))
        if let fault { document.faults.append(fault) }
    }

    private func show(_ head: AuditHead?, _ fault: Fault?) {
        if let head { print("head \(head)") }
        guard let fault else { return }
        let position = fault.position.map { " position \($0)" } ?? ""
        let event = fault.event_id.map { " event \($0)" } ?? ""
        print("BAD  business \(fault.business_id)\(position)\(event): \(fault.code): \(fault.message)")
    }

    func finish() throws {
        guard !isJSON else { return print(try JSONTree.indented(document)) }
        print("Chains: \(count). Seals verified: \(document.events_sealed).", terminator: " ")
        print("Events without a seal yet: \(document.events_waiting).", terminator: " ")
        print("Events redacted by an erasure: \(document.events_redacted).")
        print(isSound ? "Nothing was altered or removed." : "The audit trail was altered: see the BAD lines.")
    }
}

extension AuditError.Kind {
    fileprivate var message: String {
        switch self {
        case .altered: "the event or its seal was changed"
        case .eventMissing: "the event was removed, but its seal exists"
        case .sealMissing: "the seal was removed, alone or with all later seals"
        case .headMissing: "the chain's row in audit_heads was removed"
        case .headMismatch: "the last seal differs from the chain's row in audit_heads"
        case .neverSealed: "the event has no seal and is not queued for one"
        case .unexpectedHead: "the chain does not contain the expected head"
        }
    }
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

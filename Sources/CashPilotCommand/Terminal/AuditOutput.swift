import CashPilot

/// Prints a verification: one line for each finding, or one JSON object for all.
///
/// A verification that checked nothing is not sound: it may have been run on the wrong database or business.
struct AuditOutput {
    private struct Business: Encodable {
        let business_id: String
        let head: String?
        let events_sealed: Int
        let events_redacted: Int
        let events_waiting: Int
        let oldest_waiting_seconds: Int?
    }

    private struct Rows: Encodable {
        let table: String
        let checked: Int
        let columns_not_covered: Int
        let differences: Int
    }

    private struct Difference: Encodable {
        let code: String
        let table: String
        let business_id: String?
        let id: String
        let column: String?
        /// As JSON text, as for the one that follows.
        let expected: String?
        let actual: String?
    }

    private struct Fault: Encodable {
        let code: String
        let business_id: String
        let position: Int64?
        let event_id: String?
        let message: String

        init(_ fault: AuditError) {
            code = fault.kind.rawValue
            business_id = "\(fault.business)"
            position = fault.position
            event_id = fault.event.map { "\($0)" }
            message = fault.kind.message
        }
    }

    /// The result of the verification of all archive files.
    struct Archive: Sendable {
        let events: Int
        let redacted: Int
        let fault: AuditError?
    }

    private struct Document: Encodable {
        var sound = true
        var events_archived = 0
        var events_sealed = 0
        var events_redacted = 0
        var events_waiting = 0
        var oldest_waiting_seconds: Int?
        var rows_checked = 0
        var differences_count = 0
        var businesses: [Business] = []
        var faults: [Fault] = []
        var tables: [Rows] = []
        var differences: [Difference] = []
    }

    private let isJSON: Bool
    private var count = 0
    private var document = Document()

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Whether something was checked, and nothing is wrong.
    var isSound: Bool { document.sound && !isEmpty }
    private var isEmpty: Bool { document.events_sealed + document.events_waiting + document.rows_checked == 0 }

    mutating func add(_ report: AuditVerifier.Report) {
        count += 1
        document.events_sealed += report.sealed
        document.events_redacted += report.redacted
        document.events_waiting += report.waiting
        document.oldest_waiting_seconds =
            [document.oldest_waiting_seconds, report.waitingSeconds].compactMap { $0 }.max()
        let fault = report.fault.map(Fault.init)
        if fault != nil { document.sound = false }
        guard isJSON else { return show(report.head, fault) }
        document.businesses.append(
            Business(
                business_id: "\(report.business)", head: report.head.map { "\($0)" }, events_sealed: report.sealed,
                events_redacted: report.redacted, events_waiting: report.waiting,
                oldest_waiting_seconds: report.waitingSeconds))
        if let fault { document.faults.append(fault) }
    }

    mutating func add(_ archive: Archive) {
        document.events_archived += archive.events
        document.events_redacted += archive.redacted
        guard let fault = archive.fault.map(Fault.init) else { return }
        document.sound = false
        guard isJSON else { return show(nil, fault) }
        document.faults.append(fault)
    }

    mutating func add(_ report: RowVerifier.Report) {
        document.rows_checked += report.rows
        document.differences_count += report.differenceCount
        if report.differenceCount > 0 { document.sound = false }
        document.tables.append(
            Rows(
                table: report.table.rawValue, checked: report.rows, columns_not_covered: report.notCovered,
                differences: report.differenceCount))
        for difference in report.differences { add(difference) }
        guard !isJSON, report.differenceCount > report.differences.count else { return }
        print("BAD  \(report.differenceCount - report.differences.count) more differences in \(report.table.rawValue)")
    }

    private mutating func add(_ difference: RowDifference) {
        let business = difference.key.business == AuditedRowKey.start.business ? nil : "\(difference.key.business)"
        guard isJSON else {
            let place = business.map { " business \($0)" } ?? ""
            let values = difference.column.map { column in
                " column \(column): expected \(difference.expected ?? "another value"),"
                    + " actual \(difference.actual ?? "")"
            }
            print(
                "BAD  \(difference.table.rawValue)\(place) id \(difference.key.id)\(values ?? ""):",
                "\(difference.kind.rawValue): \(difference.message)")
            return
        }
        document.differences.append(
            Difference(
                code: difference.kind.rawValue, table: difference.table.rawValue, business_id: business,
                id: "\(difference.key.id)", column: difference.column, expected: difference.expected,
                actual: difference.actual))
    }

    private func show(_ head: AuditHead?, _ fault: Fault?) {
        if let head { print("head \(head)") }
        guard let fault else { return }
        let position = fault.position.map { " position \($0)" } ?? ""
        let event = fault.event_id.map { " event \($0)" } ?? ""
        print("BAD  business \(fault.business_id)\(position)\(event): \(fault.code): \(fault.message)")
    }

    mutating func finish() throws {
        document.sound = isSound
        guard !isJSON else { return print(try JSONTree.indented(document)) }
        if document.events_archived > 0 { print("Archived events verified: \(document.events_archived).") }
        print("Chains: \(count). Seals verified: \(document.events_sealed).", terminator: " ")
        let age = document.oldest_waiting_seconds.map { " (the oldest for \($0) s)" } ?? ""
        print("Events without a seal yet: \(document.events_waiting)\(age).", terminator: " ")
        print("Events redacted by an erasure: \(document.events_redacted).")
        let notCovered = document.tables.reduce(0) { $0 + $1.columns_not_covered }
        print("Rows compared with their events: \(document.rows_checked).", terminator: " ")
        print("Differences: \(document.differences_count).")
        if notCovered > 0 { print("Values that no event has, of columns that were added later: \(notCovered).") }
        if isEmpty {
            print("Nothing was checked: there is no audit event and no audited row. Is this the right database?")
        } else {
            print(isSound ? "Nothing was altered or removed." : "Something was altered or removed: see the BAD lines.")
        }
    }
}

extension RowDifference {
    fileprivate var message: String {
        guard table != .movements else { return "the movements and the session's row do not agree" }
        return switch kind {
        case .different: "the row was changed without an audit event"
        case .noEvent: "no audit event created the row"
        case .rowMissing: "the row was removed without an audit event"
        }
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
        case .unsealed: "an event has waited for its seal for more than a minute; a running service seals events"
        case .unexpectedHead: "the chain does not contain the expected head"
        case .archivedHead: "the expected head was archived: verify it with --archive and all archive files"
        case .archiveMissing: "events were archived from here on, but no file in --archive has them"
        }
    }
}

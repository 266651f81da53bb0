import CashPilot
import FoundationEssentials

/// Prints a verification: one line for each finding, or one JSON object for all.
struct AuditOutput {
    private struct Business: Encodable {
        let business_id: String
        let head: String?
        let events_sealed: Int
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
        var events_waiting = 0
        var businesses: [Business] = []
        var faults: [Fault] = []
    }

    private let isJSON: Bool
    private var count = 0
    private var document = Document()

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Whether the verification has found no error so far.
    var isSound: Bool { document.sound }

    mutating func add(_ report: AuditVerifier.Report) {
        count += 1
        document.events_sealed += report.sealed
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
                events_waiting: report.waiting))
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
        guard !isJSON else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return print(String(decoding: try encoder.encode(document), as: UTF8.self))
        }
        print("Chains: \(count). Seals verified: \(document.events_sealed).", terminator: " ")
        print("Events without a seal yet: \(document.events_waiting).")
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

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
        print("Chains: \(count). Seals looked at: \(document.events_sealed).", terminator: " ")
        print("Waiting for their seal: \(document.events_waiting).")
        print(isSound ? "Nothing was altered or removed." : "The audit trail is not what it was.")
    }
}

extension AuditError.Kind {
    fileprivate var message: String {
        switch self {
        case .altered: "the event, or its seal, is not what was sealed"
        case .eventMissing: "the event was removed, its seal stands"
        case .sealMissing: "the seal was removed, alone or with all behind it"
        case .headMissing: "the head was removed, which says where the seals end"
        case .headMismatch: "the seals do not end where the head says"
        case .neverSealed: "the event has no seal and does not wait for one"
        case .unexpectedHead: "the chain does not have the head that was expected"
        }
    }
}

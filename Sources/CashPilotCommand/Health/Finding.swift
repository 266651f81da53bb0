/// The result of one health check.
struct Finding: Encodable {
    enum Level: String, Encodable {
        case ok
        /// Worth knowing. The service still works.
        case warning
        case fault
    }

    let name: String
    let level: Level
    let finding: String
    /// The consequence of the finding; `nil` if the check passed.
    let meaning: String?
    /// How to repair it, usually a command; `nil` if the check passed.
    let mend: String?

    static func ok(_ name: String, _ finding: String) -> Finding {
        Finding(name: name, level: .ok, finding: finding, meaning: nil, mend: nil)
    }

    static func warning(_ name: String, _ finding: String, meaning: String, mend: String) -> Finding {
        Finding(name: name, level: .warning, finding: finding, meaning: meaning, mend: mend)
    }

    static func fault(_ name: String, _ finding: String, meaning: String, mend: String) -> Finding {
        Finding(name: name, level: .fault, finding: finding, meaning: meaning, mend: mend)
    }
}

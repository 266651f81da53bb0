/// One thing that `doctor` looked at.
struct Finding: Encodable {
    enum Level: String, Encodable {
        case ok
        /// Worth knowing; the service does its work.
        case warning
        case fault
    }

    let name: String
    let level: Level
    let finding: String
    /// What follows from it; `nil` if all is well.
    let meaning: String?
    /// What mends it, mostly a command.
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

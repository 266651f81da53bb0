import FoundationEssentials

/// Reads settings and gathers every fault, so that one start tells all that is wrong.
struct SettingReader {
    private let flags: [String: String]
    private let environment: [String: String]
    private(set) var faults: [String] = []

    /// - Parameter flags: by setting name. They win over the environment. An empty value counts as absent.
    init(flags: [String: String], environment: [String: String]) {
        self.flags = flags.filter { !$0.value.isEmpty }
        self.environment = environment.filter { !$0.value.isEmpty }
    }

    /// What was said, or the default.
    func text(_ setting: Setting) -> String? {
        flags[setting.name] ?? environment[setting.name] ?? setting.fallback
    }

    mutating func required(_ setting: Setting) -> String {
        if let text = text(setting) { return text }
        faults.append("\(setting.name) is not set: \(setting.accepts)")
        return ""
    }

    /// A whole number within `range`. A bad one is a fault, never silently the default.
    mutating func integer(_ setting: Setting, in range: ClosedRange<Int>) -> Int {
        let text = text(setting) ?? ""
        guard let value = Int(text), range.contains(value) else {
            fault(setting, text)
            return range.lowerBound
        }
        return value
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ setting: Setting, fallback: Choice
    ) -> Choice {
        let text = text(setting) ?? ""
        if let choice = Choice(rawValue: text) { return choice }
        fault(setting, text)
        return fallback
    }

    /// The secret itself, or what its file holds.
    mutating func secret(_ setting: Setting, orFile file: Setting, bytesMin: Int) -> String {
        var secret = text(setting) ?? ""
        if secret.isEmpty, let path = text(file) {
            guard let contents = try? String(contentsOfFile: path, encoding: .utf8) else {
                faults.append("\(file.name) cannot be read as UTF-8 text: \(path)")
                return ""
            }
            secret = contents.trimmingCharacters { $0.isWhitespace }
        }
        if secret.isEmpty {
            faults.append("\(setting.name) is not set: \(setting.accepts), or its path in \(file.name)")
        } else if secret.utf8.count < bytesMin {
            faults.append("\(setting.name) has \(secret.utf8.count) bytes: \(setting.accepts) are needed")
        }
        return secret
    }

    mutating func require(_ condition: Bool, _ fault: @autoclosure () -> String) {
        if !condition { faults.append(fault()) }
    }

    private mutating func fault(_ setting: Setting, _ text: String) {
        let shown = setting.isSecret ? "" : " \"\(text)\""
        faults.append("\(setting.name)\(shown) is not accepted: \(setting.accepts)")
    }
}

/// Everything that is wrong with the settings.
struct SettingFaults: Error, CustomStringConvertible {
    let faults: [String]

    var description: String {
        (["The configuration has \(faults.count == 1 ? "a fault" : "\(faults.count) faults"):"]
            + faults.map { "  " + $0 })
            .joined(separator: "\n")
    }
}

extension String {
    fileprivate func trimmingCharacters(where isTrimmed: (Character) -> Bool) -> String {
        String(drop(while: isTrimmed).reversed().drop(while: isTrimmed).reversed())
    }
}

import CashPilotHTTP
import FoundationEssentials
import HTTPServer

/// Reads settings and collects all errors, so that one start reports them together.
struct SettingReader {
    private let flags: [String: String]
    private let environment: [String: String]
    /// The names of settings that are explicitly empty.
    private let emptied: Set<String>
    private(set) var faults: [String] = []

    /// - Parameter flags: take precedence over the environment. An empty value counts as absent.
    init(
        flags: [(Setting, String?)], environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let flags = Dictionary(flags.map { ($0.name, $1) }) { $1 }.compactMapValues { $0 }
        self.flags = flags.filter { !$0.value.isEmpty }
        self.environment = environment.filter { !$0.value.isEmpty }
        emptied = Set(environment.merging(flags) { _, flag in flag }.filter { $0.value.isEmpty }.keys)
    }

    /// Returns the result of `read` for the given settings.
    ///
    /// - Throws: ``SettingErrors`` with all errors in the settings.
    static func read<Value>(flags: [(Setting, String?)], _ read: (inout SettingReader) -> Value) throws -> Value {
        var reader = SettingReader(flags: flags)
        let value = read(&reader)
        guard reader.faults.isEmpty else { throw SettingErrors(faults: reader.faults) }
        return value
    }

    /// The given value, or the default.
    func text(_ setting: Setting) -> String? {
        if setting.mayBeEmpty, emptied.contains(setting.name) { return nil }
        return flags[setting.name] ?? environment[setting.name] ?? setting.fallback
    }

    /// Reads a database identifier that needs no quotes; `nil` if the setting is empty.
    mutating func identifier(_ setting: Setting) -> String? {
        guard text(setting) != nil else { return nil }
        return read(setting) { (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isIdentifierByte) ? $0 : nil }
    }

    mutating func required(_ setting: Setting) -> String {
        if let text = text(setting) { return text }
        faults.append("\(setting.name) is not set: expected \(setting.accepts)")
        return ""
    }

    /// Reads a required text, from the setting or from its file.
    mutating func required(_ setting: Setting, orFile file: Setting) -> String {
        let text = contents(setting, orFile: file)
        if text?.isEmpty ?? false { faults.append("\(setting.name) is not set: expected \(setting.accepts)") }
        return text ?? ""
    }

    /// Reads an integer within `range`. An invalid value is an error and never becomes the default.
    mutating func integer(_ setting: Setting, in range: ClosedRange<Int>) -> Int {
        read(setting) { Int($0).flatMap { range.contains($0) ? $0 : nil } } ?? range.lowerBound
    }

    /// Reads a number from 0 to 1.
    mutating func ratio(_ setting: Setting) -> Double {
        read(setting) { Double($0).flatMap { (0...1).contains($0) ? $0 : nil } } ?? 0
    }

    /// Reads an HTTP URL without user, query and fragment. `nil` if it is absent or invalid.
    mutating func url(_ setting: Setting) -> URL? {
        guard let text = text(setting) else { return nil }
        guard let url = URL(string: text, encodingInvalidCharacters: false),
            ["http", "https"].contains(url.scheme), url.host?.isEmpty == false, (1...65_535).contains(url.port ?? 80),
            url.user == nil, url.query == nil, url.fragment == nil
        else {
            // The error omits the value, which may contain a password.
            faults.append("\(setting.name) is invalid: expected \(setting.accepts)")
            return nil
        }
        return url
    }

    mutating func choice<Choice: RawRepresentable<String>>(_ setting: Setting, fallback: Choice) -> Choice {
        read(setting) { Choice(rawValue: $0) } ?? fallback
    }

    mutating func proxies(_ setting: Setting) -> TrustedProxies {
        text(setting) == nil ? TrustedProxies() : read(setting) { TrustedProxies($0) } ?? TrustedProxies()
    }

    mutating func origins(_ setting: Setting) -> CrossOrigin {
        text(setting) == nil ? CrossOrigin() : read(setting) { CrossOrigin($0) } ?? CrossOrigin()
    }

    mutating func basePath(_ setting: Setting) -> BasePath {
        text(setting) == nil ? BasePath() : read(setting) { BasePath($0) } ?? BasePath()
    }

    /// The trimmed value of a setting or its file; `nil` if the file is unreadable.
    private mutating func contents(_ setting: Setting, orFile file: Setting) -> String? {
        if let text = text(setting) { return text }
        guard let path = text(file) else { return "" }
        guard let contents = try? String(contentsOfFile: path, encoding: .utf8) else {
            faults.append("\(file.name) cannot be read as UTF-8 text: \(path)")
            return nil
        }
        return contents.trimmingCharacters { $0.isWhitespace }
    }

    mutating func require(_ condition: Bool, _ fault: @autoclosure () -> String) {
        if !condition { faults.append(fault()) }
    }

    /// Converts the text of a setting. A text that `convert` does not accept is an error.
    private mutating func read<Value>(_ setting: Setting, _ convert: (String) -> Value?) -> Value? {
        let text = text(setting) ?? ""
        if let value = convert(text) { return value }
        let shown = setting.isSecret ? "" : " \"\(text)\""
        faults.append("\(setting.name)\(shown) is invalid: expected \(setting.accepts)")
        return nil
    }
}

struct SettingErrors: Error, CustomStringConvertible {
    let faults: [String]

    var description: String {
        (["The configuration has \(faults.count == 1 ? "1 error" : "\(faults.count) errors"):"]
            + faults.map { "  " + $0 })
            .joined(separator: "\n")
    }
}

extension UInt8 {
    fileprivate var isIdentifierByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension String {
    fileprivate func trimmingCharacters(where isTrimmed: (Character) -> Bool) -> String {
        String(drop(while: isTrimmed).reversed().drop(while: isTrimmed).reversed())
    }
}

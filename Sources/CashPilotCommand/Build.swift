/// What this program is.
enum Build {
    /// The newest version that CHANGELOG.md tells of, which this is, or is to be.
    static let version = "0.1.0"

    /// What it was built from, as `scripts/build` noted it; `unknown` otherwise.
    static let commit: String = {
        let text = EmbeddedCommit.text ?? ""
        let line = text.split(separator: "\n").first.map(String.init) ?? ""
        return line.isEmpty ? "unknown" : line
    }()

    /// The compiler's version, as far as a program can tell.
    static let swift: String = {
        #if compiler(>=6.5)
            return "6.5 or newer"
        #elseif compiler(>=6.4)
            return "6.4"
        #else
            return "6.3"
        #endif
    }()

    /// - Parameter number: as libpq gives it: 150018 is 15.18.
    static func libpq(_ number: Int) -> String { "\(number / 10_000).\(number % 10_000)" }
}

/// The version of this program and of its parts.
enum Build {
    /// The newest version in CHANGELOG.md, released or in preparation.
    static let version = "0.1.0"

    /// The commit of the build, as recorded by `scripts/build`; otherwise `unknown`.
    static let commit: String = {
        let text = EmbeddedCommit.text ?? ""
        let line = text.split(separator: "\n").first.map(String.init) ?? ""
        return line.isEmpty ? "unknown" : line
    }()

    /// The compiler's version, as far as conditional compilation shows it.
    static let swift: String = {
        #if compiler(>=6.5)
            return "6.5 or newer"
        #elseif compiler(>=6.4)
            return "6.4"
        #else
            return "6.3"
        #endif
    }()

    /// - Parameter number: the version number from libpq: 150018 is 15.18.
    static func libpq(_ number: Int) -> String { "\(number / 10_000).\(number % 10_000)" }
}

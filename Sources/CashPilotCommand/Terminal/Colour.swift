import Glibc

/// A colour from the terminal's palette.
enum Colour: Int {
    case red = 31, green, yellow

    /// Whether standard output is a terminal and `NO_COLOR` is empty or unset (https://no-color.org).
    static let isShown =
        isatty(1) == 1 && getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
        && getenv("TERM").map { String(cString: $0) != "dumb" } ?? true

    /// The text in this colour if colours are enabled, otherwise unchanged.
    func paint(_ text: String) -> String { Self.isShown ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text }
}

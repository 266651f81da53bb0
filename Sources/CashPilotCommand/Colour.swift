import Glibc

/// A colour of the terminal's own.
enum Colour: Int {
    case red = 31, green, yellow

    /// Whether standard output shows colours: it is a terminal, and nobody said no (https://no-color.org).
    static let isShown =
        isatty(1) == 1 && getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
        && getenv("TERM").map { String(cString: $0) != "dumb" } ?? true

    /// The text in this colour, if colours are shown.
    func paint(_ text: String) -> String { Self.isShown ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text }
}

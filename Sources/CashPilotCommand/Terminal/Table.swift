import CashPilot
import Glibc

enum Table {
    /// Aligns the columns, two spaces apart. Control characters become `?`, because names come from users.
    static func text(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(plain) }
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let isLast = column == row.count - 1
                return isLast ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func plain(_ cell: String) -> String {
        String(
            String.UnicodeScalarView(cell.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}

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

extension Instant {
    /// RFC 3339 in UTC.
    var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

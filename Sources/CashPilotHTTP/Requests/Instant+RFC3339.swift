import CashPilot

extension Instant {
    /// The range of times that clients may send: the years 1970 to 9999.
    static let accepted = Instant(milliseconds: 0)...Instant(milliseconds: 253_402_300_799_999)

    /// Parses RFC 3339 with any offset. It accepts up to nine fraction digits, of which three count.
    ///
    /// The result is `nil` for anything else, including leap seconds, which the server's clock never shows.
    init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.take("T", or: "t") else { return nil }
        guard let hour = scanner.number(digits: 2, upTo: 23), scanner.take(":"),
            let minute = scanner.number(digits: 2, upTo: 59), scanner.take(":"),
            let second = scanner.number(digits: 2, upTo: 59)
        else { return nil }
        var millisecond = 0
        if scanner.take(".") {
            guard let fraction = scanner.milliseconds() else { return nil }
            millisecond = fraction
        }
        guard let offset = scanner.offsetMinutes(), scanner.isAtEnd else { return nil }
        let minutes = Int64(date.daysSince1970) * 1440 + Int64(hour * 60 + minute - offset)
        self.init(milliseconds: (minutes * 60 + Int64(second)) * 1000 + Int64(millisecond))
    }
}

extension CivilDate {
    /// Parses `YYYY-MM-DD`; `nil` for anything else, and for dates that do not exist.
    package init?(iso text: String) {
        var scanner = DigitScanner(text)
        guard let date = scanner.date(), scanner.isAtEnd else { return nil }
        self = date
    }
}

/// Reads fixed-width numbers and separators from a text, from left to right.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ sign: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard let first = rest.first, first == sign.value || first == (other ?? sign).value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int, upTo max: Int) -> Int? {
        var number = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number <= max ? number : nil
    }

    mutating func date() -> CivilDate? {
        guard let year = number(digits: 4, upTo: 9999), take("-"), let month = number(digits: 2, upTo: 12), take("-"),
            let day = number(digits: 2, upTo: 31)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Reads one to nine fraction digits of a second.
    mutating func milliseconds() -> Int? {
        var milliseconds = 0
        var count = 0
        while let digit = digit() {
            if count < 3 { milliseconds = milliseconds * 10 + digit }
            count += 1
        }
        guard (1...9).contains(count) else { return nil }
        return milliseconds * [100, 10, 1][min(count, 3) - 1]
    }

    /// Reads the offset from UTC in minutes: `Z` is 0.
    mutating func offsetMinutes() -> Int? {
        if take("Z", or: "z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hour = number(digits: 2, upTo: 23), take(":"), let minute = number(digits: 2, upTo: 59)
        else { return nil }
        return sign * (hour * 60 + minute)
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, byte.isDigit else { return nil }
        rest.removeFirst()
        return Int(byte - UInt8(ascii: "0"))
    }
}

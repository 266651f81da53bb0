import CashPilot
import Synchronization

/// The `Date` header of responses (RFC 9110, section 5.6.7), formatted once a second.
final class HTTPDate: Sendable {
    private let now: @Sendable () -> Int64
    private let last = Mutex((second: Int64.min, text: ""))

    /// - Parameter now: seconds since 1970.
    init(now: @escaping @Sendable () -> Int64) { self.now = now }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    var text: String {
        let second = now()
        return last.withLock { last in
            if last.second != second { last = (second, Self.text(at: second)) }
            return last.text
        }
    }

    /// - Parameter second: seconds since 1970, in the years 1970 to 9999.
    static func text(at second: Int64) -> String {
        let date = LocalTime(milliseconds: second * 1000).date
        let (year, month, day) = date.parts
        let ofDay = second - Int64(date.daysSince1970) * 86_400
        let weekday = weekdays[(Int(date.daysSince1970) + 4) % 7]  // 1970-01-01 was a Thursday.
        let time = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { digits($0, 2) }.joined(separator: ":")
        return "\(weekday), \(digits(Int64(day), 2)) \(months[month - 1]) \(digits(Int64(year), 4)) \(time) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func digits(_ number: Int64, _ width: Int) -> String {
        var text: [UInt8] = []
        text.append(decimal: number, width: width)
        return String(decoding: text, as: UTF8.self)
    }
}

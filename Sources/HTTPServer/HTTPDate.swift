import Glibc
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
        var (time, date) = (time_t(second), tm())
        gmtime_r(&time, &date)
        let clock = [date.tm_hour, date.tm_min, date.tm_sec].map(twoDigits).joined(separator: ":")
        let (weekday, month) = (weekdays[Int(date.tm_wday)], months[Int(date.tm_mon)])
        return "\(weekday), \(twoDigits(date.tm_mday)) \(month) \(date.tm_year + 1900) \(clock) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

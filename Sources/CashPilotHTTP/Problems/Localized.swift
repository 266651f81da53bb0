import CashPilot

/// A text in both languages of the service. Both are required.
struct Localized: Sendable, Equatable {
    let es: String
    let en: String

    subscript(locale: Locale) -> String {
        switch locale {
        case .spanish: es
        case .english: en
        }
    }
}

/// Formats times for people without ICU, whose output contains U+202F and U+00A0.
///
/// Three libraries also format es-PY in three different ways.
enum ClockText {
    /// `14:15` and `22/11/2026 21:34`, or `2:15 PM` and `Nov 22, 2026, 9:34 PM`.
    ///
    /// - Parameter today: a time on this day omits its date. `nil` always shows the date.
    static func text(of time: LocalTime, today: CivilDate?, in locale: Locale) -> String {
        time.date == today ? clock(time, in: locale) : "\(day(time.date, in: locale)) \(clock(time, in: locale))"
    }

    /// ``text(of:today:in:)`` with a preposition: `desde las 14:15`, `desde el 22/11/2026 21:34`, `from 2:15 PM`.
    static func since(_ time: LocalTime, today: CivilDate?, in locale: Locale) -> String {
        let text = text(of: time, today: today, in: locale)
        switch locale {
        case .english: return "from \(text)"
        case .spanish:
            guard time.date == today else { return "desde el \(text)" }
            // Spanish says "la una" but "las" for every other hour.
            return time.minuteOfDay / 60 == 1 ? "desde la \(text)" : "desde las \(text)"
        }
    }

    private static func clock(_ time: LocalTime, in locale: Locale) -> String {
        let (hour, minute) = time.minuteOfDay.quotientAndRemainder(dividingBy: 60)
        switch locale {
        case .spanish: return "\(twoDigits(hour)):\(twoDigits(minute))"
        case .english: return "\(hour % 12 == 0 ? 12 : hour % 12):\(twoDigits(minute)) \(hour < 12 ? "AM" : "PM")"
        }
    }

    private static func day(_ date: CivilDate, in locale: Locale) -> String {
        let (year, month, day) = date.parts
        switch locale {
        case .spanish: return "\(twoDigits(day))/\(twoDigits(month))/\(year)"
        case .english: return "\(months[month - 1]) \(day), \(year),"
        }
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

import CashPilot

/// Times as people read them, written by hand: ICU would put U+202F and U+00A0 where a plain space belongs, and
/// three libraries spell es-PY in three ways.
enum ClockText {
    /// `14:15` and `22/11/2026 21:34`, or `2:15 PM` and `Nov 22, 2026, 9:34 PM`.
    ///
    /// - Parameter today: a time of this day is told without its date; `nil` always tells the date.
    static func text(of time: LocalTime, today: CivilDate?, in locale: Locale) -> String {
        time.date == today ? clock(time, in: locale) : "\(day(time.date, in: locale)) \(clock(time, in: locale))"
    }

    /// ``text(of:today:in:)`` behind its preposition: `desde las 14:15`, `desde el 22/11/2026 21:34`, `from 2:15 PM`.
    static func since(_ time: LocalTime, today: CivilDate?, in locale: Locale) -> String {
        let text = text(of: time, today: today, in: locale)
        switch locale {
        case .english: return "from \(text)"
        case .spanish:
            guard time.date == today else { return "desde el \(text)" }
            // It is "la una", and every other hour "las".
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

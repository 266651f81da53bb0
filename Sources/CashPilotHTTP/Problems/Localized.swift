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

    /// A start time in a sentence: `desde las 14:15`, `desde el 22/11/2026 a las 21:34`, `from 2:15 PM`.
    ///
    /// Of an hour before 5:00 on another day, people expect the part of the day: `a las 02:30 de la madrugada`.
    static func since(_ time: LocalTime, today: CivilDate?, in locale: Locale) -> String {
        guard locale == .spanish else { return "from \(text(of: time, today: today, in: locale))" }
        let hour = time.minuteOfDay / 60
        // Spanish says "la una" but "las" for every other hour.
        let clock = "\(hour == 1 ? "la" : "las") \(clock(time, in: locale))"
        guard time.date != today else { return "desde \(clock)" }
        return "desde el \(day(time.date, in: locale)) a \(clock)\(hour < 5 ? " de la madrugada" : "")"
    }

    /// A waiting time: `1 segundo`, `45 segundos`, and from two minutes on whole minutes, rounded up.
    static func wait(seconds: Int) -> Localized {
        let minutes = (seconds + 59) / 60
        return switch seconds {
        case 1: Localized(es: "1 segundo", en: "1 second")
        case ..<120: Localized(es: "\(seconds) segundos", en: "\(seconds) seconds")
        default: Localized(es: "\(minutes) minutos", en: "\(minutes) minutes")
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

/// Formats numbers for people.
enum NumberText {
    /// `999.999.999.999` in Spanish, `999,999,999,999` in English.
    static func grouped(_ number: Int64) -> Localized {
        let digits = Array(String(number.magnitude))
        func text(_ separator: String) -> String {
            digits.indices.reduce(into: number < 0 ? "-" : "") { text, index in
                if index > 0, (digits.count - index) % 3 == 0 { text += separator }
                text.append(digits[index])
            }
        }
        return Localized(es: text("."), en: text(","))
    }
}

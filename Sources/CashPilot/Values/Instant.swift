/// A point in time with millisecond precision, from the database's clock.
package struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }
}

/// A wall-clock time in a business's time zone.
///
/// PostgreSQL computes it, so the system has one copy of the zone rules.
package struct LocalTime: Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00 on that wall clock.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The calendar day of that wall clock.
    package var date: CivilDate {
        CivilDate(daysSince1970: Int32(clamping: milliseconds.flooredQuotient(by: 86_400_000)))
    }

    /// Minutes since the start of that day, 0…1439.
    package var minuteOfDay: Int {
        Int((milliseconds - Int64(date.daysSince1970) * 86_400_000) / 60_000)
    }
}

/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Hashable, Comparable, Sendable {
    package let daysSince1970: Int32

    package init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }

    /// Makes a date from its parts; `nil` if the day does not exist. Years 1…9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        // A year counted from March has the leap day at its end.
        let shifted = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - Self.daysTo1970
        self.init(daysSince1970: Int32(days))
    }

    /// Year, month 1…12 and day 1…31.
    package var parts: (year: Int, month: Int, day: Int) {
        let days = Int(daysSince1970) + Self.daysTo1970
        let era = days.flooredQuotient(by: 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    package static func < (a: CivilDate, b: CivilDate) -> Bool { a.daysSince1970 < b.daysSince1970 }

    /// The days from 0000-03-01 to 1970-01-01. `init` counts from 0000-03-01.
    private static let daysTo1970 = 719_468
}

extension BinaryInteger {
    /// Rounds the quotient down, not toward zero: the day before 1970 is −1, not 0.
    fileprivate func flooredQuotient(by divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension Instant {
    /// Appends RFC 3339 in UTC, `2026-11-23T17:15:00.000Z`: 24 ASCII bytes, for the years 0 to 9999.
    package func write(to bytes: inout [UInt8]) {
        // UTC is treated as a wall clock.
        let date = LocalTime(milliseconds: milliseconds).date
        let ofDay = milliseconds - Int64(date.daysSince1970) * 86_400_000
        bytes.append(addingCapacity: 24) { text in
            text.append(date)
            text.append(UInt8(ascii: "T"))
            text.append(decimal: ofDay / 3_600_000, digits: 2)
            text.append(UInt8(ascii: ":"))
            text.append(decimal: ofDay / 60_000 % 60, digits: 2)
            text.append(UInt8(ascii: ":"))
            text.append(decimal: ofDay / 1_000 % 60, digits: 2)
            text.append(UInt8(ascii: "."))
            text.append(decimal: ofDay % 1_000, digits: 3)
            text.append(UInt8(ascii: "Z"))
        }
    }
}

extension CivilDate: CustomStringConvertible {
    /// Appends `2026-11-23`: ten ASCII bytes, for the years 0 to 9999.
    package func write(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 10) { $0.append(self) }
    }

    package var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension OutputSpan<UInt8> {
    fileprivate mutating func append(_ date: CivilDate) {
        let (year, month, day) = date.parts
        append(decimal: Int64(year), digits: 4)
        append(UInt8(ascii: "-"))
        append(decimal: Int64(month), digits: 2)
        append(UInt8(ascii: "-"))
        append(decimal: Int64(day), digits: 2)
    }

    /// Appends the last `digits` digits of a number that is not negative, with leading zeros. At most 4.
    fileprivate mutating func append(decimal number: Int64, digits: Int) {
        let number = UInt32(truncatingIfNeeded: number)
        if digits > 3 { append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 1_000 % 10)) }
        if digits > 2 { append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 100 % 10)) }
        append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 10 % 10))
        append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10))
    }
}

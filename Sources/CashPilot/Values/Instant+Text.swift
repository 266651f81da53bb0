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

extension CivilDate {
    /// Appends `2026-11-23`: ten ASCII bytes, for the years 0 to 9999.
    package func write(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 10) { $0.append(self) }
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

extension Instant {
    /// Appends RFC 3339 in UTC, `2026-11-23T17:15:00.000Z`: 24 ASCII bytes, for the years 0 to 9999.
    package func write(to bytes: inout [UInt8]) {
        // Read as a wall clock's, which is what UTC is.
        let date = LocalTime(milliseconds: milliseconds).date
        let ofDay = milliseconds - Int64(date.daysSince1970) * 86_400_000
        date.write(to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        bytes.append(decimal: ofDay / 3_600_000, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: ofDay / 60_000 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(decimal: ofDay / 1_000 % 60, digits: 2)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: ofDay % 1_000, digits: 3)
        bytes.append(UInt8(ascii: "Z"))
    }
}

extension CivilDate {
    /// Appends `2026-11-23`: ten ASCII bytes, for the years 0 to 9999.
    package func write(to bytes: inout [UInt8]) {
        let (year, month, day) = parts
        bytes.append(decimal: Int64(year), digits: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: Int64(month), digits: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(decimal: Int64(day), digits: 2)
    }
}

extension [UInt8] {
    /// Appends the last `digits` digits of a number that is not negative, with leading zeros.
    fileprivate mutating func append(decimal number: Int64, digits: Int) {
        let start = count
        append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
        var rest = number
        for place in (start..<count).reversed() {
            self[place] += UInt8(rest % 10)
            rest /= 10
        }
    }
}

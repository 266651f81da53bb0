/// The fields of settings and accounts.
extension BodyReader {
    /// Reads a text that follows a rule; `nil` if it is absent.
    mutating func text(_ name: String, _ rule: TextRule, isRequired: Bool = false) -> String? {
        if isRequired { require(name) }
        guard let text = string(name) else { return nil }
        if let fault = rule.fault(in: text) { return fail(name, fault) }
        return text
    }

    mutating func flag(_ name: String) -> Bool? {
        switch value(name) {
        case nil: nil
        case .bool(let flag): flag
        default: fail(name, .type)
        }
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        switch value(name) {
        case nil: nil
        case .integer(let number) where range.contains(Int(number)): Int(number)
        case .integer, .hugeInteger: fail(name, .range)
        default: fail(name, .type)
        }
    }

    /// Reads one of the raw values of `Choice`.
    mutating func choice<Choice: RawRepresentable<String>>(_ name: String) -> Choice? {
        guard let text = string(name) else { return nil }
        return Choice(rawValue: text) ?? fail(name, .enum)
    }

    /// Reads a time of day, `HH:MM`, in minutes after midnight.
    mutating func minuteOfDay(_ name: String) -> Int? {
        guard let text = string(name) else { return nil }
        guard let minute = MinuteOfDay.read(text) else { return fail(name, .format) }
        return minute
    }
}

/// A time of day in settings.
package enum MinuteOfDay {
    /// Parses `HH:MM` into minutes after midnight; `nil` for anything else.
    package static func read(_ text: String) -> Int? {
        let digits = text.utf8.map { $0 &- UInt8(ascii: "0") }
        guard digits.count == 5, digits[2] == UInt8(ascii: ":") &- UInt8(ascii: "0"),
            [0, 1, 3, 4].allSatisfy({ digits[$0] < 10 })
        else { return nil }
        let (hour, minute) = (Int(digits[0]) * 10 + Int(digits[1]), Int(digits[3]) * 10 + Int(digits[4]))
        return hour < 24 && minute < 60 ? hour * 60 + minute : nil
    }
}

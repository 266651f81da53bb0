/// Finds card numbers, which must never be stored: 13 to 19 digits in a row that pass Luhn's check.
enum CardNumber {
    static let lengths = 13...19

    /// Whether a run of digits in `text`, not part of a longer one, could be a card's.
    static func isIn(_ text: String) -> Bool {
        var run: [UInt8] = []
        for byte in text.utf8 {
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                run.append(digit)
            } else {
                if lengths.contains(run.count) && passesLuhn(run) { return true }
                run.removeAll(keepingCapacity: true)
            }
        }
        return lengths.contains(run.count) && passesLuhn(run)
    }

    /// Doubles every second digit from the right; what is then above 9 counts as the sum of its digits. A number
    /// is well made if all add up to a multiple of ten.
    static func passesLuhn(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = Int(digit) * (place % 2 == 0 ? 1 : 2)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }
}

/// Detects card numbers, which must never be stored. A card number is a run of 13 to 19 digits with a valid Luhn
/// checksum.
enum CardNumber {
    static let lengths = 13...19

    /// Whether `text` contains a complete run of digits that could be a card number.
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

    /// Doubles every second digit from the right, and subtracts 9 from results above 9 (Luhn). The sum of all digits
    /// must be a multiple of 10.
    static func passesLuhn(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = Int(digit) * (place % 2 == 0 ? 1 : 2)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }
}

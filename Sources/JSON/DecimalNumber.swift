/// A decimal number that is read digit by digit and computed exactly, without `Double`.
///
/// The work is proportional to the number of digits, whatever the exponent.
struct DecimalNumber {
    /// Exponents are read up to this limit. No input has as many digits, so a larger exponent makes no difference.
    private static let exponentMax = 1 << 40

    private let isNegative: Bool
    /// The digits so far, without the zeros at their end.
    private var digits: UInt64 = 0
    /// The number of zeros after the last other digit.
    private var zeros = 0
    /// Whether `digits` exceeded its range and is no longer exact.
    private var isLong = false
    /// The power of ten that the digits are multiplied by.
    private var exponent = 0

    init(isNegative: Bool) { self.isNegative = isNegative }

    /// Appends a digit 0…9.
    mutating func append(_ digit: UInt8, isFraction: Bool) {
        if isFraction { exponent -= 1 }
        guard digit > 0 else {
            if digits > 0 { zeros += 1 }
            return
        }
        raise(by: zeros + 1)
        zeros = 0
        let (sum, overflowed) = digits.addingReportingOverflow(UInt64(digit))
        isLong = isLong || overflowed
        // If this is not 0, there was a digit other than 0.
        digits = overflowed ? .max : sum
    }

    /// Appends a digit 0…9 to the absolute value of an exponent.
    static func append(_ digit: UInt8, toExponent exponent: Int) -> Int {
        min(exponent * 10 + Int(digit), exponentMax)
    }

    /// The number multiplied by a power of ten.
    consuming func value(exponent other: Int) -> JSONValue {
        guard digits > 0 else { return .integer(0) }
        let power = exponent + other + zeros
        // The last digit is not 0, so a negative power leaves a fraction.
        guard power >= 0 else { return .decimal }
        raise(by: power)
        guard !isLong, digits <= Int64.min.magnitude else { return .hugeInteger }
        if isNegative { return .integer(Int64(truncatingIfNeeded: 0 &- digits)) }
        return Int64(exactly: digits).map { .integer($0) } ?? .hugeInteger
    }

    /// Multiplies the digits by a power of ten, in at most 20 steps.
    private mutating func raise(by power: Int) {
        guard digits > 0 else { return }
        for _ in 0..<power {
            guard !isLong else { return }
            let (product, overflowed) = digits.multipliedReportingOverflow(by: 10)
            if overflowed { isLong = true } else { digits = product }
        }
    }
}

/// A second opinion about JSON numbers: it shifts the decimal point of a text, and computes nothing.
package enum DecimalText {
    /// The digits of a whole number without leading zeros, and a `-` before them; `nil` if the number is not whole.
    ///
    /// - Parameter text: a JSON number whose exponent has at most nine digits.
    package static func whole(_ text: String) -> String? {
        let unsigned = text.drop { $0 == "-" }
        let halves = unsigned.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let parts = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        let exponent = halves.count == 2 ? Int(halves[1].drop { $0 == "+" }) ?? 0 : 0
        let fraction = parts.count == 2 ? parts[1] : ""
        let digits = (parts[0] + fraction).drop { $0 == "0" }
        guard let end = digits.lastIndex(where: { $0 != "0" }) else { return "0" }
        let zeros = digits.distance(from: end, to: digits.endIndex) - 1 + exponent - fraction.count
        guard zeros >= 0 else { return nil }
        // Beyond 40 digits the number of zeros makes no difference to any reader.
        return (text.hasPrefix("-") ? "-" : "") + digits[...end] + String(repeating: "0", count: min(zeros, 40))
    }
}

/// The numbers that one network of payment cards issues: prefixes and lengths (ISO/IEC 7812).
///
/// The table follows the public lists of issuer identification numbers. Some lengths are left out on purpose: 12 and
/// 13 digits of Maestro, which would match barcodes (EAN-13), and all numbers of 15 digits except those of American
/// Express, which would match the IMEIs of phones.
struct CardIssuer: Sendable {
    let name: String
    /// The first and the last prefix. Both have the same number of digits.
    let prefixes: ClosedRange<Int>
    let lengths: Set<Int>

    static let all = [
        CardIssuer(name: "Visa", prefixes: 4...4, lengths: [13, 16, 19]),
        CardIssuer(name: "Mastercard", prefixes: 51...55, lengths: [16]),
        CardIssuer(name: "Mastercard", prefixes: 2221...2720, lengths: [16]),
        CardIssuer(name: "American Express", prefixes: 34...34, lengths: [15]),
        CardIssuer(name: "American Express", prefixes: 37...37, lengths: [15]),
        CardIssuer(name: "Diners Club", prefixes: 300...305, lengths: [14, 16, 17, 18, 19]),
        CardIssuer(name: "Diners Club", prefixes: 3095...3095, lengths: [14, 16, 17, 18, 19]),
        CardIssuer(name: "Diners Club", prefixes: 36...36, lengths: [14, 16, 17, 18, 19]),
        CardIssuer(name: "Diners Club", prefixes: 38...39, lengths: [14, 16, 17, 18, 19]),
        CardIssuer(name: "JCB", prefixes: 3528...3589, lengths: [16, 17, 18, 19]),
        CardIssuer(name: "UnionPay", prefixes: 81...81, lengths: [16, 17, 18, 19]),
        CardIssuer(name: "Mir", prefixes: 2200...2204, lengths: [16, 17, 18, 19]),
        // Discover, UnionPay (62), Cabal, Hipercard, Naranja and others have numbers in these ranges too.
        CardIssuer(name: "Maestro", prefixes: 50...50, lengths: [16, 17, 18, 19]),
        CardIssuer(name: "Maestro", prefixes: 56...58, lengths: [16, 17, 18, 19]),
        CardIssuer(name: "Maestro", prefixes: 60...69, lengths: [16, 17, 18, 19]),
    ]

    /// Whether a number can be one of this network's. Its check digit is not considered.
    func issues(_ digits: [UInt8]) -> Bool {
        guard lengths.contains(digits.count) else { return false }
        let width = "\(prefixes.lowerBound)".utf8.count
        return prefixes.contains(digits.prefix(width).reduce(0) { $0 * 10 + Int($1) })
    }
}

import Testing

@testable import CashPilot

@Suite("Card numbers")
struct CardNumberTests {
    @Test(
        "A card number is found in any digits and with any separators",
        arguments: [
            "4111111111111111", "x4111111111111111", "4111111111111111.", "4222222222222", "6304000000000000000",
            "5555555555554444", "378282246310005", "30569309025904", "3530111333300000", "6011111111111117",
            "4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111", "4111_1111_1111_1111",
            "4111/1111/1111/1111", "4111  1111 - 1111 / 1111", "3782 822463 10005", "3056-930902-5904",
            "4111\u{A0}1111\u{2003}1111\u{3000}1111", "4111–1111—1111−1111", "4111\n1111\n1111\n1111",
            "4111\u{200B}1111\u{FEFF}1111\u{AD}1111", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "41 11 11 11 11 11 11 11",
            "４１１１１１１１１１１１１１１１", "٤١١١١١١١١١١١١١١١", "४१११ ११११ ११११ ११११", "𝟒111-1111-1111-1111",
            "visa 4111 1111 1111 1111 12/26 123", "1234 4111 1111 1111 1111", "pagó 30/11/2026 4111-1111-1111-1111",
            "4111 1111 1111 1111 5555 5555 5555 4444", "(4111 1111 1111 1111)", "4111111111111111=2612",
            "4111 1111 1111 1111 / 5555 5555 5555 4444 / 4012 8888 8888 1881",
            "4111 1111 1111 1111\n5555 5555 5555 4444\n4012 8888 8888 1881",
            "1500 2500 3500 4500 5500 4111 1111 1111 1111", "1500 2500 3500 4500 5500 3782 822463 10005 0126",
            "1500\n2500\n3500\n4500\n5500\n4111 1111 1111 1111", "1500, 2500: 4111 1111 1111 1111",
            "0180 0695 6320 0100 1001 4111 1111 1111 1111 2026 0001 - 4012 8888 8888 1881",
        ])
    func isFound(_ text: String) {
        #expect(CardNumber.isIn(text))
    }

    @Test(
        "Other numbers are no card numbers",
        arguments: [
            "", "0000", "123456789012", "4111111111111112", "41111111111111111111", "4111 1111 1111 1112",
            "EAN 7840058006226", "EAN 7 840058 006226", "4006381333931", "IMEI 490154203237518",
            "35-209900-176148-1", "356938035643809 6", "4006381333931 103", "1548138160707", "20261130141500",
            "1.500.000", "45.000.000 30.200.015", "50.000.000 60.000.009 80", "30/11/2026 09/12/2026",
            "30/11/2026-09/12/2026", "2026-11-30 - 2026-12-01", "30/01/26 07/02/26 01/03/26",
            "0981 123 456 / 0971 654 321", "621 123 456 / 622 234 101", "621 123 456\n622 234 101",
            "+595 981 123456, +595 971 654321", "4500000\n1200000\n10",
            "001-001-0001234", "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d", "41111111-1111-4111-8111-111111111111",
            "4bf92f3577b34da64111111111111111", "4111,1111 1111,1111", "4111:1111;1111:1111",
            "4111a1111a1111a1111", "+595 981 123 456; +595 971 654 321", "09:00:15, 10:30:45, 11:45:30, 12:15:00",
            "1500, 2500, 3500, 4500, 5500, 4111, 1111, 1111, 1111",
            "0180 0695 6320 0100 1001 4111 1111 1111 1111 2026 0001",
            "30/11/2026 0180 0695 6320 0100 1001 4111\n1111 1111 1111 2026 0001",
        ])
    func isNotFound(_ text: String) {
        #expect(!CardNumber.isIn(text))
    }

    @Test(
        "Any separator that is no letter connects the groups of a card as printed",
        arguments: [",", ":", ";", "*", "+", "'", "#", "~", "|", ")(", "=", "&", "\"", "@", "…", "€", "→", "::"])
    func anySeparator(_ separator: String) {
        for groups in [["4111", "1111", "1111", "1111"], ["3782", "822463", "10005"]] {
            for gap in [separator, " \(separator) ", "\(separator) "] {
                let number = groups.joined(separator: gap)
                #expect(CardNumber.isIn(number), "\(number)")
                #expect(CardNumber.isIn("pagos 1500, 2500\(gap)(\(number)), 12/26"), "\(number)")
                #expect(CardNumber.isIn(id: number), "\(number)")
            }
        }
    }

    @Test("An id contains a card number only in adjacent digits or in groups as printed")
    func ids() {
        for id in ["4-20261130090000-0004", "4_1_1_1_1_1_1_1_1_1_1_1_1_1_1_1", "41-11-11-11-11-11-11-11"] {
            #expect(!CardNumber.isIn(id: id), "\(id)")
            #expect(CardNumber.isIn(id), "\(id)")
        }
        for id in ["close-4111111111111111", "4111-1111-1111-1111", "k.3782_822463_10005.2"] {
            #expect(CardNumber.isIn(id: id), "\(id)")
        }
    }

    @Test("No issuer's numbers are all another's too")
    func noneIsCovered() {
        for (place, issuer) in CardIssuer.all.enumerated() {
            for (other, covering) in CardIssuer.all.enumerated() where other != place {
                let isCovered =
                    issuer.lengths.isSubset(of: covering.lengths)
                    && covering.issues(Self.start(issuer.prefixes.lowerBound, then: 0, length: issuer.lengths.min()))
                    && covering.issues(Self.start(issuer.prefixes.upperBound, then: 9, length: issuer.lengths.min()))
                #expect(!isCovered, "\(issuer) \(covering)")
            }
        }
    }

    private static func start(_ prefix: Int, then digit: UInt8, length: Int?) -> [UInt8] {
        let digits = "\(prefix)".utf8.map { $0 - 48 }
        return digits + Array(repeating: digit, count: (length ?? 0) - digits.count)
    }

    @Test("Random numbers of every issuer are found, whatever separates their groups", arguments: CardIssuer.all)
    func everyIssuer(issuer: CardIssuer) throws {
        let separators = [" ", "  ", "-", ".", "/", "_", "\u{A0}", "\u{2003}", "–", "\u{200B}", "\u{FEFF}", ""]
        let scripts: [UInt32] = [0x30, 0xFF10, 0x660, 0x6F0, 0x966]
        for _ in 0..<200 {
            for length in issuer.lengths {
                let digits = Self.number(of: issuer, length: length)
                #expect(CardNumber.isIn(Self.text(digits, in: 0x30)))
                let separator = try #require(separators.randomElement())
                let script = try #require(scripts.randomElement())
                let groups = stride(from: 0, to: length, by: 4).map { start in
                    Self.text(digits[start..<min(start + 4, length)], in: script)
                }
                let text = "tarjeta \(groups.joined(separator: separator)), gracias"
                #expect(CardNumber.isIn(text), "\(text)")
                // In groups of one to five digits.
                var pieces: [String] = []
                var rest = digits[...]
                while !rest.isEmpty {
                    let size = min(Int.random(in: 1...5), rest.count)
                    pieces.append(Self.text(rest.prefix(size), in: script))
                    rest = rest.dropFirst(size)
                }
                let spaced = pieces.joined(separator: ["_", " ", "–", "\u{2003}"].randomElement() ?? " ")
                #expect(CardNumber.isIn(spaced), "\(spaced)")
            }
        }
    }

    @Test("Random UUIDs, barcodes, IMEIs and times are no card numbers, nor is a text with 12 digits or fewer")
    func noCards() {
        for _ in 0..<5_000 {
            var random: UInt64 { .random(in: .min ... .max) }
            let uuid = ID<User>(high: random, low: random).description
            #expect(!CardNumber.isIn(uuid))
            #expect(!CardNumber.isIn(uuid.uppercased()))
            #expect(!CardNumber.isIn("\(Int64.random(in: 0...2_000_000_000_000))"), "a time in milliseconds")
            let barcode = Self.withBarcodeCheck((0..<12).map { _ in .random(in: 0...9) })
            #expect(!CardNumber.isIn(Self.text(barcode, in: 0x30)))
            for office in [[3, 5], [0, 1], [8, 6], [9, 9], [4, 9], [5, 2]] as [[UInt8]] {
                let imei = Self.withLuhnCheck(office + (0..<12).map { _ in .random(in: 0...9) })
                #expect(!CardNumber.isIn(Self.text(imei, in: 0x30)), "\(imei)")
            }
            let few = (0..<12).map { _ in "\(Int.random(in: 0...9))\([" ", "", "-", "x"].randomElement() ?? "")" }
            #expect(!CardNumber.isIn(few.joined()))
        }
    }

    @Test("A card number with any one digit changed fails Luhn's check")
    func oneDigit() {
        let digits = "5555555555554444".utf8.map { $0 - 48 }
        #expect(CardNumber.passesLuhn(digits))
        for place in digits.indices {
            for change in 1...9 {
                var wrong = digits
                wrong[place] = (wrong[place] + UInt8(change)) % 10
                #expect(!CardNumber.passesLuhn(wrong))
            }
        }
    }

    /// A random number of an issuer that is no barcode.
    private static func number(of issuer: CardIssuer, length: Int) -> [UInt8] {
        while true {
            let prefix = "\(Int.random(in: issuer.prefixes))".utf8.map { $0 - 48 }
            let digits = withLuhnCheck(prefix + (0..<length - prefix.count - 1).map { _ in .random(in: 0...9) })
            if length != 13 || digits != withBarcodeCheck(Array(digits.dropLast())) { return digits }
        }
    }

    private static func withLuhnCheck(_ digits: [UInt8]) -> [UInt8] {
        let check = (0...9).first { CardNumber.passesLuhn(digits + [$0]) }
        return digits + [check ?? 0]
    }

    private static func withBarcodeCheck(_ digits: [UInt8]) -> [UInt8] {
        let sum = digits.enumerated().reduce(0) { $0 + Int($1.element) * ($1.offset % 2 == 0 ? 1 : 3) }
        return digits + [UInt8((10 - sum % 10) % 10)]
    }

    /// - Parameter zero: the code point of the script's digit zero.
    private static func text(_ digits: some Sequence<UInt8>, in zero: UInt32) -> String {
        String(String.UnicodeScalarView(digits.compactMap { Unicode.Scalar(zero + UInt32($0)) }))
    }
}

/// Finds the numbers of payment cards in texts. The service neither stores nor logs them.
///
/// A card number has the prefix and the length of an issuer (``CardIssuer``) and passes the Luhn check. It may be
/// written in the decimal digits of any script, in groups that white space, dashes, dots, slashes and underscores
/// separate, and with invisible characters between its digits. Any other character that is no letter connects the
/// groups of a card as printed, if it is between all of them: `4111:1111:1111:1111`.
///
/// About one in 25 random numbers of 16 digits matches too. These do not: UUIDs, other hexadecimal ids, IMEIs,
/// barcodes (EAN-13), times in milliseconds, lists of dates or amounts, and columns of numbers.
package enum CardNumber {
    /// Replaces a text that contains a card number where the text itself must not appear.
    package static let mask = "***"

    private static let lengths = 13...19

    /// Whether `text` contains a card number.
    package static func isIn(_ text: String) -> Bool { isIn(text, inAnyGroups: true) }

    /// Whether the id of a request contains a card number.
    ///
    /// Programs make ids from numbers of any length, so only adjacent digits and groups as printed count.
    package static func isIn(id: String) -> Bool { isIn(id, inAnyGroups: false) }

    private static func isIn(_ text: String, inAnyGroups: Bool) -> Bool {
        guard hasEnoughDigits(text) else { return false }
        return DigitGroups.sequences(in: text).contains { sequence in
            let groups = withoutInvoiceCodes(sequence)
            if groups.contains(where: { isCard($0.digits) }) || isEvenlyPrintedIn(groups) { return true }
            return groups.parts(beginningWhere: \.isAfterOtherCharacter).contains { numbers in
                let parts = numbers.parts(beginningWhere: \.isAfterWideGap)
                if inAnyGroups && ([numbers] + parts).contains(where: isGroupedCard) { return true }
                return isPrintedIn(numbers, parts)
            }
        }
    }

    /// Doubles every second digit from the right, and subtracts 9 from results above 9 (Luhn). The sum of all digits
    /// must be a multiple of 10.
    package static func passesLuhn(_ digits: [UInt8]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = Int(digit) * (place % 2 == 0 ? 1 : 2)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    /// A fast check that excludes most texts before the slower property lookups.
    private static func hasEnoughDigits(_ text: String) -> Bool {
        var count = 0
        for byte in text.utf8 where byte >= 0x80 || byte &- UInt8(ascii: "0") < 10 { count += 1 }
        return count >= lengths.lowerBound
    }

    private static func isCard(_ digits: [UInt8]) -> Bool {
        lengths.contains(digits.count) && CardIssuer.all.contains { $0.issues(digits) } && passesLuhn(digits)
            && !isBarcode(digits)
    }

    /// Whether all groups together are a card number, in whatever groups it is written.
    private static func isGroupedCard(_ groups: [DigitGroup]) -> Bool {
        guard groups.count > 1, lengths.contains(groups.reduce(0) { $0 + $1.digits.count }) else { return false }
        return !isList(groups[...]) && isCard(groups.flatMap(\.digits))
    }

    // MARK: Cards among other numbers

    /// The lengths of the groups in which cards are printed and people copy them.
    private static let printedGroups = [
        [4, 4, 4, 4], [4, 4, 4, 4, 3], [4, 4, 4, 4, 2], [4, 4, 4, 4, 1], [4, 6, 5], [4, 6, 4], [4, 4, 4, 3],
        [4, 4, 4, 2], [4, 4, 4, 1], [4, 3, 3, 3], [4, 4, 5], [8, 8],
    ]

    /// The lengths of the groups for which any separator counts.
    private static let commonGroups = [[4, 4, 4, 4], [4, 6, 5]]

    /// Whether some adjacent groups are a card number as printed, such as one with its expiry date and code.
    ///
    /// - Parameter parts: the groups, split at the wide gaps.
    private static func isPrintedIn(_ groups: [DigitGroup], _ parts: [[DigitGroup]]) -> Bool {
        if parts.contains(where: { hasCard(in: $0[...], printedAs: printedGroups) }) { return true }
        // A card can have wide gaps, but many groups with such gaps are a list.
        return isShort(groups[...]) && hasCard(in: groups[...], printedAs: printedGroups)
    }

    /// Whether some adjacent groups are a card number with one separator, whatever it is: `4111, 1111, 1111, 1111`.
    private static func isEvenlyPrintedIn(_ groups: [DigitGroup]) -> Bool {
        var start = 0
        while start + 1 < groups.count {
            let mark = groups[start + 1].mark
            let end = groups[(start + 1)...].firstIndex { $0.mark != mark } ?? groups.endIndex
            let run = groups[start..<end]
            if isShort(run) && hasCard(in: run, printedAs: commonGroups) { return true }
            start = end - 1
        }
        return false
    }

    /// Whether there are at most eight groups of four digits. In a longer list, some four of them look like a card.
    private static func isShort(_ groups: ArraySlice<DigitGroup>) -> Bool {
        groups.count { $0.digits.count == 4 } <= 8
    }

    /// - Parameter groupings: the accepted lengths of a card's groups.
    private static func hasCard(in groups: ArraySlice<DigitGroup>, printedAs groupings: [[Int]]) -> Bool {
        groups.indices.contains { start in
            groupings.contains { lengths in
                let part = groups[start...].prefix(lengths.count)
                return part.lazy.map(\.digits.count).elementsEqual(lengths) && isCard(part.flatMap(\.digits))
            }
        }
    }

    // MARK: Numbers that are no cards

    /// Removes the codes of electronic invoices (CDC): 44 digits in groups of four, of which the first is 0.
    ///
    /// Many parts of a code look like a card.
    private static func withoutInvoiceCodes(_ groups: [DigitGroup]) -> [DigitGroup] {
        var (rest, others) = (groups[...], [DigitGroup]())
        while let first = rest.first {
            let code = rest.prefix(11)
            let isCode = first.digits[0] == 0 && code.count == 11 && code.allSatisfy { $0.digits.count == 4 }
            if !isCode { others.append(first) }
            rest = rest.dropFirst(isCode ? code.count : 1)
        }
        return others
    }

    /// Whether the last digit is the check digit of a barcode with 13 digits (EAN-13). Visa no longer issues numbers
    /// of this length.
    private static func isBarcode(_ digits: [UInt8]) -> Bool {
        guard digits.count == 13 else { return false }
        let sum = digits.enumerated().reduce(0) { $0 + Int($1.element) * ($1.offset % 2 == 0 ? 1 : 3) }
        return sum % 10 == 0
    }

    /// Whether the groups are several numbers, such as dates, amounts, telephone numbers or a barcode with an amount.
    private static func isList(_ groups: ArraySlice<DigitGroup>) -> Bool {
        let gaps = groups.dropFirst()
        // In "981 123 456 / 971 654 321" and in lines of numbers, some gaps are wider than others.
        let wide = gaps.count(where: \.isAfterWideGap)
        if gaps.allSatisfy(\.beginsLine) || (wide > 0 && wide < gaps.count) { return true }
        if groups.contains(where: { isBarcode($0.digits) || ($0.digits.count == 15 && passesLuhn($0.digits)) }) {
            return true
        }
        var (rest, listed, others) = (groups, 0, 0)
        while !rest.isEmpty {
            let length = dateLength(rest) ?? amountLength(rest)
            if length == nil { others += 1 } else { listed += 1 }
            rest = rest.dropFirst(length ?? 1)
        }
        return listed > others
    }

    /// The groups of a date at the start: `30/11/2026`, `11-30-26`, `2026.11.30`. `nil` if there is none.
    private static func dateLength(_ groups: ArraySlice<DigitGroup>) -> Int? {
        let parts = Array(groups.prefix(3))
        guard parts.count == 3, let separator = parts[1].separator, separator == parts[2].separator,
            ["/", "-", "."].contains(separator)
        else { return nil }
        let (first, middle, last) = (parts[0], parts[1], parts[2])
        let (year, others) = first.digits.count == 4 ? (first, [middle, last]) : (last, [first, middle])
        guard [2, 4].contains(year.digits.count), others.allSatisfy({ $0.digits.count <= 2 }),
            year.digits.count == 2 || (1900...2099).contains(year.value),
            others.allSatisfy({ (1...31).contains($0.value) }), others.contains(where: { $0.value <= 12 })
        else { return nil }
        return 3
    }

    /// The groups of an amount at the start: `1.500.000`, with up to 12 digits. `nil` if there is none.
    private static func amountLength(_ groups: ArraySlice<DigitGroup>) -> Int? {
        guard let first = groups.first, first.digits.count <= 3, first.digits.first != 0 else { return nil }
        let thousands = groups.dropFirst().prefix { $0.separator == "." }
        guard (1...3).contains(thousands.count), thousands.allSatisfy({ $0.digits.count == 3 }) else { return nil }
        return 1 + thousands.count
    }
}

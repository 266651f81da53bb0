import CashPilot

extension Locale {
    /// Maximum number of header bytes read. Browsers send less than a tenth of it.
    static let acceptLanguageBytesMax = 1024

    /// The preferred language of an `Accept-Language` header (RFC 9110, 12.5.4).
    ///
    /// `es*` and `gn` mean Spanish, and `en*` means English. `*` means a language that the header does not name,
    /// Spanish first.
    ///
    /// - Returns: `nil` if the header accepts neither. The caller then chooses the language in another way.
    static func preferred(in header: String) -> Locale? {
        var named: [Locale: Int] = [:]
        var order: [Locale] = []
        var others = 0
        for range in header.utf8.prefix(acceptLanguageBytesMax).split(separator: UInt8(ascii: ",")) {
            let parts = range.split(separator: UInt8(ascii: ";"), maxSplits: 1)
            guard let tag = parts.first, let quality = parts.count == 1 ? 1000 : quality(parts[1]) else { continue }
            switch primary(tag) {
            case "*": others = max(others, quality)
            case let language:
                guard let locale = locale(of: language) else { continue }
                if named[locale] == nil { order.append(locale) }
                named[locale] = max(named[locale] ?? 0, quality)
            }
        }
        let unnamed = [Locale.spanish, .english].filter { !order.contains($0) }
        let wishes = order.map { ($0, named[$0] ?? 0) } + unnamed.map { ($0, others) }
        let best = wishes.map(\.1).max() ?? 0
        return best > 0 ? wishes.first { $0.1 == best }?.0 : nil
    }

    /// The primary subtag in lower case: `es` of ` es-PY `.
    private static func primary(_ tag: Substring.UTF8View) -> String {
        let letters = tag.drop { $0 == 0x20 || $0 == 0x09 }.prefix { $0 != UInt8(ascii: "-") && $0 > 0x20 }
        return String(decoding: letters.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private static func locale(of language: String) -> Locale? {
        switch language {
        case "es", "gn": .spanish
        case "en": .english
        default: nil
        }
    }

    /// A weight in thousandths: 800 for ` q=0.8`; `nil` if it is invalid.
    private static func quality(_ text: Substring.UTF8View) -> Int? {
        let text = text.filter { $0 > 0x20 }
        guard text.count >= 3, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == UInt8(ascii: "=") else { return nil }
        guard text.count == 3 || text[3] == UInt8(ascii: "."), text.count <= 7 else { return nil }
        var quality = 0
        for place in [2, 4, 5, 6] {
            let digit = place < text.count ? text[place] &- UInt8(ascii: "0") : 0
            guard digit < 10 else { return nil }
            quality = quality * 10 + Int(digit)
        }
        return quality <= 1000 ? quality : nil
    }
}

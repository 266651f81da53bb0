/// A currency that a drawer can hold: a code of ISO 4217, list one, with minor units.
///
/// The table is the list of 2026-01-01 without funds codes and without codes that have no minor unit, such as XAU, XDR,
/// and XTS. docs/CURRENCIES.md shows it.
package struct Currency: Hashable, Sendable {
    /// Three capital letters, such as `PYG`.
    package let code: String
    /// The number of digits after the decimal point: 0 for PYG, 2 for USD.
    package let minorUnits: Int

    private init(code: String, minorUnits: Int) {
        self.code = code
        self.minorUnits = minorUnits
    }

    /// The currency with this code, in capital letters; `nil` if the table does not have it.
    package init?(code: String) {
        guard let minorUnits = Self.table[code] else { return nil }
        self.init(code: code, minorUnits: minorUnits)
    }

    /// All currencies, in the order of their codes.
    package static let all: [Currency] = table.map { Currency(code: $0.key, minorUnits: $0.value) }
        .sorted { $0.code < $1.code }

    /// The minor units of a stored code, which may be older than the table or withdrawn since.
    ///
    /// - Returns: 2 for a code that the table does not have, as almost all currencies have. `cashpilot doctor` reports
    ///   the businesses with such a code.
    package static func minorUnits(ofStored code: String) -> Int { table[code] ?? 2 }

    private static let table: [String: Int] = {
        var table: [String: Int] = [:]
        for (minorUnits, codes) in codes {
            for code in codes.split(whereSeparator: \.isWhitespace) { table[String(code)] = minorUnits }
        }
        return table
    }()

    private static let codes = [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
        (
            2,
            """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
            CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
            JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD
            NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
            SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
            """
        ),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "UYW"),
    ]
}

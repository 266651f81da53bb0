import Testing

@testable import CashPilot

@Suite("Currencies")
struct CurrencyTests {
    @Test(
        "A currency has the minor units of ISO 4217",
        arguments: [
            ("PYG", 0), ("JPY", 0), ("ISK", 0), ("CLP", 0), ("XOF", 0), ("USD", 2), ("EUR", 2), ("BRL", 2), ("ARS", 2),
            ("MGA", 2), ("MRU", 2), ("XCG", 2), ("ZWG", 2), ("SLE", 2), ("VED", 2), ("VES", 2), ("KWD", 3), ("BHD", 3),
            ("IQD", 3), ("UYW", 4),
        ])
    func minorUnits(code: String, minorUnits: Int) {
        #expect(Currency(code: code)?.minorUnits == minorUnits)
        #expect(Currency.minorUnits(ofStored: code) == minorUnits)
    }

    @Test(
        "A withdrawn code, a funds code, a metal, a test code and a misspelled code are no currency of a till",
        arguments: [
            "ANG", "BGN", "CUC", "HRK", "SLL", "ZWL", "STD", "VEF", "DEM", "BOV", "CHE", "CHW", "CLF", "COU", "MXV",
            "USN", "UYI", "XAG", "XAU", "XPD", "XPT", "XBA", "XDR", "XSU", "XUA", "XTS", "XXX", "PGY", "GSS", "ZZZ",
            "pyg", "PY", "PYGS", "", " PYG", "ΡYG",
        ])
    func unknown(code: String) {
        #expect(Currency(code: code) == nil)
        #expect(Currency.minorUnits(ofStored: code) == 2)
    }

    @Test("The table has 157 different codes of three capital letters, and 0, 2, 3 or 4 minor units")
    func table() {
        let codes = Currency.all.map(\.code)
        #expect(codes.count == 157)
        #expect(codes == Set(codes).sorted())
        #expect(codes.allSatisfy { $0.wholeMatch(of: #/[A-Z]{3}/#) != nil })
        #expect(Set(Currency.all.map(\.minorUnits)) == [0, 2, 3, 4])
        #expect(Currency.all.allSatisfy { Currency(code: $0.code) == $0 })
    }
}

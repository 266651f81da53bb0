import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("Body fields")
struct BodyReaderTests {
    /// The errors in the body of an open as `code pointer`, in order.
    private func faultsOfOpen(_ text: String) throws -> [String] {
        var body = try BodyReader(Array(text.utf8))
        _ = OpenBody(reading: &body)
        return body.finish().map(Self.words)
    }

    private func faultsOfClose(_ text: String) throws -> [String] {
        var body = try BodyReader(Array(text.utf8))
        _ = CloseBody(reading: &body)
        return body.finish().map(Self.words)
    }

    private static func words(_ fault: FieldError) -> String {
        guard case .pointer(let pointer) = fault.place else { return "\(fault)" }
        return "\(fault.code.rawValue) \(pointer)"
    }

    @Test("A valid body of an open is read into its fields")
    func open() throws {
        var body = try BodyReader(
            Array(
                #"""
                {"notes":"turno mañana","initial_cash":150000,"terminal_id":"caja-1","opened_at":"2026-11-23T14:15:00-03:00",
                 "cashier_id":"0197F4A0-8A2B-7C33-8D41-6F0E5B6A7C8D"}
                """#.utf8))
        let open = OpenBody(reading: &body)
        #expect(body.finish().isEmpty)
        #expect(open.initialCash == Money(minorUnits: 150_000))
        #expect(open.cashier == UserID("0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"))
        #expect(open.openedAt == Instant(rfc3339: "2026-11-23T17:15:00Z"))
        #expect(open.terminal == "caja-1")
        #expect(open.notes == "turno mañana")
    }

    @Test("A valid body of a close is read into a count")
    func close() throws {
        var body = try BodyReader(
            Array(#"{"final_cash":1,"declared_cash_sales":0,"expenses":null,"closing_ticket":"A-1"}"#.utf8))
        let close = CloseBody(reading: &body)
        #expect(body.finish().isEmpty)
        #expect(close.count.finalCash == Money(minorUnits: 1))
        #expect(close.count.declaredCashSales.value == .zero)
        #expect(close.count.expenses == nil)
        #expect(close.count.closingTicket.value == "A-1")
        #expect(close.notes == nil)
    }

    @Test(
        "All invalid fields of a body are reported at once, known fields first and unknown fields last",
        arguments: [
            ("{}", ["REQUIRED #/initial_cash"]),
            (#"{"initial_cash":null}"#, ["REQUIRED #/initial_cash"]),
            (#"{"allow_overlap":true}"#, ["REQUIRED #/initial_cash", "UNKNOWN_FIELD #/allow_overlap"]),
            (
                #"{"zz":1,"notes":5,"cashier_id":"x","initial_cash":-1,"opened_at":"today"}"#,
                [
                    "RANGE #/initial_cash", "FORMAT #/cashier_id", "FORMAT #/opened_at", "TYPE #/notes",
                    "UNKNOWN_FIELD #/zz",
                ]
            ),
            (
                #"{"initial_cash":1,"a/b":1,"m~n":1,"é x":1,"":1}"#,
                [
                    "UNKNOWN_FIELD #/a~1b", "UNKNOWN_FIELD #/m~0n", "UNKNOWN_FIELD #/%C3%A9%20x", "UNKNOWN_FIELD #/",
                ]
            ),
            ("[]", ["TYPE #"]),
            ("5", ["TYPE #"]),
        ])
    func allFaults(_ text: String, _ faults: [String]) throws {
        #expect(try faultsOfOpen(text) == faults)
    }

    @Test(
        "An amount of money is a whole number of minor units from 0 to 999 999 999 999",
        arguments: [
            ("0", nil), ("-0", nil), ("999999999999", nil), ("1000000000000", "RANGE"), ("-1", "RANGE"),
            ("9223372036854775808", "RANGE"), ("1e400", "TYPE"), ("5.0", "TYPE"), ("1e3", "TYPE"), ("\"5\"", "TYPE"),
            ("true", "TYPE"), ("[]", "TYPE"), ("{}", "TYPE"),
        ])
    func money(_ value: String, _ code: String?) throws {
        let faults = try faultsOfOpen(#"{"initial_cash":\#(value)}"#)
        #expect(faults == (code.map { ["\($0) #/initial_cash"] } ?? []))
    }

    @Test(
        "A text has a length limit and contains neither U+0000 nor a card number",
        arguments: [
            ("terminal_id", "", "LENGTH"), ("terminal_id", String(repeating: "é", count: 64), nil),
            ("terminal_id", String(repeating: "é", count: 65), "LENGTH"), ("terminal_id", "4111111111111111", "FORMAT"),
            ("notes", "", nil), ("notes", String(repeating: "😀", count: 1000), nil),
            ("notes", String(repeating: "e\u{301}", count: 501), "LENGTH"), ("notes", #"a\u0000b"#, "FORMAT"),
            ("notes", "tarjeta 4111111111111111, ojo", "FORMAT"), ("notes", "factura 4111111111111112", nil),
        ])
    func texts(_ field: String, _ text: String, _ code: String?) throws {
        let faults = try faultsOfOpen(#"{"initial_cash":1,"\#(field)":"\#(text)"}"#)
        #expect(faults == (code.map { ["\($0) #/\(field)"] } ?? []))
    }

    @Test(
        "A closing ticket consists of letters, digits and hyphens",
        arguments: [("A-1", nil), ("", "LENGTH"), ("A 1", "FORMAT"), ("ñ", "FORMAT"), ("a_b", "FORMAT")])
    func closingTicket(_ text: String, _ code: String?) throws {
        let faults = try faultsOfClose(#"{"final_cash":1,"closing_ticket":"\#(text)"}"#)
        #expect(faults == (code.map { ["\($0) #/closing_ticket"] } ?? []))
    }

    @Test("A login may contain any characters but U+0000, up to its length limits")
    func login() throws {
        var body = try BodyReader(Array(#"{"email":"ana@example.com","password":"4111111111111111"}"#.utf8))
        #expect(LoginBody(reading: &body).password == "4111111111111111")
        #expect(body.finish().isEmpty)
        body = try BodyReader(Array(#"{"email":"","password":"\#(String(repeating: "x", count: 129))"}"#.utf8))
        _ = LoginBody(reading: &body)
        #expect(body.finish().map(Self.words) == ["LENGTH #/email", "LENGTH #/password"])
        body = try BodyReader(Array(#"{"email":"ana@example.com","password":"clave\u0000"}"#.utf8))
        _ = LoginBody(reading: &body)
        #expect(body.finish().map(Self.words) == ["FORMAT #/password"], "no database holds U+0000")
    }
}

@Suite("Card numbers")
struct CardNumberTests {
    @Test(
        "A card number is a run of 13 to 19 digits that passes Luhn's check",
        arguments: [
            ("4111111111111111", true), ("x4111111111111111", true), ("4111111111111111.", true),
            ("4222222222222", true), ("6304000000000000000", true), ("5555555555554444", true),
            ("4111111111111112", false), ("41111111111111111111", false), ("4111 1111 1111 1111", false),
            ("", false), ("123456789012", false), ("0000", false),
        ])
    func isFound(_ text: String, _ isCard: Bool) {
        #expect(CardNumber.isIn(text) == isCard)
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
}

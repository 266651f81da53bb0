import CashPilot
import Testing

@testable import CashPilotHTTP
@testable import JSON

@Suite("Body fields")
struct BodyReaderTests {
    /// The errors in the body of an open as `code pointer`, in order.
    private func faultsOfOpen(_ text: String) throws -> [String] {
        var body = try BodyReader(Array(text.utf8))
        _ = OpenBody(reading: &body, caller: Sample.ana)
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
                 "cashier_id":"0197F4A0-8A2B-7C33-8D41-6F0E5B6A7C8D","external_id":"POS:1"}
                """#.utf8))
        let open = OpenBody(reading: &body, caller: Sample.ana)
        #expect(body.finish().isEmpty)
        #expect(open.initialCash == Money(minorUnits: 150_000))
        #expect(open.cashier == UserID("0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"))
        #expect(open.openedAt == Instant(rfc3339: "2026-11-23T17:15:00Z"))
        #expect(open.terminal == "caja-1")
        #expect(open.externalID == "POS:1")
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
            ("9223372036854775808", "RANGE"), ("1e400", "RANGE"), ("5.0", nil), ("1e3", nil), ("1.5", "TYPE"),
            ("9.999999999990e11", nil), ("1e12", "RANGE"), ("-1e0", "RANGE"), ("1e-1", "TYPE"), ("\"5\"", "TYPE"),
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
            ("notes", String(repeating: "e\u{301}", count: 1001), "LENGTH"), ("notes", #"a\u0000b"#, "FORMAT"),
            ("notes", "tarjeta 4111 1111 1111 1111, ojo", "FORMAT"), ("notes", "factura 4111111111111112", nil),
            ("notes", "IMEI 490154203237518", nil), ("notes", "pagó con 4111\u{A0}1111\u{2003}1111-1111", "FORMAT"),
            ("external_id", "A.b_c:d-1", nil), ("external_id", "a b", "FORMAT"), ("external_id", "", "LENGTH"),
            ("external_id", "4111111111111111", "FORMAT"),
            ("terminal_id", "1548138160707", nil), ("terminal_id", "\u{A0}\u{200B}\u{3000}", "LENGTH"),
        ])
    func texts(_ field: String, _ text: String, _ code: String?) throws {
        let faults = try faultsOfOpen(#"{"initial_cash":1,"\#(field)":"\#(text)"}"#)
        #expect(faults == (code.map { ["\($0) #/\(field)"] } ?? []))
    }

    @Test("Texts are read in their canonical form, and its length counts")
    func canonicalTexts() throws {
        let marks = String(repeating: "e\u{301}", count: 64)
        var body = try BodyReader(
            Array(
                #"{"initial_cash":1,"terminal_id":"  caja\u00a0 1\t","notes":"uno \r\n dos\u200b\u3000","x":"\#(marks)"}"#
                    .utf8))
        let open = OpenBody(reading: &body, caller: Sample.ana)
        #expect(open.terminal == "caja 1")
        #expect(open.notes.map { Array($0.unicodeScalars) } == Array("uno \n dos".unicodeScalars))
        #expect(body.text("x", length: 64...64) == String(repeating: "é", count: 64))
        #expect(body.reason("reason", length: 1...500) == nil)
        #expect(body.finish().isEmpty)
        body = try BodyReader(Array(#"{"reason":" \u00a0\n\u200d "}"#.utf8))
        #expect(body.requiredReason("reason", length: 1...500).isEmpty)
        #expect(body.finish().map(Self.words) == ["LENGTH #/reason"])
    }

    @Test("The error of a card number says so, and an unknown field with one is not named")
    func cardNumberWords() throws {
        var body = try BodyReader(Array(#"{"notes":"4111-1111-1111-1111","4111 1111 1111 1111":1}"#.utf8))
        _ = body.text("notes", length: 0...1000)
        let faults = body.finish()
        #expect(faults.map(Self.words) == ["FORMAT #/notes", "UNKNOWN_FIELD #/%2A%2A%2A"])
        #expect(faults.first?.detail.en.contains("looks like a card number") == true)
        #expect(faults.first?.detail.es.contains("parece un número de tarjeta") == true)
        #expect(faults.last?.detail.en == "There is no such field. Check its spelling.")
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
        body = try BodyReader(Array(#"{"email":"\u00a0Ana@Example.com\t","password":" Clave\u00a0"}"#.utf8))
        let login = LoginBody(reading: &body)
        #expect(login.email == "ana@example.com")
        #expect(login.password == " Clave\u{A0}", "a password is compared as it is typed")
        body = try BodyReader(Array(#"{"email":"","password":"\#(String(repeating: "x", count: 129))"}"#.utf8))
        _ = LoginBody(reading: &body)
        #expect(body.finish().map(Self.words) == ["LENGTH #/email", "LENGTH #/password"])
        body = try BodyReader(Array(#"{"email":"ana@example.com","password":"clave\u0000"}"#.utf8))
        _ = LoginBody(reading: &body)
        #expect(body.finish().map(Self.words) == ["FORMAT #/password"], "no database holds U+0000")
    }

    @Test(
        "A login by PIN names its user by id or by e-mail, and not by both",
        arguments: [
            (#""user_id":"019b8e07-4a3c-7f21-8c07-5b9de1f64a10""#, []), (#""email":"ana@example.com""#, []),
            (#""user_id":null,"email":"ana@example.com""#, []), (#""user_id":"7""#, ["FORMAT #/user_id"]),
            (#""user_id":null"#, ["REQUIRED #/user_id"]),
            (
                #""user_id":"019b8e07-4a3c-7f21-8c07-5b9de1f64a10","email":"ana@example.com""#,
                ["UNKNOWN_FIELD #/email"]
            ),
        ])
    func pinLogin(account: String, faults: [String]) throws {
        var body = try BodyReader(Array("{\(account),\"pin\":\"1\"}".utf8))
        #expect(PINLoginBody(reading: &body).pin == "1", "a malformed PIN is simply wrong")
        #expect(body.finish().map(Self.words) == faults)
    }

    @Test("An absent body is an empty object where the body is optional, also if it has a byte order mark only")
    func absent() throws {
        for bytes in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
            #expect(try BodyReader(bytes, isOptional: true).finish().isEmpty)
            #expect(throws: JSONError(offset: bytes.count)) { try BodyReader(bytes) }
        }
    }

    @Test("null is refused for a field that an edit cannot remove, and removes any other")
    func nulls() throws {
        var body = try BodyReader(Array(#"{"initial_cash":null,"opened_at":null,"notes":null}"#.utf8))
        let edit = EditBody(reading: &body).edit
        #expect(body.finish().map(Self.words) == ["TYPE #/opened_at", "TYPE #/initial_cash"])
        guard case .with(nil) = edit.notes else {
            Issue.record("\(edit.notes)")
            return
        }
    }

    @Test("A common password is rejected at its field, and the error says why in both languages")
    func commonPassword() throws {
        var body = try BodyReader(Array(#"{"password": "Password1"}"#.utf8))
        #expect(body.text("password", .password) == nil)
        let fault = try #require(body.finish().first)
        #expect(fault.code == .format)
        #expect(fault.detail.es.contains("3000 contraseñas más comunes"))
        #expect(fault.detail.en.contains("3000 most common passwords"))
        #expect(CommonPasswords.all.count == 3000)
        #expect(CommonPasswords.all.allSatisfy { (8...128).contains($0.count) })
    }
}

import CashPilot
import HTTPTypes
import TestSupport
import Testing

@testable import CashPilotHTTP

@Suite("What a field error says")
struct ExpectationTests {
    /// The first error of a body, as the response has it.
    private func error(_ text: String, in locale: Locale, _ read: (inout BodyReader) -> Void) throws -> JSON {
        var body = try BodyReader(Array(text.utf8))
        read(&body)
        let problem = Problem(.validationFailed, extra: .fields(body.finish()))
        return try JSON(parsing: problem.document(requestID: "r", in: locale))["errors"][0]
    }

    private func errorOfOpen(_ text: String, in locale: Locale = .english) throws -> JSON {
        try error(text, in: locale) { _ = OpenBody(reading: &$0, caller: Sample.ana) }
    }

    @Test("An amount that is no whole number is told so, with its type and the limits as data")
    func money() throws {
        let words = "a whole number in the currency's smallest unit (guaraníes, cents), from 0 to 999,999,999,999"
        for (value, code, detail) in [
            ("150000.5", "TYPE", "This must be \(words), not a number with a fraction."),
            (#""150000""#, "TYPE", "This must be \(words), not a text."),
            ("true", "TYPE", "This must be \(words), not true or false."),
            ("[]", "TYPE", "This must be \(words), not a list."), ("-1", "RANGE", "This must be \(words)."),
            ("1e12", "RANGE", "This must be \(words)."), ("null", "REQUIRED", "This field is required: send \(words)."),
        ] {
            let error = try errorOfOpen(#"{"initial_cash":\#(value)}"#)
            #expect(error["code"].string == code)
            #expect(error["detail"].string == detail)
            #expect(error["expected"].string == words)
            #expect(error["minimum"] == .integer(0) && error["maximum"] == .integer(999_999_999_999))
            #expect(error["max_length"] == nil)
        }
        let spanish = try errorOfOpen(#"{"initial_cash":"150000"}"#, in: .spanish)
        #expect(
            spanish["detail"].string
                == "Tiene que ser un número entero en la unidad más chica de la moneda (guaraníes, centavos), de 0 a "
                + "999.999.999.999, no un texto.")
    }

    @Test("A text that is too long, or has a card number or U+0000, is told so")
    func texts() throws {
        let long = try errorOfOpen(#"{"initial_cash":1,"terminal_id":""}"#)
        #expect(long["detail"] == "This must be a text of 1 to 64 characters.")
        #expect(long["max_length"] == .integer(64))
        let card = try errorOfOpen(#"{"initial_cash":1,"notes":"4111111111111111"}"#)
        #expect(
            card["detail"].string
                == "This must be a text of up to 1000 characters, without card numbers, and this looks like a card "
                + "number.")
        let nul = try errorOfOpen(#"{"initial_cash":1,"notes":"\u0000"}"#, in: .spanish)
        #expect(nul["detail"] == "Tiene que ser un texto de hasta 1000 caracteres, sin el carácter U+0000.")
        let blank = try error(#"{"reason":" "}"#, in: .spanish) { _ = RestoreBody(reading: &$0) }
        #expect(blank["detail"] == "Tiene que ser un texto de 1 a 500 caracteres.")
        let ticket = try error(#"{"final_cash":1,"closing_ticket":"ñ"}"#, in: .english) {
            _ = CloseBody(reading: &$0)
        }
        #expect(ticket["detail"].string?.hasSuffix("with ASCII letters, digits and hyphens only.") == true)
    }

    @Test("A choice and an unknown member are answered with the allowed values")
    func allowed() throws {
        let choice = try error(#"{"as":"open"}"#, in: .english) { _ = RestoreBody(reading: &$0) }
        #expect(choice["allowed"].items.compactMap(\.string) == ["OPEN", "ENDED"])
        #expect(choice["detail"] == "This must be one of these values: OPEN, ENDED.")
        let unknown = try error(#"{"resaon":"x"}"#, in: .english) { _ = RestoreBody(reading: &$0) }
        #expect(unknown["allowed"].items.compactMap(\.string) == ["as", "reason"])
        var query = try QueryReader(path: "/", query: "limt=5")
        _ = query.limit()
        #expect(query.finish().map(\.expectation.allowed) == [["limit"]])
    }

    @Test("A time in a query whose + is not escaped is answered with %2B")
    func plus() throws {
        var query = try QueryReader(path: "/", query: "opened_from=2026-01-01T00:00:00+02:00&opened_before=%")
        _ = SessionQuery(reading: &query)
        let details = query.finish().map(\.detail.en)
        #expect(
            details.first == "This must be a time with its offset, such as 2026-11-30T09:00:00-03:00, in the years "
                + "1970 to 9999; write + as %2B in a URL.")
        #expect(details.last?.hasSuffix("in UTF-8 with complete % escapes.") == true)
    }

    /// Every kind of expectation, with the cases of the enumeration in order.
    static let all: [CashPilotHTTP.Expectation] =
        [
            .object, .money, .integer(1...200), .text(0...10), .text(1...10),
            .id, .flag, .oneOf(["a"]), .instant, .instantInURL, .date, .minuteOfDay, .position, .auditAction, .cursor,
            .idempotencyKey, .knownName([]), .knownName(["a"]), .once, .withoutNUL(.text(0...1)),
        ]
        + [
            TextRule.email, .name, .password, .currency, .timeZone, .reason, .closingTicket, .externalID, .terminal,
            .notes,
        ].map { .rule($0) }

    @Test("Every error has a sentence in both languages that says what was expected", arguments: all)
    func sentences(_ expectation: CashPilotHTTP.Expectation) {
        for code in FieldError.Code.allCases {
            let detail = FieldError(code, .parameter("x"), expectation).detail
            #expect(detail.es.hasSuffix(".") && detail.en.hasSuffix(".") && detail.es != detail.en)
            guard ![.unknownField, .unknownParameter, .duplicate].contains(code) else { continue }
            #expect(detail.en.contains(expectation.words.en) && detail.es.contains(expectation.words.es))
            #expect(!detail.es.contains("formato") && !detail.en.contains("format"))
        }
    }
}

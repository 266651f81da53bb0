import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("The fields of people and businesses")
struct PeopleFieldsTests {
    @Test(
        "Texts of people and businesses follow their rules, also at the limits",
        arguments: [
            (TextRule.email, "a@b", nil), (.email, "a@", .length), (.email, "a@b@c", .format),
            (.email, "a b@c", .format), (.email, "@bc", .format),
            (.email, String(repeating: "é", count: 253) + "@b", nil),
            (.email, String(repeating: "é", count: 254) + "@b", .length), (.email, "4111111111111111@b", .cardNumber),
            (.name, "x", nil), (.name, "", .length), (.name, " \u{A0}\u{200B}", .length), (.name, "a\nb", nil),
            (.name, "a\u{7}b", .format), (.name, String(repeating: "😀", count: 200), nil),
            (.name, String(repeating: "e\u{301}", count: 200), nil),
            (.name, String(repeating: "x", count: 201), .length), (.name, "Caja 4111-1111-1111-1111", .cardNumber),
            (.reason, "3782 822463 10005", .cardNumber), (.password, "1234567", .length),
            (.password, "12345678", .commonPassword),
            (.password, "una clave", nil), (.password, " PassWord1 ", .commonPassword),
            (.password, String(repeating: " ", count: 128), nil), (.password, "1234567\u{7F}", .format),
            (.password, String(repeating: "x", count: 129), .length), (.password, "4111111111111111", nil),
            (.pin, "248163", nil), (.pin, "12345", .length),
            (.pin, "1357913579135", .length), (.pin, "123456", .format),
            (.pin, "987654", .format), (.pin, "678901", .format), (.pin, "777777", .format), (.pin, "112233", nil),
            (.pin, "24816a", .format), (.pin, "٢٤٨١٦٣", .format), (.pin, "124578", nil),
            (.closingTicket, "Z-1", nil), (.closingTicket, "Z_1", .format), (.closingTicket, "Z.1", .format),
            (.closingTicket, "Ñ", .format), (.closingTicket, "", .length),
            (.closingTicket, String(repeating: "1", count: 51), .length), (.notes, "", nil), (.notes, "a\nb\tc", nil),
            (.notes, String(repeating: "x", count: 1001), .length), (.notes, "4111 1111 1111 1111", .cardNumber),
            (.externalID, "Z:1_a.B-2", nil), (.externalID, "", .length), (.externalID, "a b", .format),
            (.externalID, " a", .format), (.externalID, "ñ", .format), (.externalID, "4111111111111111", .cardNumber),
            (.externalID, String(repeating: "x", count: 64), nil),
            (.externalID, String(repeating: "x", count: 65), .length),
            (.terminal, " Caja ñ\u{A0}1", nil), (.terminal, " ", .length), (.terminal, "a\u{7}b", .format),
            (.terminal, String(repeating: "é", count: 64), nil),
            (.terminal, String(repeating: "é", count: 65), .length), (.terminal, "4111111111111111", .cardNumber),
            (.currency, "PYG", nil), (.currency, " PYG\u{A0}", nil), (.currency, "pyg", .format),
            (.currency, "ÉUR", .format), (.currency, "PY", .length), (.currency, "PGY", .format),
            (.currency, "XXX", .format), (.currency, "XAU", .format), (.currency, "CLF", .format),
            (.currency, "HRK", .format),
            (.timeZone, "UTC", nil), (.timeZone, "U\u{0}C", .format),
            (.timeZone, String(repeating: "x", count: 65), .length),
        ] as [(TextRule, String, TextError?)])
    func texts(rule: TextRule, text: String, fault: TextError?) {
        #expect(rule.fault(in: rule.canonical(text)) == fault)
    }

    @Test("Names and addresses have a canonical form, and a password is kept as it is typed")
    func canonical() {
        #expect(TextRule.name.canonical(" Farmacia\u{A0} N\u{303}andu ") == "Farmacia Ñandu")
        #expect(TextRule.email.canonical("Ana@X.PY ") == "ana@x.py")
        let password = " cla\u{A0}ve\u{200B} "
        #expect(Array(TextRule.password.canonical(password).utf8) == Array(password.utf8))
    }

    @Test("Of all codes of three letters exactly those of the currency table are accepted")
    func currencies() {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { Character(UnicodeScalar($0)) }
        var accepted: [String] = []
        for first in letters {
            for second in letters {
                for third in letters {
                    let code = String([first, second, third])
                    if TextRule.currency.fault(in: code) == nil { accepted.append(code) }
                }
            }
        }
        #expect(accepted == Currency.all.map(\.code))
    }

    @Test(
        "A time of day is written as HH:MM",
        arguments: [
            ("00:00", 0), ("04:05", 245), ("23:59", 1439), ("24:00", nil), ("12:60", nil), ("4:05", nil), ("04:5", nil),
            ("04-05", nil), ("04:05:00", nil), ("+4:05", nil), ("", nil), ("०४:०५", nil),
        ] as [(String, Int?)])
    func times(text: String, minute: Int?) {
        #expect(MinuteOfDay.read(text) == minute)
    }

    @Test("Whole numbers, flags and choices are accepted in their own type only")
    func types() throws {
        var body = try BodyReader(
            Array(
                #"{"a": 1, "b": 745, "c": 1.5, "i": 7.0, "d": 9223372036854775808, "e": true, "f": "true", "g": "en", "h": "EN"}"#
                    .utf8))
        #expect(body.integer("a", in: 1...744) == 1)
        #expect(body.integer("i", in: 1...744) == 7)
        #expect(body.integer("b", in: 1...744) == nil)
        #expect(body.integer("c", in: 1...744) == nil)
        #expect(body.integer("d", in: 1...744) == nil)
        #expect(body.integer("z", in: 1...744) == nil)
        #expect(body.flag("e") == true)
        #expect(body.flag("f") == nil)
        #expect(body.choice("g") == Localization.en)
        #expect(body.choice("h") == Localization?.none)
        #expect(body.finish().map(\.code) == [.range, .type, .range, .type, .enum])
    }

    private enum Localization: String, CaseIterable {
        case en
    }
}

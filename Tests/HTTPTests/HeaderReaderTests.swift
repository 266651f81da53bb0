import CashPilot
import HTTPTypes
import Testing

@testable import CashPilotHTTP

@Suite("A request's header")
struct HeaderReaderTests {
    @Test(
        "Idempotency-Key is 1 to 255 visible ASCII characters, quoted or bare",
        arguments: [
            ("abc", "abc", nil), ("\"abc\"", "abc", nil), ("a,b;c=d", "a,b;c=d", nil), ("~", "~", nil),
            (String(repeating: "k", count: 255), String(repeating: "k", count: 255), nil),
            ("\"" + String(repeating: "k", count: 255) + "\"", String(repeating: "k", count: 255), nil),
            (String(repeating: "k", count: 256), nil, .length), ("", nil, .length), ("\"\"", nil, .length),
            ("a b", nil, .format), ("\"a b\"", nil, .format), ("a\"b", nil, .format), ("\"abc", nil, .format),
            ("clave-ñ", nil, .format), ("a\tb", nil, .format),
        ] as [(String, String?, FieldError.Code?)])
    func idempotencyKey(_ value: String, _ key: String?, _ code: FieldError.Code?) {
        var headers = HeaderReader([.idempotencyKey: value])
        #expect(headers.idempotencyKey() == key)
        #expect(headers.faults == (code.map { [FieldError($0, .header("Idempotency-Key"))] } ?? []))
    }

    @Test("Idempotency-Key may not come twice")
    func twoKeys() {
        var fields = HTTPFields()
        fields.append(HTTPField(name: .idempotencyKey, value: "a"))
        fields.append(HTTPField(name: .idempotencyKey, value: "b"))
        var headers = HeaderReader(fields)
        #expect(headers.idempotencyKey() == nil)
        #expect(headers.faults.count == 1)
    }

    @Test("Idempotency-Key names one request: another target or another body is another fingerprint")
    func fingerprint() {
        let first = IdempotencyKey("k", target: "b ", body: [1, 2]).fingerprint
        #expect(first.count == 32)
        #expect(first == IdempotencyKey("other", target: "b ", body: [1, 2]).fingerprint)
        #expect(first != IdempotencyKey("k", target: "b resume", body: [1, 2]).fingerprint)
        #expect(first != IdempotencyKey("k", target: "b ", body: [1, 2, 3]).fingerprint)
    }

    @Test(
        "If-Match names the versions that will do; what is no version of ours matches nothing",
        arguments: [
            ("\"3\"", [3]), ("W/\"3\"", [3]), ("*", nil), ("\"x\", \"4\"", [4]), ("\"2\",\"3\"", [2, 3]),
            ("\"x\", *", nil),
            (" \"5\" ", [5]), ("\"05\"", []), ("\"0\"", [0]), ("\"x\"", []), ("3", []), ("", []), ("\"\"", []),
            ("\"-1\"", []),
            ("\"99999999999999999999\"", []),
        ] as [(String, [Int64]?)])
    func ifMatch(_ value: String, _ versions: [Int64]?) {
        #expect(HeaderReader([.ifMatch: value]).expectedVersions() == versions)
        #expect(HeaderReader([:]).expectedVersions() == nil)
    }

    @Test(
        "If-None-Match names the versions that the caller has",
        arguments: [
            ("\"3\"", true), ("W/\"3\"", true), ("\"1\", \"3\"", true), ("*", true), ("\"4\"", false), ("3", false),
            ("", false), ("\"03\"", false), ("\"+3\"", false),
        ])
    func ifNoneMatch(_ value: String, _ hasIt: Bool) {
        #expect(HeaderReader([.ifNoneMatch: value]).hasVersion(3) == hasIt)
        #expect(!HeaderReader([:]).hasVersion(3))
    }

    @Test(
        "X-Request-Id is taken if it is plain, and else made",
        arguments: [
            ("till-7.a_B", true), (String(repeating: "x", count: 128), true),
            (String(repeating: "x", count: 129), false),
            ("", false), ("a b", false), ("ñ", false), ("a/b", false), ("a\"b", false),
        ])
    func requestID(_ value: String, _ isTaken: Bool) {
        let ids = IDMaker(milliseconds: { 0 }, random: { 0 })
        let id = RequestNames.requestID(in: [.requestID: value], ids: ids)
        #expect(id == (isTaken ? value : "00000000-0000-7000-8000-000000000000"))
    }
}

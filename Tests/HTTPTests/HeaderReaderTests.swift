import CashPilot
import HTTPTypes
import Testing

@testable import CashPilotHTTP

@Suite("Request headers")
struct HeaderReaderTests {
    @Test(
        "An Idempotency-Key has 1 to 255 visible ASCII characters, quoted or bare",
        arguments: [
            ("abc", "abc", nil), ("\"abc\"", "abc", nil), ("a,b;c=d", "a,b;c=d", nil), ("~", "~", nil),
            (String(repeating: "k", count: 255), String(repeating: "k", count: 255), nil),
            ("\"" + String(repeating: "k", count: 255) + "\"", String(repeating: "k", count: 255), nil),
            (String(repeating: "k", count: 256), nil, .length), ("", nil, .length), ("\"\"", nil, .length),
            ("a b", nil, .format), ("\"a b\"", nil, .format), ("a\"b", nil, .format), ("\"abc", nil, .format),
            ("4-20261130090000-0004", "4-20261130090000-0004", nil), ("clave-ñ", nil, .format), ("a\tb", nil, .format),
        ] as [(String, String?, FieldError.Code?)])
    func idempotencyKey(_ value: String, _ key: String?, _ code: FieldError.Code?) {
        var headers = HeaderReader([.idempotencyKey: value])
        #expect(headers.idempotencyKey() == key)
        #expect(headers.faults == (code.map { [FieldError($0, .header("Idempotency-Key"), .idempotencyKey)] } ?? []))
    }

    @Test("An Idempotency-Key with a card number is rejected, because keys are stored")
    func cardInKey() {
        for key in ["4111111111111111", "\"close-4111-1111-1111-1111\"", "3782_822463_10005", "4111:1111:1111:1111"] {
            var headers = HeaderReader([.idempotencyKey: key])
            #expect(headers.idempotencyKey() == nil)
            let fault = FieldError(.format, .header("Idempotency-Key"), .withoutCardNumber(.idempotencyKey))
            #expect(headers.faults == [fault])
        }
    }

    @Test("A repeated Idempotency-Key header is rejected")
    func twoKeys() {
        var fields = HTTPFields()
        fields.append(HTTPField(name: .idempotencyKey, value: "a"))
        fields.append(HTTPField(name: .idempotencyKey, value: "b"))
        var headers = HeaderReader(fields)
        #expect(headers.idempotencyKey() == nil)
        #expect(headers.faults.count == 1)
    }

    @Test(
        "If-Match names the accepted versions, and a malformed version matches nothing",
        arguments: [
            ("\"3\"", [3]), ("W/\"3\"", [3]), ("*", nil), ("\"x\", \"4\"", [4]), ("\"2\",\"3\"", [2, 3]),
            ("\"x\", *", nil), ("W/\"3-gzip\"", [3]), ("\"3-gzip\"", [3]), ("\"3;gzip\"", [3]), ("\"3\"-gzip", [3]),
            ("\"3--gzip\"", [3]), ("\"3-br\", \"4:zstd\"", [3, 4]), ("\"3-x-gzip\"", [3]), ("\"3gzip\"", []),
            ("\"3-4\"", []), ("\"-gzip\"", []), ("gzip", []),
            (" \"5\" ", [5]), ("\"05\"", []), ("\"0\"", [0]), ("\"x\"", []), ("3", []), ("", []), ("\"\"", []),
            ("\"-1\"", []),
            ("\"99999999999999999999\"", []),
        ] as [(String, [Int64]?)])
    func ifMatch(_ value: String, _ versions: [Int64]?) {
        #expect(HeaderReader([.ifMatch: value]).expectedVersions() == versions)
        #expect(HeaderReader([:]).expectedVersions() == nil)
    }

    @Test(
        "If-None-Match names the versions that the caller has, strong or weak",
        arguments: [
            ("\"3\"", true), ("W/\"3\"", true), ("\"1\", \"3\"", true), ("*", true), ("\"4\"", false), ("3", false),
            ("W/\"3-gzip\"", true), ("\"4\", \"3;gzip\"", true), ("\"4-gzip\"", false),
            ("", false), ("\"03\"", false), ("\"+3\"", false),
        ])
    func ifNoneMatch(_ value: String, _ hasIt: Bool) {
        #expect(HeaderReader([.ifNoneMatch: value]).hasVersion(3) == hasIt)
        #expect(!HeaderReader([:]).hasVersion(3))
    }

    @Test(
        "A well-formed X-Request-Id is the client's id of the request, and any other is ignored",
        arguments: [
            ("till-7.a_B", true), (String(repeating: "x", count: 128), true),
            (String(repeating: "x", count: 129), false),
            ("", false), ("a b", false), ("ñ", false), ("a/b", false), ("a\"b", false),
            ("4111-1111-1111-1111", false), ("till.4111111111111111", false), ("1548138160707", true),
            ("4-20261130090000-0004", true),
        ])
    func requestID(_ value: String, _ isTaken: Bool) {
        #expect(RequestNames.clientID(in: [.requestID: value]) == (isTaken ? value : nil))
        #expect(RequestNames.clientID(in: [:]) == nil)
    }
}

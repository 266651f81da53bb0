import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("Bearers")
struct BearerTests {
    @Test("A bearer has the prefix of its kind and 256 bits, and is found by the SHA-256 of its text")
    func made() throws {
        var word: UInt64 = 0
        let login = Bearer(.login) {
            word += 1
            return word
        }
        #expect(login.text == "cps_AQAAAAAAAAACAAAAAAAAAAMAAAAAAAAABAAAAAAAAAA")
        #expect(login.hash.bytes == SHA256.hash(login.text.utf8).bytes)
        #expect(try #require(Bearer(login.text)).hash == login.hash)
        let key = Bearer(.apiKey) { .max }
        #expect(key.text == "cpk_" + String(repeating: "_", count: 42) + "8")
        #expect(Bearer(key.text) != nil)
    }

    @Test("A terminal's bearer that is derived differs with the login and with each part, and is otherwise the same")
    func derived() {
        let (login, other) = (Bearer(.login) { 1 }, Bearer(.login) { 2 })
        let bearer = Bearer(.terminal, derivedFrom: login, for: ["business", "key"])
        #expect(bearer.text.hasPrefix("cpt_"))
        #expect(Bearer(bearer.text)?.hash == bearer.hash)
        #expect(Bearer(.terminal, derivedFrom: login, for: ["business", "key"]).text == bearer.text)
        for text in [
            Bearer(.terminal, derivedFrom: other, for: ["business", "key"]).text,
            Bearer(.terminal, derivedFrom: login, for: ["business", "key2"]).text,
            Bearer(.terminal, derivedFrom: login, for: ["businessk", "ey"]).text,
        ] {
            #expect(text != bearer.text)
        }
    }

    @Test(
        "A text with another prefix, length, alphabet or spelling is no bearer",
        arguments: [
            "", "cps_", "cpk_short", "cpx_" + String(repeating: "A", count: 43),
            "cps_" + String(repeating: "A", count: 42), "cps_" + String(repeating: "A", count: 44),
            "cps_" + String(repeating: "A", count: 42) + "B", "cps_" + String(repeating: "%", count: 43),
            "CPS_" + String(repeating: "A", count: 43), " cps_" + String(repeating: "A", count: 43), "a.b.c",
        ])
    func refused(_ text: String) {
        #expect(Bearer(text) == nil)
    }

    @Test(
        "The name of a login is the client's User-Agent in canonical form, or absent",
        arguments: [
            ("Mozilla/5.0 (X11; Linux)", "Mozilla/5.0 (X11; Linux)"), ("  curl/8.5  ", "curl/8.5"), ("", nil),
            ("till\u{7}", nil), ("till 4111 1111 1111 1111", nil),
            (String(repeating: "x", count: 300), String(repeating: "x", count: 200)),
        ] as [(String, String?)])
    func name(_ agent: String, _ name: String?) {
        #expect(AccountRoutes.name(ofUserAgent: agent) == name)
    }
}

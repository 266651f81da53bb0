import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("The fingerprint of a request with an Idempotency-Key")
struct KeyedRequestTests {
    private static let cashier = "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"

    private func fingerprint(_ text: String, target: String = "b ") throws -> [UInt8] {
        var body = try BodyReader(Array(text.utf8), key: "k")
        _ = OpenBody(reading: &body, caller: Sample.ana)
        #expect(body.finish().isEmpty, "\(text)")
        return try #require(body.idempotencyKey(for: target)).fingerprint
    }

    @Test("A request without a key has no fingerprint")
    func noKey() throws {
        var body = try BodyReader(Array(#"{"initial_cash":1}"#.utf8))
        _ = OpenBody(reading: &body, caller: Sample.ana)
        #expect(body.idempotencyKey(for: "b ") == nil)
    }

    @Test(
        "Requests with the same values have the same fingerprint, however they are spelled",
        arguments: [
            #"{"notes":"café","initial_cash":150000,"opened_at":"2026-11-23T17:15:00Z","cashier_id":"ID"}"#,
            #"{"cashier_id":"ID","opened_at":"2026-11-23T17:15:00Z","initial_cash":150000,"notes":"café"}"#,
            #" { "initial_cash" : 150000, "notes": "café","cashier_id":"ID", "opened_at":"2026-11-23T17:15:00Z" } "#,
            "\u{FEFF}"
                + #"{"initial_cash":150000,"notes":"café","cashier_id":"ID","opened_at":"2026-11-23T17:15:00Z"}"#,
            #"{"initial_cash":150000,"notes":"caf\u00e9","cashier_id":"ID","opened_at":"2026-11-23T17:15:00Z"}"#,
            #"{"initial_c\u0061sh":1.5e5,"notes":"café","cashier_id":"ID","opened_at":"2026-11-23T17:15:00Z"}"#,
            #"{"initial_cash":150000.0,"notes":"café","cashier_id":"ID","opened_at":"2026-11-23t17:15:00.000z"}"#,
            #"{"initial_cash":15e4,"notes":"café","cashier_id":"id","opened_at":"2026-11-23T14:15:00-03:00"}"#,
            #"{"terminal_id":null,"initial_cash":150000,"notes":"café","cashier_id":"ID","opened_at":"2026-11-23T17:15:00Z"}"#,
        ])
    func equal(_ text: String) throws {
        let id = Self.cashier
        let first = #"{"initial_cash":150000,"cashier_id":"\#(id)","notes":"café","opened_at":"2026-11-23T17:15:00Z"}"#
        let other = text.replacing(#""ID""#, with: "\"\(id.uppercased())\"").replacing(#""id""#, with: "\"\(id)\"")
        #expect(try fingerprint(other) == fingerprint(first))
    }

    @Test("Requests that differ in one value or in the target have different fingerprints")
    func different() throws {
        let id = Self.cashier
        let bodies = [
            #"{"initial_cash":1}"#, #"{"initial_cash":10}"#, #"{"initial_cash":1,"notes":""}"#,
            #"{"initial_cash":1,"notes":"1"}"#, #"{"initial_cash":1,"terminal_id":"1"}"#,
            #"{"initial_cash":1,"notes":"a","terminal_id":"b"}"#, #"{"initial_cash":1,"notes":"b","terminal_id":"a"}"#,
            #"{"initial_cash":1,"notes":"a11:terminal_id1:b"}"#, #"{"initial_cash":1,"notes":"null"}"#,
            #"{"initial_cash":1,"cashier_id":"\#(id)"}"#, #"{"initial_cash":1,"notes":"\#(id)"}"#,
            #"{"initial_cash":1,"opened_at":"2026-11-23T17:15:00Z"}"#,
            #"{"initial_cash":1,"opened_at":"2026-11-23T17:15:00.001Z"}"#,
        ]
        let fingerprints = try bodies.map { try fingerprint($0) } + [fingerprint(bodies[0], target: "b resume")]
        #expect(Set(fingerprints).count == bodies.count + 1)
        #expect(fingerprints.allSatisfy { $0.count == 32 })
    }

    @Test("A default that is spelled out is the same request as an absent field, and any other value is not")
    func defaults() throws {
        func expect(
            _ start: String, _ name: String, _ value: String, not other: String, read: (inout BodyReader) -> Void
        ) throws {
            let fingerprints = try ["", #", "\#(name)": \#(value)"#, #", "\#(name)": \#(other)"#].map { field in
                var body = try BodyReader(Array("{\(start)\(field)}".utf8), key: "k")
                read(&body)
                #expect(body.finish().isEmpty, "\(field)")
                return try #require(body.idempotencyKey(for: "")).fingerprint
            }
            #expect(fingerprints[0] == fingerprints[1], "\(name)")
            #expect(fingerprints[0] != fingerprints[2], "\(name)")
        }
        let (caller, other) = ("\"\(Sample.ana)\"", "\"\(Self.cashier)\"")
        try expect(#""initial_cash": 1"#, "cashier_id", caller.uppercased(), not: other) {
            _ = OpenBody(reading: &$0, caller: Sample.ana)
        }
        try expect(#""reason": "r""#, "as", #""OPEN""#, not: #""ENDED""#) { _ = RestoreBody(reading: &$0) }
        try expect(#""reason": "again""#, "acknowledge_successor", "false", not: "true") {
            _ = ReopenBody(reading: &$0)
        }
        let user = #""email": "eva@x.example", "name": "Eva", "password": "una clave""#
        for (name, value, other) in [
            ("role", #""CASHIER""#, #""ADMIN""#), ("locale", #""es-PY""#, #""en""#), ("is_active", "true", "false"),
        ] {
            try expect(user, name, value, not: other) { _ = UserChange(reading: &$0, isNew: true) }
        }
        let business = #""name": "Centro", "currency": "PYG", "time_zone": "America/Asuncion""#
        for (name, value, other) in [
            ("day_cutoff", #""00:00""#, #""00:01""#), ("stale_after_hours", "16", "15"),
            ("edit_window_hours", "32.0", "0"), ("is_active", "true", "false"),
        ] {
            try expect(business, name, value, not: other) { _ = BusinessChange(reading: &$0, isNew: true) }
        }
        // An absent amount of a close keeps the stored one.
        let closes = try [#"{"final_cash": 1}"#, #"{"final_cash": 1, "expenses": 0}"#].map { text in
            var body = try BodyReader(Array(text.utf8), key: "k")
            _ = CloseBody(reading: &body)
            return try #require(body.idempotencyKey(for: "")).fingerprint
        }
        #expect(closes[0] != closes[1])
    }

    @Test("Names, values and targets never form the same fingerprint by concatenation")
    func boundaries() {
        func fingerprint(_ target: String, _ values: [(String, String)]) -> [UInt8] {
            var request = KeyedRequest(key: "k", body: [])
            for (name, text) in values { request.set(name, text) }
            return request.idempotencyKey(for: target).fingerprint
        }
        let lists: [(String, [(String, String)])] = [
            ("", []), ("", [("", "")]), ("1:a", []), ("", [("a", "")]), ("", [("", "a")]), ("a", []),
            ("", [("ab", "c")]), ("", [("a", "bc")]), ("", [("a", "b"), ("c", "d")]), ("", [("a", "b1:c1:d")]),
            ("0:0:", []), ("", [("a", "\0")]), ("", [("a\0", "")]),
        ]
        #expect(Set(lists.map { fingerprint($0.0, $0.1) }).count == lists.count)
        #expect(fingerprint("", [("a", "1"), ("b", "2")]) == fingerprint("", [("b", "2"), ("a", "0"), ("a", "1")]))
    }

    @Test("Every member that a body accepts is part of the fingerprint")
    func complete() throws {
        let id = Self.cashier
        let fields: [(name: String, value: String)] = [
            ("final_cash", "1"), ("card_total", "1"), ("bank_transfer_total", "1"), ("envelope_amount", "1"),
            ("expenses", "1"), ("credit_sales_total", "1"), ("credit_payments_collected", "1"),
            ("declared_cash_sales", "1"), ("closing_ticket", #""1""#), ("notes", #""1""#),
        ]
        func fingerprint(_ text: String) throws -> [UInt8] {
            var body = try BodyReader(Array(text.utf8), key: "k")
            _ = HandoverBody(reading: &body)
            #expect(body.finish().isEmpty, "\(text)")
            return try #require(body.idempotencyKey(for: "")).fingerprint
        }
        let start = #"{"to_cashier_id":"\#(id)","final_cash":0"#
        var seen: Set = [try fingerprint(start + "}")]
        for field in fields.dropFirst() {
            seen.insert(try fingerprint(start + #","\#(field.name)":\#(field.value)}"#))
            #expect(try fingerprint(start + #","\#(field.name)":null}"#) == fingerprint(start + "}"))
        }
        seen.insert(try fingerprint(#"{"to_cashier_id":"\#(id)","final_cash":1}"#))
        seen.insert(try fingerprint(#"{"to_cashier_id":"\#(id.replacing("8d", with: "8e"))","final_cash":0}"#))
        #expect(seen.count == fields.count + 2)
    }

    @Test("A password is no part of the fingerprint")
    func password() throws {
        func fingerprint(_ password: String) throws -> [UInt8] {
            let text = #"{"current_password": "old \#(password)", "new_password": "a new \#(password)"}"#
            var body = try BodyReader(Array(text.utf8), key: "k")
            _ = PasswordBody(reading: &body)
            return try #require(body.idempotencyKey(for: "")).fingerprint
        }
        #expect(try fingerprint("one") == fingerprint("two"))
    }
}

import CashPilot
import HTTPTypes
import TestSupport
import Testing

@testable import CashPilotHTTP

@Suite("The body of a movement")
struct MovementBodyTests {
    private static let path = "/v1/businesses/\(Sample.business)/sessions/\(Sample.session)/movements"
    private static let max = 999_999_999_999

    private func json(_ answer: TestResponse) throws -> JSON { try JSON(parsing: Array(answer.body.utf8)) }

    /// Sends a movement, and returns the status, and the code and place of each error.
    private func send(_ body: String, to path: String = path) async throws -> (status: Int, faults: [String]) {
        let answer = try await APIFixture().send(.post, path, body: body)
        let faults = try json(answer)["errors"].items.map { "\($0["code"].string ?? "") \($0["pointer"].string ?? "")" }
        return (answer.status, faults)
    }

    @Test(
        "Every wrong field of a movement is refused with its place, and every right one is accepted",
        arguments: [
            (#"{"type": "CASH_SALE", "amount": 0}"#, "RANGE #/amount"),
            (#"{"type": "CASH_SALE", "amount": -1}"#, "RANGE #/amount"),
            (#"{"type": "CASH_SALE", "amount": 1.5}"#, "TYPE #/amount"),
            (#"{"type": "CASH_SALE", "amount": "100"}"#, "TYPE #/amount"),
            (#"{"type": "CASH_SALE", "amount": \#(max + 1)}"#, "RANGE #/amount"),
            (#"{"type": "CASH_SALE"}"#, "REQUIRED #/amount"),
            (#"{"type": "CASH_SALE", "amount": null}"#, "REQUIRED #/amount"),
            (#"{"type": "NO_SALE", "amount": 5, "reason": "x"}"#, "RANGE #/amount"),
            (#"{"type": "SALE", "amount": 1}"#, "ENUM #/type"), (#"{"type": "cash_sale", "amount": 1}"#, "ENUM #/type"),
            (#"{"type": null, "amount": 1}"#, "REQUIRED #/type"), (#"{"amount": 1}"#, "REQUIRED #/type"),
            (#"{"type": "DROP", "category": "OTHER", "amount": 1}"#, "UNKNOWN_FIELD #/category"),
            (#"{"type": "PAID_OUT", "amount": 1}"#, "REQUIRED #/category"),
            (#"{"type": "PAID_IN", "category": "TIP", "amount": 1}"#, "ENUM #/category"),
            (#"{"type": "PAID_IN", "category": "OTHER", "amount": 1}"#, "REQUIRED #/reason"),
            (#"{"type": "NO_SALE"}"#, "REQUIRED #/reason"),
            (#"{"type": "NO_SALE", "reason": "  "}"#, "LENGTH #/reason"),
            (#"{"type": "NO_SALE", "reason": "\#(String(repeating: "x", count: 501))"}"#, "LENGTH #/reason"),
            (#"{"type": "NO_SALE", "reason": "4111 1111 1111 1111"}"#, "FORMAT #/reason"),
            (#"{"type": "NO_SALE", "reason": "a\u0000b"}"#, "FORMAT #/reason"),
            (#"{"type": "DROP", "amount": 1, "reference": "001/001"}"#, "FORMAT #/reference"),
            (
                #"{"type": "DROP", "amount": 1, "reference": "\#(String(repeating: "1", count: 51))"}"#,
                "LENGTH #/reference"
            ),
            (#"{"type": "PAID_IN", "category": "TRANSFER", "amount": 1}"#, "REQUIRED #/counterpart_cashier_id"),
            (
                #"{"type": "DROP", "amount": 1, "counterpart_cashier_id": "\#(Sample.admin)"}"#,
                "UNKNOWN_FIELD #/counterpart_cashier_id"
            ),
            (
                #"{"type": "PAID_IN", "category": "TRANSFER", "amount": 1, "counterpart_cashier_id": "x"}"#,
                "FORMAT #/counterpart_cashier_id"
            ),
            (#"{"type": "DROP", "amount": 1, "occurred_at": "2026-11-23T17:15:00"}"#, "FORMAT #/occurred_at"),
            (#"{"type": "DROP", "amount": 1, "id": "00000000-0000-0000-0000-000000000000"}"#, "FORMAT #/id"),
            (#"{"type": "DROP", "amount": 1, "id": "x"}"#, "FORMAT #/id"),
            (#"{"type": "DROP", "amount": 1, "effect": 1}"#, "UNKNOWN_FIELD #/effect"),
            (#"{"type": "DROP", "amount": 1, "number": 1}"#, "UNKNOWN_FIELD #/number"),
            (#"{"type": "DROP", "amount": 1, "late": true}"#, "UNKNOWN_FIELD #/late"),
            (#"{"type": "DROP", "amount": 1, "recorded_by": "\#(Sample.ana)"}"#, "UNKNOWN_FIELD #/recorded_by"),
            (#"{"type": "DROP", "amount": 1, "reverses_id": "\#(Sample.ana)"}"#, "UNKNOWN_FIELD #/reverses_id"),
            (#"{"type": "CASH_SALE", "amount": 1, "category": null, "counterpart_cashier_id": null}"#, nil),
            (#"{"type": "CASH_SALE", "amount": \#(max), "reference": "001-001-0000123"}"#, nil),
            (#"{"type": "NO_SALE", "reason": "x"}"#, nil), (#"{"type": "NO_SALE", "amount": 0, "reason": "x"}"#, nil),
            (#"{"type": "PAID_OUT", "category": "TIP", "amount": 1}"#, nil),
            (
                #"{"type": "PAID_OUT", "category": "TRANSFER", "amount": 1, "counterpart_cashier_id": "\#(Sample.admin)"}"#,
                nil
            ),
        ] as [(String, String?)])
    func fields(body: String, fault: String?) async throws {
        let answer = try await send(body)
        #expect(answer.faults == (fault.map { [$0] } ?? []), "\(body)")
        #expect(answer.status == (fault == nil ? 201 : 422), "\(body)")
    }

    @Test("A movement has its members in the documented order, and the next one has the next number")
    func movement() async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.send(
            .post, Self.path,
            body: #"""
                {"id": "0197f4b1-0c11-7a00-9c55-3b1d0e6f7a10", "type": "PAID_OUT", "category": "EXPENSE", "amount": 35000, "reason": "Delivery"}
                """#)
        #expect(answer.status == 201)
        #expect(
            answer.body.hasPrefix(
                #"""
                {"id":"0197f4b1-0c11-7a00-9c55-3b1d0e6f7a10","business_id":"\#(Sample.business)","session_id":"\#(Sample.session)","number":1,"type":"PAID_OUT","category":"EXPENSE","amount":35000,
                """#))
        #expect(answer.headers[.location] == "\(Self.path)/0197f4b1-0c11-7a00-9c55-3b1d0e6f7a10")
        let again = try await fixture.send(
            .post, Self.path,
            body: #"""
                {"id": "0197f4b1-0c11-7a00-9c55-3b1d0e6f7a10", "type": "PAID_OUT", "category": "EXPENSE", "amount": 35001, "reason": "Delivery"}
                """#)
        #expect(again.status == 409)
        #expect(try json(again)["code"] == "MOVEMENT_ID_TAKEN")
        #expect(try json(again)["existing_movement"]["amount"] == 35_000)
    }

    @Test("A key names the id of a movement: the same request is replayed, and another one with the key is refused")
    func key() async throws {
        let fixture = try await APIFixture()
        func send(_ amount: Int) async throws -> TestResponse {
            try await fixture.send(
                .post, Self.path, [.idempotencyKey: "k"], body: #"{"type": "DROP", "amount": \#(amount)}"#)
        }
        let (first, second, other) = (try await send(1), try await send(1), try await send(2))
        #expect(first.status == 201 && second.status == 201 && second.body == first.body)
        #expect(second.headers[.idempotentReplayed] == "true")
        #expect(other.status == 422)
        #expect(try json(other)["code"] == "IDEMPOTENCY_KEY_REUSED")
        // A UUID of version 8.
        let id = try #require(try json(first)["id"].string)
        #expect(id.dropFirst(14).first == "8")
    }

    @Test("A movement and a reconciliation have no other methods", arguments: ["PATCH", "PUT", "DELETE"])
    func methods(method: String) async throws {
        let method = try #require(HTTPRequest.Method(rawValue: method))
        let answer = try await APIFixture().send(method, "\(Self.path)/\(Sample.session)", body: "{}")
        #expect(answer.status == 405 && answer.headers[.allow] == "GET, HEAD, OPTIONS")
    }
}

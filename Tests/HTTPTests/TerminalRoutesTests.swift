import CashPilot
import HTTPTypes
import Testing

@testable import CashPilotHTTP

@Suite("Terminals over HTTP")
struct TerminalRoutesTests {
    private static let terminals = "/v1/businesses/\(Sample.business)/terminals"
    private static let terminal: HTTPFields = [.authorization: "Bearer \(ScriptedTerminalStore.bearer.text)"]

    @Test("Only the response that creates a terminal has its secret")
    func secret() async throws {
        let fixture = try await APIFixture()
        let created = try await fixture.send(.post, Self.terminals, body: #"{"name": "Caja 1"}"#)
        #expect(created.status == 201)
        #expect(created.body.contains(#""secret":"cpt_"#))
        #expect(created.headers[.location] == "\(Self.terminals)/\(ScriptedTerminalStore.terminal.id)")
        let one = "\(Self.terminals)/\(ScriptedTerminalStore.terminal.id)"
        for reply in [
            try await fixture.send(.get, Self.terminals),
            try await fixture.send(.patch, one, body: #"{"name": "Caja 2"}"#),
        ] {
            #expect(reply.status == 200)
            #expect(reply.body.contains(#""kind":"TERMINAL","name":"Caja 1""#))
            #expect(!reply.body.contains("cpt_") && !reply.body.contains("secret"))
        }
        #expect(try await fixture.send(.delete, one).status == 204)
    }

    @Test("A repeated creation has the same secret, and another request with the key is refused")
    func keyed() async throws {
        let fixture = try await APIFixture()
        let key: HTTPFields = [.idempotencyKey: "caja-1"]
        let first = try await fixture.send(.post, Self.terminals, key, body: #"{"name": "Caja 1"}"#)
        let second = try await fixture.send(.post, Self.terminals, key, body: #"{"name": "Caja 1"}"#)
        #expect(first.status == 201 && first.headers[.idempotentReplayed] == nil)
        #expect(second.status == 201 && second.headers[.idempotentReplayed] == "true")
        #expect(first.body == second.body)
        let other = try await fixture.send(.post, Self.terminals, key, body: #"{"name": "Caja 2"}"#)
        #expect(other.status == 422)
    }

    @Test("A terminal reads itself and its cashiers, and is no caller anywhere else")
    func own() async throws {
        let fixture = try await APIFixture()
        let own = try await fixture.send(.get, "/v1/terminal", Self.terminal)
        #expect(own.status == 200)
        #expect(own.body.contains(#""name":"Caja 1","business":{"id":"\#(Sample.business)""#))
        let cashiers = try await fixture.send(.get, "/v1/terminal/cashiers", Self.terminal)
        #expect(cashiers.body == #"{"items":[{"id":"\#(Sample.ana)","name":"Ana","has_pin":false}]}"#)
        for endpoint in API.endpoints where endpoint.access == .authenticated {
            let path = endpoint.path.replacing("{business_id}", with: "\(Sample.business)")
                .replacing("{session_id}", with: "\(Sample.session)").replacing("{user_id}", with: "\(Sample.ana)")
                .replacing("{credential_id}", with: "\(Sample.ana)").replacing("{terminal_id}", with: "\(Sample.ana)")
            let reply = try await fixture.send(endpoint.method, path, Self.terminal)
            #expect(reply.status == 401, "\(endpoint.method) \(path)")
        }
        for headers in [[:], [.authorization: "Bearer \(APIFixture.bearer.text)"]] as [HTTPFields] {
            let reply = try await fixture.send(.get, "/v1/terminal", headers, anonymously: true)
            #expect(reply.status == 401)
        }
    }
}

import CashPilot
import HTTPTypes
import Testing

@testable import CashPilotHTTP

@Suite("API routes")
struct APITests {
    private let sessions = "/v1/businesses/\(Sample.business)/sessions"
    private let session = "/v1/businesses/\(Sample.business)/sessions/\(Sample.session)"

    @Test("An open returns 201 with Location, ETag and the session")
    func open() async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.send(
            .post, sessions, [.idempotencyKey: "\"k-1\""], body: #"{"initial_cash":150000,"notes":"hola"}"#)
        #expect(answer.status == 201)
        #expect(answer.headers[.location] == session)
        #expect(answer.headers[.eTag] == "\"1\"")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.idempotentReplayed] == nil)
        #expect(answer.body.hasPrefix(#"{"id":"0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d","#))
        let opened = try #require(fixture.store.state.withLock { $0.opened })
        #expect(opened.cashier == Sample.ana)
        #expect(opened.notes == "hola")
        #expect(opened.key?.text == "k-1")
    }

    @Test("A repeated open returns the stored response with Idempotent-Replayed")
    func replay() async throws {
        let fixture = try await APIFixture()
        let body = #"{"initial_cash":150000}"#
        var reader = try BodyReader(Array(body.utf8), key: "k")
        _ = OpenBody(reading: &reader, caller: Sample.ana)
        let key = try #require(reader.idempotencyKey(for: "\(Sample.business) "))
        fixture.store.state.withLock { $0.fingerprint = key.fingerprint }
        let answer = try await fixture.send(.post, sessions, [.idempotencyKey: "k"], body: body)
        #expect(answer.status == 201)
        #expect(answer.headers[.location] == session)
        #expect(answer.headers[.idempotentReplayed] == "true")
        let respelled = #"{"initial_cash": 1.5e5}"#
        let same = try await fixture.send(.post, sessions, [.idempotencyKey: "\"k\""], body: respelled)
        #expect(same.headers[.idempotentReplayed] == "true")
        let other = try await fixture.send(.post, sessions, [.idempotencyKey: "k"], body: #"{"initial_cash":150001}"#)
        #expect(other.status == 422)
        #expect(other.body.contains("IDEMPOTENCY_KEY_REUSED"))
    }

    @Test("A second open returns 409 with the existing session, in the requested language")
    func conflict() async throws {
        let fixture = try await APIFixture()
        fixture.store.state.withLock { $0.existing = Sample.existing() }
        let answer = try await fixture.send(
            .post, sessions, [.acceptLanguage: "es-PY", .requestID: "till-7"], body: #"{"initial_cash":1}"#)
        #expect(answer.status == 409)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(answer.headers[.contentLanguage] == "es-PY")
        #expect(answer.headers[.vary] == "Accept-Language")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.requestID] == "till-7")
        #expect(
            answer.body.contains(#""detail":"Tenés una sesión abierta desde las 14:15","instance":"urn:uuid:till-7""#))
        #expect(answer.body.contains(#""request_id":"till-7","existing_session":{"id":"\#(Sample.session)""#))
        #expect(await fixture.metrics.text().contains("conflicts_total 1"))
        let english = try await fixture.send(.post, sessions, body: #"{"initial_cash":1}"#)
        #expect(english.headers[.contentLanguage] == "en", "the language of Ana's account")
        let resumed = try await fixture.send(.post, sessions + "?on_conflict=resume", body: #"{"initial_cash":1}"#)
        #expect(resumed.status == 200)
        #expect(resumed.headers[.location] == nil)
        #expect(resumed.headers[.eTag] == "\"1\"")
    }

    @Test("Errors in the query, the headers and the body of a request are reported at once")
    func validation() async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.send(
            .post, sessions + "?on_conflict=replace&x=1", [.idempotencyKey: "a b"], body: #"{"allow_overlap":true}"#)
        #expect(answer.status == 422)
        let places = [
            #""ENUM","parameter":"on_conflict""#, #""UNKNOWN_PARAMETER","parameter":"x""#,
            #""FORMAT","header":"Idempotency-Key""#, ##""REQUIRED","pointer":"#/initial_cash""##,
            ##""UNKNOWN_FIELD","pointer":"#/allow_overlap""##,
        ]
        #expect(places.allSatisfy { answer.body.contains($0) })
        #expect(fixture.store.state.withLock { $0.opened == nil })
    }

    @Test("A close checks If-Match, and a second close is 409 with the figures of the first")
    func close() async throws {
        let fixture = try await APIFixture()
        let late = try await fixture.send(.post, session + "/close", [.ifMatch: "\"9\""], body: #"{"final_cash":1}"#)
        #expect(late.status == 412)
        #expect(late.body.hasSuffix(#""current_version":1}"#))
        let answer = try await fixture.send(.post, session + "/close", [.ifMatch: "\"1\""], body: #"{"final_cash":1}"#)
        #expect(answer.status == 200)
        #expect(answer.headers[.eTag] == "\"2\"")
        #expect(answer.body.contains(#""over_short":-10000"#))
        fixture.store.state.withLock { $0.stored = Sample.closedSession() }
        let second = try await fixture.send(.post, session + "/close", body: #"{"final_cash":2}"#)
        #expect(second.status == 409)
        #expect(second.body.contains(#""final_cash":1200000"#))
    }

    @Test("A session is 304 for a caller with its version, and the current session is never 304")
    func read() async throws {
        let fixture = try await APIFixture()
        let one = try await fixture.send(.get, session)
        #expect(one.status == 200)
        #expect(one.headers[.eTag] == "\"1\"")
        #expect(one.headers[.cacheControl] == "private, no-cache")
        let again = try await fixture.send(.get, session, [.ifNoneMatch: "W/\"1\""])
        #expect(again.status == 304)
        #expect(again.body == "")
        #expect(again.headers[.eTag] == "\"1\"")
        let current = try await fixture.send(.get, sessions + "/current", [.ifNoneMatch: "\"1\""])
        #expect(current.status == 200)
        #expect(current.body == one.body)
        fixture.store.state.withLock { $0.stored = nil }
        let none = try await fixture.send(.get, sessions + "/current")
        #expect(none.status == 404)
        #expect(none.body.contains("NO_OPEN_SESSION"))
        let colleague = try await fixture.send(.get, sessions + "/current?cashier_id=\(Sample.admin)")
        #expect(colleague.status == 403)
        let head = try await fixture.send(.head, sessions + "/current")
        #expect(head.status == 404)
        #expect(head.body == "")
        #expect(head.headers[.contentLength] == "\(none.body.utf8.count)")
    }

    @Test("A stale session is never 304, because it becomes stale without a new version")
    func staleIsNeverNotModified() async throws {
        let fixture = try await APIFixture()
        fixture.store.state.withLock { $0.stored = Sample.openSession(isStale: true) }
        let answer = try await fixture.send(.get, session, [.ifNoneMatch: "\"1\""])
        #expect(answer.status == 200)
        #expect(answer.body.contains(#""stale":true"#))
        #expect(answer.headers[.eTag] == "\"1\"")
    }

    @Test("A session list has pages, and its Link leads to the next page")
    func list() async throws {
        let fixture = try await APIFixture()
        fixture.store.state.withLock { $0.sessions = [Sample.openSession(), Sample.openSession()] }
        let first = try await fixture.send(.get, sessions + "?status=OPEN&limit=1")
        #expect(first.status == 200)
        #expect(first.body.hasPrefix(#"{"items":[{"id":""#))
        let link = try #require(first.headers[.link])
        #expect(link.hasPrefix("<\(sessions)?status=OPEN&limit=1&cursor="))
        #expect(link.hasSuffix(">; rel=\"next\""))
        let next = try await fixture.send(.get, String(link.dropFirst().prefix { $0 != ">" }))
        #expect(next.status == 200)
        let elsewhere = try await fixture.send(
            .get, "/v1/sessions?status=OPEN&limit=1&cursor=" + String(link.split(separator: "=")[3].prefix(40)))
        #expect(elsewhere.status == 422)
        #expect(elsewhere.body.contains("INVALID_CURSOR"))
        let last = try await fixture.send(.get, "/v1/sessions")
        #expect(last.body.hasSuffix(#"],"next_cursor":null}"#))
        #expect(last.headers[.link] == nil)
    }

    @Test("A login returns a bearer, and /v1/me returns its user")
    func accounts() async throws {
        let fixture = try await APIFixture()
        let login = try await fixture.send(
            .post, "/v1/auth/token", body: #"{"email":"ana@example.com","password":"correct horse"}"#, anonymously: true
        )
        #expect(login.status == 200)
        #expect(login.headers[.cacheControl] == "no-store")
        let user =
            #""id":"\#(Sample.ana)","email":"ana@example.com","name":"Ana","role":"CASHIER","locale":"en""#
        #expect(login.body.hasPrefix(#"{"access_token":"\#(APIFixture.bearer.text)","#))
        #expect(login.body.hasSuffix(#""token_type":"Bearer","expires_in":43200,"user":{\#(user)}}"#))
        let wrong = try await fixture.send(
            .post, "/v1/auth/token", body: #"{"email":"ana@example.com","password":"x"}"#, anonymously: true)
        #expect(wrong.status == 401)
        #expect(wrong.headers[.wwwAuthenticate] == #"Bearer realm="cashpilot""#)
        #expect(wrong.body.contains("INVALID_CREDENTIALS"))
        let me = try await fixture.send(.get, "/v1/me")
        let business =
            #"{"id":"\#(Sample.business)","name":"Farmacia \"Centro\"","currency":"PYG","#
            + #""currency_minor_units":0,"#
        #expect(
            me.body.hasPrefix(
                #"{\#(user),"businesses":[\#(business)"time_zone":"America/Asuncion"}],"open_sessions":[{"id":""#))
        let businesses = try await fixture.send(.get, "/v1/businesses")
        #expect(
            businesses.body == """
                {"items":[\(business)"time_zone":"America/Asuncion","day_cutoff":"04:05","stale_after_hours":16,\
                "edit_window_hours":32,"is_active":true,"books_closed_until":null,\
                "blind_count":false,"created_at":"2026-11-23T17:15:00.000Z"}],"next_cursor":null}
                """)
    }

    @Test(
        "A request without a valid bearer is rejected with 401 and a challenge",
        arguments: [
            (nil, ""), ("Basic YTpi", ""), ("Bearer", ""), ("Bearer nonsense", #", error="invalid_token""#),
            ("bearer a.b.c", #", error="invalid_token""#),
        ])
    func unauthenticated(_ authorization: String?, _ error: String) async throws {
        let fixture = try await APIFixture()
        var headers: HTTPFields = [:]
        headers[.authorization] = authorization
        for path in ["/v1/me", session, "/v1/businesses/x/sessions"] {
            let answer = try await fixture.send(.get, path, headers, anonymously: true)
            #expect(answer.status == 401)
            #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="cashpilot""# + error)
            #expect(answer.headers[.contentLanguage] == "es-PY")
        }
    }

    @Test("Every error is a problem document: 400, 404, 405, 413, 415, 422 and 503")
    func problems() async throws {
        let fixture = try await APIFixture()
        let nobodys = "/v1/businesses/\(Sample.admin)/sessions"
        let long = "{\"notes\":\"" + String(repeating: "x", count: 65_536) + "\"}"
        let table: [(HTTPRequest.Method, String, HTTPFields, String?, Int, String)] = [
            (.get, "/v2", [:], nil, 404, "NOT_FOUND"), (.get, "/v1/me/", [:], nil, 404, "NOT_FOUND"),
            (.get, "/v1/businesses/x/sessions", [:], nil, 404, "NOT_FOUND"),
            (.get, nobodys, [:], nil, 404, "NOT_FOUND"), (.get, sessions + "/x", [:], nil, 404, "NOT_FOUND"),
            (.put, sessions + "/current", [:], nil, 405, "METHOD_NOT_ALLOWED"),
            (.post, sessions, [:], long, 413, "PAYLOAD_TOO_LARGE"),
            (.post, sessions, [.contentLength: "65537"], "{}", 413, "PAYLOAD_TOO_LARGE"),
            (.post, sessions, [.contentType: "text/plain"], "{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
            (.post, sessions, [.contentType: "application/json; charset=latin1"], "{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
            (.post, sessions, [.contentType: "Application/JSON; charset=\"UTF-8\""], "{}", 422, "VALIDATION_FAILED"),
            (.post, sessions, [.contentType: "application/merge-patch+json"], "{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
            (.patch, session, [.contentType: "application/json-patch+json"], "{}", 415, "UNSUPPORTED_MEDIA_TYPE"),
            (.patch, session, [.contentType: "application/merge-patch+json"], "[]", 422, "VALIDATION_FAILED"),
            (.post, sessions, [:], nil, 400, "MALFORMED_JSON"), (.post, sessions, [:], "{", 400, "MALFORMED_JSON"),
            (.post, sessions, [:], "[]", 422, "VALIDATION_FAILED"),
            (.get, "/v1/me?x=1", [:], nil, 422, "VALIDATION_FAILED"),
            (.get, "/problems/nothing", [:], nil, 404, "NOT_FOUND"),
        ]
        for (method, path, headers, body, status, code) in table {
            let answer = try await fixture.send(method, path, headers, body: body)
            #expect(answer.status == status, "\(method) \(path)")
            #expect(answer.body.contains("\"code\":\"\(code)\""), "\(method) \(path)")
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(answer.headers[.connection] == (status == 413 ? "close" : nil))
            let patchTypes = "application/json, application/merge-patch+json"
            #expect(answer.headers[.acceptPatch] == (status == 415 && method == .patch ? patchTypes : nil))
            #expect(answer.headers[.accept] == (status == 415 && method == .post ? "application/json" : nil))
            #expect(answer.headers[.allow] == (status == 405 ? "GET, HEAD, OPTIONS" : nil))
        }
        fixture.store.state.withLock { $0.isGone = true }
        let gone = try await fixture.send(.get, session)
        #expect(gone.status == 503)
        #expect(gone.headers[.retryAfter] == "1")
        #expect(gone.body.hasSuffix(#""outcome":"not_applied"}"#))
    }

    @Test("The liveness probe, the contract and the problem pages need no bearer")
    func operations() async throws {
        let fixture = try await APIFixture()
        let live = try await fixture.send(.get, "/livez", anonymously: true)
        #expect((live.status, live.body) == (200, #"{"status":"ok","version":"0.1.2"}"#))
        let contract = try await fixture.send(.get, "/openapi.yaml", anonymously: true)
        #expect(contract.status == 200 && contract.body.hasPrefix("openapi: 3.1.0\n"))
        let page = try await fixture.send(
            .get, "/problems/session-already-open", [.acceptLanguage: "en"], anonymously: true)
        #expect(page.status == 200)
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none';") == true)
        #expect(page.body.contains("<h1>Can't open a new session</h1>"))
    }

    @Test(
        "/readyz reports the states of the database, the schema and the one-open index",
        arguments: [
            (
                Readiness(isWritable: true, isSchemaCurrent: true, isIndexValid: true), 200,
                #"{"status":"ok","database":"writable","schema":"current","guard":"enforced"}"#
            ),
            (
                Readiness(isWritable: true, isSchemaCurrent: true, isIndexValid: false), 200,
                #"{"status":"degraded","database":"writable","schema":"current","guard":"missing"}"#
            ),
            (
                Readiness(isWritable: false, isSchemaCurrent: true, isIndexValid: true), 503,
                #"{"status":"unavailable","database":"read_only","schema":"current","guard":"enforced"}"#
            ),
            (nil, 503, #"{"status":"unavailable","database":"unreachable","schema":"unknown","guard":"unknown"}"#),
        ] as [(Readiness?, Int, String)])
    func readiness(_ readiness: Readiness?, _ status: Int, _ body: String) async throws {
        let answer = try await APIFixture(readiness: readiness).send(.get, "/readyz", anonymously: true)
        #expect((answer.status, answer.body) == (status, body))
        #expect(answer.headers[.cacheControl] == "no-store")
    }
}

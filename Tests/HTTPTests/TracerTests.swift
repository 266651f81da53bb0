import CashPilot
import HTTPTypes
import Testing

@testable import CashPilotHTTP
@testable import Telemetry

@Suite("Traces")
struct TracerTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00-\(trace)-00f067aa0ba902b7"

    private func tracer(ratio: Double = 1, random: UInt64 = 0x1234_5678_9abc_def0) -> Tracer {
        Tracer(ratio: ratio, now: { 1_795_454_100_000_000_000 }, random: { random })
    }

    private let record = RequestRecord(
        endpoint: nil, method: .get, status: 503, duration: .milliseconds(3), bytes: 0, requestID: "till-7", trace: nil,
        user: nil, business: nil)

    @Test("A caller's trace goes on under a span of its own, and the flag decides", arguments: [("01", 1), ("00", 0)])
    func caller(flags: String, count: Int) {
        let tracer = tracer(ratio: count == 1 ? 0 : 1)
        let span = tracer.begin([.traceparent: "\(Self.parent)-\(flags)"])
        #expect(span.parent == 0x00f0_67aa_0ba9_02b7)
        #expect(span.context.text == "00-\(Self.trace)-123456789abcdef0-\(flags)")
        tracer.end(span, record)
        #expect(tracer.take().count == count)
    }

    @Test(
        "Of the traces that begin here a part is recorded",
        arguments: [(0, 0, 0), (0.07, 0.0711, 0), (0.08, 0.0711, 1), (1, 0, 1), (1, 1, 1)])
    func ratio(ratio: Double, place: Double, count: Int) {
        let tracer = tracer(ratio: ratio, random: place == 1 ? .max : UInt64(place * 0x1p64))
        let span = tracer.begin([.traceparent: "nonsense"])
        #expect(span.parent == nil)
        tracer.end(span, record)
        #expect(tracer.take().count == count)
    }

    @Test("No id is zero, whatever chance brings")
    func zero() {
        let span = tracer(random: 0).begin([:])
        #expect(span.context.text == "00-00000000000000010000000000000001-0000000000000001-01")
    }

    @Test("What has no room is dropped and counted, and there is room again when the rest was taken out")
    func full() {
        let tracer = tracer()
        for _ in 0..<Tracer.spansMax + 5 { tracer.end(tracer.begin([:]), record) }
        #expect(tracer.dropped == 5)
        let batch = tracer.take()
        #expect(batch.count == Tracer.spansMax)
        let size = batch.export(scope: "cashpilot", service: "tills", version: "1").count
        #expect((3_000_000...6_000_000).contains(size))
        tracer.report(batch, isExported: false)
        #expect(tracer.dropped == Tracer.spansMax + 5)
        tracer.end(tracer.begin([:]), record)
        tracer.report(tracer.take(), isExported: true)
        #expect(tracer.exported == 1)
    }

    @Test("A span is OTLP/JSON: ids are hexadecimal, 64-bit integers are strings, enumerations are numbers")
    func json() throws {
        let tracer = tracer()
        let endpoint = try #require(API.endpoints.firstIndex { $0.path == "/v1/me" })
        let ended = RequestRecord(
            endpoint: endpoint, method: .get, status: 200, duration: .milliseconds(3), bytes: 0, requestID: "till-8",
            trace: nil, user: nil, business: Sample.business)
        tracer.end(tracer.begin([.traceparent: "\(Self.parent)-01"]), ended)
        tracer.end(tracer.begin([:]), record)
        let bytes = tracer.take().export(scope: "cashpilot", service: "tills \"é\"", version: "1")
        let times = #""startTimeUnixNano":"1795454100000000000","endTimeUnixNano":"1795454100003000000""#
        let first = [
            #"{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"123456789abcdef0","#,
            #""parentSpanId":"00f067aa0ba902b7","name":"GET /v1/me","kind":2,\#(times),"attributes":["#,
            #"{"key":"http.request.method","value":{"stringValue":"GET"}},"#,
            #"{"key":"http.response.status_code","value":{"intValue":"200"}},"#,
            #"{"key":"cashpilot.request_id","value":{"stringValue":"till-8"}},"#,
            #"{"key":"http.route","value":{"stringValue":"/v1/me"}},"#,
            #"{"key":"cashpilot.business_id","value":{"stringValue":"0197f4a0-0000-7000-8000-0000000000b1"}}]}"#,
        ].joined()
        let second = [
            #"{"traceId":"123456789abcdef0123456789abcdef0","spanId":"123456789abcdef0","name":"GET","kind":2,"#,
            #"\#(times),"attributes":[{"key":"http.request.method","value":{"stringValue":"GET"}},"#,
            #"{"key":"http.response.status_code","value":{"intValue":"503"}},"#,
            #"{"key":"cashpilot.request_id","value":{"stringValue":"till-7"}},"#,
            #"{"key":"error.type","value":{"stringValue":"503"}}],"status":{"code":2}}"#,
        ].joined()
        let resource = [
            #"{"attributes":[{"key":"service.name","value":{"stringValue":"tills \"é\""}},"#,
            #"{"key":"service.version","value":{"stringValue":"1"}}]}"#,
        ].joined()
        let expected = [
            #"{"resourceSpans":[{"resource":\#(resource),"#,
            #""scopeSpans":[{"scope":{"name":"cashpilot"},"spans":[\#(first),\#(second)]}]}]}"#,
        ].joined()
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("Every answer names its span, also a refusal and one without a route; without a tracer none does")
    func answers() async throws {
        let tracer = tracer()
        let fixture = try await APIFixture(tracer: tracer)
        for (path, status) in [("/v1/me", 200), ("/v1/sessions/x", 404), ("/v1/businesses?limit=x", 422)] {
            let answer = try await fixture.send(.get, path, [.traceparent: "\(Self.parent)-01"])
            #expect(answer.status == status)
            #expect(answer.headers[.traceresponse] == "00-\(Self.trace)-123456789abcdef0-01")
        }
        #expect(tracer.take().count == 3)
        let off = try await APIFixture().send(.get, "/v1/me", [.traceparent: "\(Self.parent)-01"])
        #expect(off.headers[.traceresponse] == nil)
    }
}

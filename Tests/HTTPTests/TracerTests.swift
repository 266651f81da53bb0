import CashPilot
import HTTPTypes
import Testing

@testable import CashPilotHTTP

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
        #expect((1_000_000...4_000_000).contains(batch.export(service: "tills", version: "1").count))
        tracer.settle(batch, isExported: false)
        #expect(tracer.dropped == Tracer.spansMax + 5)
        tracer.end(tracer.begin([:]), record)
        tracer.settle(tracer.take(), isExported: true)
        #expect(tracer.exported == 1)
    }

    @Test("Messages are written as Protocol Buffers have them")
    func protobuf() {
        var writer = ProtobufWriter()
        writer.field(1, 300)
        writer.field(2, "é")
        writer.message(16) { $0.field(3, fixed: 1) }
        writer.field(4, bytesOf: 0x0102_0304_0506_0708)
        writer.field(5, -1)
        writer.message(6) { $0.field(1, String(repeating: "x", count: 200)) }
        #expect(
            writer.bytes == [
                0x08, 0xac, 0x02, 0x12, 0x02, 0xc3, 0xa9, 0x82, 0x01, 0x09, 0x19, 1, 0, 0, 0, 0, 0, 0, 0,
                0x22, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
                0x32, 0xcb, 0x01, 0x0a, 0xc8, 0x01,
            ] + Array(repeating: UInt8(ascii: "x"), count: 200))
    }

    @Test("Every answer names its span, also a refusal and one without a route; without a tracer none does")
    func answers() async throws {
        let tracer = tracer()
        let fixture = try await APIFixture(tracer: tracer)
        for (path, status) in [("/v1/me", 200), ("/v1/sessions/x", 404), ("/v1/businesses?limit=x", 422)] {
            let answer = try await fixture.ask(.get, path, [.traceparent: "\(Self.parent)-01"])
            #expect(answer.status == status)
            #expect(answer.headers[.traceresponse] == "00-\(Self.trace)-123456789abcdef0-01")
        }
        #expect(tracer.take().count == 3)
        let off = try await APIFixture().ask(.get, "/v1/me", [.traceparent: "\(Self.parent)-01"])
        #expect(off.headers[.traceresponse] == nil)
    }
}

import HTTPTypes
import Testing

@testable import CashPilotHTTP
@testable import Telemetry

@Suite("A trace's context")
struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00-\(trace)-00f067aa0ba902b7"

    @Test(
        "A traceparent is read if it is valid and has no card number",
        arguments: [
            ("\(parent)-01", true), ("\(parent)-00", true), ("\(parent)-01-more", false), ("\(parent)-0", false),
            ("\(parent)-0g", false), ("01-\(trace)-00f067aa0ba902b7-01-more", true),
            ("01-\(trace)-00f067aa0ba902b7-01more", false), ("ff-\(trace)-00f067aa0ba902b7-01", false),
            ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false),
            ("00-00000000000000010000000000000000-00f067aa0ba902b7-01", true),
            ("00-\(trace)-0000000000000000-01", false), ("00-\(trace.uppercased())-00f067aa0ba902b7-01", false),
            ("00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-011", false), ("\(parent)-01, \(parent)-01", false),
            ("", false), ("00-\(trace)-4111111111111111-01", false),
        ])
    func traceparent(_ value: String, _ isValid: Bool) {
        let context = TraceContext([.traceparent: value])
        #expect((context != nil) == isValid)
        if let context { #expect(value.contains(context.text.dropFirst(3).dropLast(3))) }
    }
}

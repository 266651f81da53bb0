/// Spans that are exported together, with the field numbers of opentelemetry-proto.
///
/// Each span is encoded when its request ends, which takes 1 µs. Encoding all spans of a second at the export would
/// delay other requests.
package struct SpanBatch: Sendable {
    /// The number of spans.
    package private(set) var count = 0
    /// Encoded fields of a `ScopeSpans`.
    private var spans = ProtobufWriter()

    init() {}

    /// - Parameter record: the outcome of the request.
    mutating func add(_ span: RequestSpan, _ record: RequestRecord) {
        count += 1
        spans.message(2) { $0.write(span, record) }
    }

    /// All spans as an `ExportTraceServiceRequest`, the body of a POST to `/v1/traces`.
    ///
    /// - Parameters:
    ///   - service: the service name of all spans.
    ///   - version: the version of the service.
    package func export(service: String, version: String) -> [UInt8] {
        var export = ProtobufWriter()
        export.message(1) { resourceSpans in
            resourceSpans.message(1) { resource in
                resource.attribute(1, "service.name", service)
                resource.attribute(1, "service.version", version)
            }
            resourceSpans.message(2) { scopeSpans in
                scopeSpans.message(1) { $0.field(1, "cashpilot") }
                scopeSpans.append(spans)
            }
        }
        return export.bytes
    }
}

extension ProtobufWriter {
    /// The fields of a `Span`.
    private enum Field {
        static let traceID: UInt64 = 1
        static let spanID: UInt64 = 2
        static let parentSpanID: UInt64 = 4
        static let name: UInt64 = 5
        static let kind: UInt64 = 6
        static let start: UInt64 = 7
        static let end: UInt64 = 8
        static let attributes: UInt64 = 9
        static let status: UInt64 = 15
    }

    private static let serverKind: Int64 = 2
    private static let errorCode: Int64 = 2

    /// Writes attributes with OpenTelemetry's names for HTTP. Traces contain no paths and no queries, like the log,
    /// because clients control both.
    fileprivate mutating func write(_ span: RequestSpan, _ record: RequestRecord) {
        let method = record.method.rawValue
        field(Field.traceID, bytesOf: span.context.high, span.context.low)
        field(Field.spanID, bytesOf: span.context.span)
        if let parent = span.parent { field(Field.parentSpanID, bytesOf: parent) }
        field(Field.name, record.endpoint == nil ? method : "\(method) \(record.route)")
        field(Field.kind, Self.serverKind)
        // Adds the measured duration, because the system clock may have been set meanwhile.
        field(Field.start, fixed: UInt64(clamping: span.start))
        field(Field.end, fixed: UInt64(clamping: span.start &+ record.duration.microseconds &* 1_000))
        attribute(Field.attributes, "http.request.method", method)
        if record.endpoint != nil { attribute(Field.attributes, "http.route", record.route) }
        attribute(Field.attributes, "http.response.status_code", Int64(record.status))
        attribute(Field.attributes, "cashpilot.request_id", record.requestID)
        if let business = record.business {
            attribute(Field.attributes, "cashpilot.business_id", business.description)
        }
        if record.status >= 500 {
            attribute(Field.attributes, "error.type", "\(record.status)")
            message(Field.status) { $0.field(3, Self.errorCode) }
        }
    }

    /// A `KeyValue`.
    fileprivate mutating func attribute(_ number: UInt64, _ name: String, _ value: String) {
        message(number) { pair in
            pair.field(1, name)
            pair.message(2) { $0.field(1, value) }
        }
    }

    /// A `KeyValue`.
    fileprivate mutating func attribute(_ number: UInt64, _ name: String, _ value: Int64) {
        message(number) { pair in
            pair.field(1, name)
            pair.message(2) { $0.field(3, value) }
        }
    }
}

import JSON

/// Spans that are exported together, as OTLP/JSON (opentelemetry-proto, docs/specification.md).
///
/// Each span is encoded when its request ends. Encoding all spans of a second at the export would delay other requests.
package struct SpanBatch: Sendable {
    /// The number of spans.
    package private(set) var count = 0
    /// The items of the array `spans`, with commas between them.
    private var spans = JSONWriter()

    init() {}

    mutating func add(_ span: RequestSpan, _ outcome: SpanOutcome) {
        count += 1
        spans.write(span, outcome)
    }

    /// All spans as an `ExportTraceServiceRequest`, the body of a POST to `/v1/traces`.
    ///
    /// - Parameters:
    ///   - scope: the name of the component that made the spans.
    ///   - service: the service name of all spans.
    ///   - version: the version of the service.
    package func export(scope: String, service: String, version: String) -> [UInt8] {
        let resource: [SpanAttribute] = [
            .init("service.name", .text(service)), .init("service.version", .text(version)),
        ]
        var json = JSONWriter(capacity: spans.bytes.count + 512)
        json.object { json in
            json.name("resourceSpans")
            json.array(count: 1) { json, _ in
                json.object { json in
                    json.name("resource")
                    json.object { $0.attributes(resource) }
                    json.name("scopeSpans")
                    json.array(count: 1) { json, _ in json.scopeSpans(scope, spans) }
                }
            }
        }
        return json.bytes
    }
}

/// The outcome of a request, as its span shows it.
package struct SpanOutcome: Sendable {
    /// The request's method and route.
    let name: String
    let duration: Duration
    let isError: Bool
    let attributes: [SpanAttribute]

    package init(name: String, duration: Duration, isError: Bool, attributes: [SpanAttribute]) {
        self.name = name
        self.duration = duration
        self.isError = isError
        self.attributes = attributes
    }
}

/// An attribute of a span or of the service.
package struct SpanAttribute: Sendable {
    package enum Value: Sendable {
        case text(String)
        case integer(Int64)
    }

    let name: String
    let value: Value

    package init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension JSONWriter {
    /// `SPAN_KIND_SERVER`
    private static let serverKind: Int64 = 2
    /// `STATUS_CODE_ERROR`
    private static let errorCode: Int64 = 2

    fileprivate mutating func scopeSpans(_ scope: String, _ spans: JSONWriter) {
        object { json in
            json.name("scope")
            json.object { $0.member("name", scope) }
            json.name("spans")
            json.array(count: 1) { json, _ in json.value(json: String(decoding: spans.bytes, as: UTF8.self)) }
        }
    }

    fileprivate mutating func write(_ span: RequestSpan, _ outcome: SpanOutcome) {
        object { json in
            json.member("traceId", TraceContext.digits(of: span.context.high, span.context.low))
            json.member("spanId", TraceContext.digits(of: span.context.span))
            if let parent = span.parent { json.member("parentSpanId", TraceContext.digits(of: parent)) }
            json.member("name", outcome.name)
            json.member("kind", Self.serverKind)
            // Adds the measured duration, because the system clock may have been set meanwhile.
            json.member("startTimeUnixNano", decimal: max(span.start, 0))
            json.member("endTimeUnixNano", decimal: max(span.start &+ outcome.duration.microseconds &* 1_000, 0))
            json.attributes(outcome.attributes)
            if outcome.isError {
                json.name("status")
                json.object { $0.member("code", Self.errorCode) }
            }
        }
    }

    fileprivate mutating func attributes(_ attributes: [SpanAttribute]) {
        name("attributes")
        array(count: attributes.count) { json, place in
            let attribute = attributes[place]
            json.object { json in
                json.member("key", attribute.name)
                json.name("value")
                json.object { json in
                    switch attribute.value {
                    case .text(let text): json.member("stringValue", text)
                    case .integer(let number): json.member("intValue", decimal: number)
                    }
                }
            }
        }
    }

    /// Writes a 64-bit integer as a string of decimal digits, as OTLP/JSON requires.
    fileprivate mutating func member(_ name: StaticString, decimal number: Int64) {
        member(name) { $0.append(decimal: number) }
    }
}

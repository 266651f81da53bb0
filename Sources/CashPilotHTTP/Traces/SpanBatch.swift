/// Spans that are exported together, as OTLP/JSON (opentelemetry-proto, docs/specification.md).
///
/// Each span is encoded when its request ends. Encoding all spans of a second at the export would delay other requests.
package struct SpanBatch: Sendable {
    /// The number of spans.
    package private(set) var count = 0
    /// The items of the array `spans`, with commas between them.
    private var spans = JSONWriter()

    init() {}

    /// - Parameter record: the outcome of the request.
    mutating func add(_ span: RequestSpan, _ record: RequestRecord) {
        count += 1
        spans.write(span, record)
    }

    /// All spans as an `ExportTraceServiceRequest`, the body of a POST to `/v1/traces`.
    ///
    /// - Parameters:
    ///   - service: the service name of all spans.
    ///   - version: the version of the service.
    package func export(service: String, version: String) -> [UInt8] {
        let resource = [Attribute("service.name", .text(service)), Attribute("service.version", .text(version))]
        var json = JSONWriter(capacity: spans.bytes.count + 512)
        json.object { json in
            json.name("resourceSpans")
            json.array([resource]) { json, resource in
                json.object { json in
                    json.name("resource")
                    json.object { $0.attributes(resource) }
                    json.name("scopeSpans")
                    json.array([spans]) { $0.scopeSpans($1) }
                }
            }
        }
        return json.bytes
    }
}

/// An attribute of a span or of the service.
private struct Attribute {
    enum Value {
        case text(String)
        case integer(Int64)
    }

    let name: String
    let value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension RequestRecord {
    /// Attributes with OpenTelemetry's names for HTTP. Traces contain no paths and no queries, like the log, because
    /// clients control both.
    fileprivate var attributes: [Attribute] {
        var attributes = [
            Attribute("http.request.method", .text(method.rawValue)),
            Attribute("http.response.status_code", .integer(Int64(status))),
            Attribute("cashpilot.request_id", .text(requestID)),
        ]
        if endpoint != nil { attributes.append(Attribute("http.route", .text(route))) }
        if let business { attributes.append(Attribute("cashpilot.business_id", .text(business.description))) }
        if status >= 500 { attributes.append(Attribute("error.type", .text("\(status)"))) }
        return attributes
    }
}

extension JSONWriter {
    /// `SPAN_KIND_SERVER`
    private static let serverKind: Int64 = 2
    /// `STATUS_CODE_ERROR`
    private static let errorCode: Int64 = 2

    fileprivate mutating func scopeSpans(_ spans: JSONWriter) {
        object { json in
            json.name("scope")
            json.object { $0.member("name", "cashpilot") }
            json.name("spans")
            json.array([spans.bytes]) { $0.value(json: String(decoding: $1, as: UTF8.self)) }
        }
    }

    fileprivate mutating func write(_ span: RequestSpan, _ record: RequestRecord) {
        let method = record.method.rawValue
        object { json in
            json.member("traceId", TraceContext.digits(of: span.context.high, span.context.low))
            json.member("spanId", TraceContext.digits(of: span.context.span))
            if let parent = span.parent { json.member("parentSpanId", TraceContext.digits(of: parent)) }
            json.member("name", record.endpoint == nil ? method : "\(method) \(record.route)")
            json.member("kind", Self.serverKind)
            // Adds the measured duration, because the system clock may have been set meanwhile.
            json.member("startTimeUnixNano", decimal: max(span.start, 0))
            json.member("endTimeUnixNano", decimal: max(span.start &+ record.duration.microseconds &* 1_000, 0))
            json.attributes(record.attributes)
            if record.status >= 500 {
                json.name("status")
                json.object { $0.member("code", Self.errorCode) }
            }
        }
    }

    fileprivate mutating func attributes(_ attributes: [Attribute]) {
        name("attributes")
        array(attributes) { json, attribute in
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
        self.name(name)
        quoted { $0.append(decimal: number) }
    }
}

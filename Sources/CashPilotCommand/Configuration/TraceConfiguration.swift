import FoundationEssentials

/// The settings for exporting spans.
struct TraceConfiguration: Sendable {
    /// The URL of the collector's traces endpoint; `http://` only.
    let url: URL
    /// The service name in each span.
    let name: String
    /// The fraction of new traces that are recorded, from 0 to 1.
    let ratio: Double

    /// `nil` if no collector is configured. Records errors in the settings in the reader.
    init?(reading reader: inout SettingReader) {
        name = reader.required(.traceServiceName)
        ratio = reader.ratio(.traceRatio)
        guard let endpoint = reader.url(.traceEndpoint) else { return nil }
        reader.require(
            endpoint.scheme == "http",
            """
            \(Setting.traceEndpoint.name) is invalid: the service exports spans over plain HTTP only. Run an \
            OpenTelemetry Collector beside the service, set its http:// URL here, and let it export over TLS.
            """)
        url = endpoint.appending(path: "v1/traces")
    }
}

import FoundationEssentials

/// Which requests become spans, and where these go.
struct TraceConfiguration: Sendable {
    /// Of the collector's traces; `http://`.
    let url: URL
    /// Of the service, in its spans.
    let name: String
    /// Of the traces that begin here, how many are recorded.
    let ratio: Double

    /// `nil` if no collector is named. Adds what is wrong to the reader's faults.
    init?(reading reader: inout SettingReader) {
        name = reader.required(.traceServiceName)
        ratio = reader.ratio(.traceRatio)
        guard let endpoint = reader.url(.traceEndpoint) else { return nil }
        reader.require(
            endpoint.scheme == "http",
            """
            \(Setting.traceEndpoint.name) is not accepted: spans are exported over plain HTTP only. Run an \
            OpenTelemetry Collector beside the service, name its http:// address here, and let it export over TLS.
            """)
        url = endpoint.appending(path: "v1/traces")
    }
}

/// Which requests become spans, and where these go.
struct TraceConfiguration: Sendable {
    /// Of the collector, without a slash at its end.
    let address: String
    /// Of the service, in its spans.
    let name: String
    /// Of the traces that begin here, how many are recorded.
    let ratio: Double

    /// `nil` if no collector is named. Adds what is wrong to the reader's faults.
    init?(reading reader: inout SettingReader) {
        name = reader.required(.traceServiceName)
        ratio = reader.ratio(.traceRatio)
        guard let address = reader.address(.traceEndpoint) else { return nil }
        self.address = address
    }
}

/// The span of one request, from its arrival on.
struct RequestSpan: Sendable {
    let context: TraceContext
    /// The caller's span; `nil` if the trace begins here.
    let parent: UInt64?
    /// The start time, in nanoseconds since 1970.
    let start: Int64
}

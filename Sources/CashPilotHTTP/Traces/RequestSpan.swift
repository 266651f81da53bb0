/// A request as a part of a trace, from when it comes in.
struct RequestSpan: Sendable {
    let context: TraceContext
    /// The caller's span; `nil` if the trace begins here.
    let parent: UInt64?
    /// In nanoseconds since 1970.
    let start: Int64
}

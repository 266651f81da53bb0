import Synchronization

/// The span of one request, from its arrival on.
package struct RequestSpan: Sendable {
    package let context: TraceContext
    /// The caller's span; `nil` if the trace begins here.
    let parent: UInt64?
    /// The start time, in nanoseconds since 1970.
    let start: Int64
}

/// Makes a span for each request, and keeps completed spans until an exporter takes them.
///
/// It never blocks a request. It drops and counts spans that exceed the limit.
package final class Tracer: Sendable {
    /// Maximum number of spans in memory, about 6 MB. Collectors usually accept bodies of up to 20 MiB.
    static let spansMax = 8192

    private struct State {
        var batch = SpanBatch()
        var exported = 0
        var dropped = 0
    }

    private let ratio: Double
    private let now: @Sendable () -> Int64
    private let random: @Sendable () -> UInt64
    private let state = Mutex(State())

    /// - Parameters:
    ///   - ratio: the fraction of new traces that are recorded, 0…1. Callers decide for the traces that they began.
    ///   - now: the system's clock, in nanoseconds since 1970.
    ///   - random: returns 64 unpredictable bits on each call.
    package init(ratio: Double, now: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> UInt64) {
        self.ratio = ratio
        self.now = now
        self.random = random
    }

    /// Begins the span of a new request.
    ///
    /// - Parameter caller: the caller's span; `nil` if the trace begins here.
    package func begin(caller: TraceContext?) -> RequestSpan {
        let (high, low) = caller.map { ($0.high, $0.low) } ?? (randomID(), randomID())
        let context = TraceContext(
            high: high, low: low, span: randomID(), isSampled: caller?.isSampled ?? isSampled(low))
        return RequestSpan(context: context, parent: caller?.span, start: now())
    }

    /// Ends the span, and keeps it if the trace is sampled.
    ///
    /// - Parameter outcome: called only if the trace is sampled.
    package func end(_ span: RequestSpan, _ outcome: () -> SpanOutcome) {
        guard span.context.isSampled else { return }
        let outcome = outcome()
        state.withLock { state in
            if state.batch.count < Self.spansMax {
                state.batch.add(span, outcome)
            } else {
                state.dropped += 1
            }
        }
    }

    /// Takes the completed spans. The caller must report the result with ``report(_:isExported:)``.
    package func take() -> SpanBatch {
        state.withLock { state in
            defer { state.batch = SpanBatch() }
            return state.batch
        }
    }

    /// Counts a batch as exported or dropped.
    package func report(_ batch: SpanBatch, isExported: Bool) {
        state.withLock { state in
            if isExported { state.exported += batch.count } else { state.dropped += batch.count }
        }
    }

    /// The number of spans exported since the start, for the metrics.
    package var exported: Int { state.withLock { $0.exported } }

    /// The number of spans dropped since the start, for the metrics.
    package var dropped: Int { state.withLock { $0.dropped } }

    /// Decides by the trace id, like OpenTelemetry, so that services with the same ratio agree.
    private func isSampled(_ low: UInt64) -> Bool {
        // A `Double` represents 53 bits exactly.
        Double(low >> 11) * 0x1p-53 < ratio
    }

    /// A random id, never zero.
    private func randomID() -> UInt64 { max(random(), 1) }
}

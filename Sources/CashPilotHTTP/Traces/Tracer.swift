import HTTPTypes
import Synchronization

/// Makes a span of each request, and keeps those that ended until somebody takes them.
///
/// Nobody waits for that: a span for which there is no room is dropped and counted.
package final class Tracer: Sendable {
    /// Spans that are kept, at the most; about 3 MB.
    package static let spansMax = 8192

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
    ///   - ratio: of the traces that begin here, how many are recorded, 0…1. Of all others their callers decide.
    ///   - now: the system's clock, in nanoseconds since 1970.
    ///   - random: 64 unpredictable bits at each call.
    package init(ratio: Double, now: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> UInt64) {
        self.ratio = ratio
        self.now = now
        self.random = random
    }

    /// A request has come in.
    func begin(_ headers: HTTPFields) -> RequestSpan {
        let caller = TraceContext(headers)
        let (high, low) = caller.map { ($0.high, $0.low) } ?? (randomID(), randomID())
        let context = TraceContext(
            high: high, low: low, span: randomID(), isSampled: caller?.isSampled ?? isSampled(low))
        return RequestSpan(context: context, parent: caller?.span, start: now())
    }

    /// It was answered.
    func end(_ span: RequestSpan, _ record: RequestRecord) {
        guard span.context.isSampled else { return }
        state.withLock { state in
            if state.batch.count < Self.spansMax {
                state.batch.add(span, record)
            } else {
                state.dropped += 1
            }
        }
    }

    /// Takes out what was kept. What becomes of it must be told by ``settle(_:isExported:)``.
    package func take() -> SpanBatch {
        state.withLock { state in
            defer { state.batch = SpanBatch() }
            return state.batch
        }
    }

    /// Counts what was taken out.
    package func settle(_ batch: SpanBatch, isExported: Bool) {
        state.withLock { state in
            if isExported { state.exported += batch.count } else { state.dropped += batch.count }
        }
    }

    /// How many spans were exported since the start; for the metrics.
    package var exported: Int { state.withLock { $0.exported } }

    /// How many were lost since the start; for the metrics.
    package var dropped: Int { state.withLock { $0.dropped } }

    /// By the trace's id, as OpenTelemetry does it: who has the same ratio decides the same.
    private func isSampled(_ low: UInt64) -> Bool {
        // 53 bits are what a `Double` holds.
        Double(low >> 11) * 0x1p-53 < ratio
    }

    /// Never zero.
    private func randomID() -> UInt64 { max(random(), 1) }
}

import HTTPServer
import Logging
import Synchronization
import Telemetry

/// Counts requests that are not valid HTTP, and logs them with at most one line a second.
///
/// The API never sees such a request, so it is missing from the access log and from the metrics of requests.
package final class RefusedRequests: Sendable {
    private static let interval: Int64 = 1_000  // ms

    private struct State {
        var nextLine: Int64 = .min
        /// Refused since the last line.
        var unlogged: Int64 = 0
    }

    private let writer: LogWriter
    private let isOn: Bool
    private let counter = Counter(
        "cashpilot_http_refused_total", help: "Requests refused because they are not valid HTTP.")
    private let state = Mutex(State())

    /// - Parameter level: the minimum level of the log. The lines have the level `notice`.
    package init(writer: LogWriter, level: Logger.Level = .info) {
        self.writer = writer
        isOn = level <= .notice
    }

    package var gauge: Gauge { counter.gauge }

    /// - Parameter peer: the remote address of the connection. A proxy's header is not readable.
    package func note(_ peer: IPAddress?) {
        counter.increment()
        guard isOn else { return }
        let now = writer.now()
        let count: Int64? = state.withLock { state in
            state.unlogged += 1
            guard now >= state.nextLine else { return nil }
            defer { state = State(nextLine: now + Self.interval) }
            return state.unlogged
        }
        guard let count else { return }
        writer.add { line in
            line.begin(at: now, level: "notice", message: "request_refused")
            if let peer { line.field("peer", peer.holder) }
            line.field("count", count)
            line.end()
        }
    }
}

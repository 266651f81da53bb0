import Foundation
import Synchronization
import TestSupport

/// Many connections that repeat requests in a loop.
enum Flood {
    /// Every connection sends one request after the other, and ignores the responses.
    ///
    /// - Parameter requests: complete HTTP requests. Each connection repeats one of them.
    static func send(_ requests: [String], to port: Int, on count: Int, for duration: Duration) async {
        // RawConnection blocks its thread.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let end = ContinuousClock.now + duration
                var crowd: [RawConnection?] = (0..<count).map { _ in RawConnection(port: port) }
                // All send before any receives, so every connection has a request in flight.
                while ContinuousClock.now < end {
                    for (place, connection) in crowd.enumerated() {
                        connection?.send(requests[place % requests.count])
                    }
                    for place in crowd.indices {
                        guard ContinuousClock.now < end else { break }
                        let response = crowd[place]?.receive(upTo: "\r\n\r\n") ?? ""
                        if response.isEmpty { crowd[place] = RawConnection(port: port) }
                    }
                }
                continuation.resume()
            }
        }
    }
}

/// A flag that one task sets and others read.
final class DoneFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}

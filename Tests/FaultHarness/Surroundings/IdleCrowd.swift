import Foundation
import TestSupport

/// The fate of many idle connections.
struct IdleCrowd: Sendable {
    /// The number of connections.
    let connected: Int
    /// The number of them that were open after the last one connected.
    let stayed: Int
    /// The memory of the service at that time, in KiB.
    let memory: Int
    /// The number of connections without a request that were open 13 s later.
    let left: Int

    /// One in 100 connections sends one request. Its response shows that the service has accepted all earlier
    /// connections. Otherwise the listen queue would overflow, and the next connection would wait for 1 s.
    private static let pace = 100
    /// More than the 10 s that the service waits for a first request.
    private static let patience = Duration.seconds(13)

    /// Raises the open-file limit of this process and its later children.
    ///
    /// - Throws: ``Trial/Failure`` if the system does not allow it.
    static func allowFiles(_ count: Int) throws {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(count) else { return }
        limit.rlim_cur = rlim_t(count)
        limit.rlim_max = max(limit.rlim_max, limit.rlim_cur)
        guard setrlimit(resource, &limit) == 0 else {
            throw Trial.Failure(description: "NOT RUN: needs \(count) open files (ulimit -n)")
        }
    }

    /// Opens the connections and keeps them for 13 s.
    ///
    /// - Parameter process: listens on `port` of loopback.
    static func gather(_ count: Int, on process: pid_t, at port: Int) async throws -> IdleCrowd {
        try await RawConnection.talk(to: port) { first in
            var (silent, requesters) = ([first], [RawConnection]())
            while silent.count + requesters.count < count, let next = RawConnection(port: port) {
                guard (silent.count + requesters.count + 1).isMultiple(of: Self.pace) else {
                    silent.append(next)
                    continue
                }
                next.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = next.receive(upTo: "\r\n\r\n")
                requesters.append(next)
            }
            let stayed = (silent + requesters).count { !$0.isKnownToHaveEnded() }
            let memory = (try? Experiment.residentKilobytes(process)) ?? -1
            let end = ContinuousClock.now + Self.patience
            while ContinuousClock.now < end, !silent.allSatisfy({ $0.isKnownToHaveEnded() }) { usleep(200_000) }
            return IdleCrowd(
                connected: silent.count + requesters.count, stayed: stayed, memory: memory,
                left: silent.count { !$0.isKnownToHaveEnded() })
        }
    }
}

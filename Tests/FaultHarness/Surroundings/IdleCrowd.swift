import Foundation
import TestSupport

/// What came of many connections on which nobody says anything.
struct IdleCrowd: Sendable {
    /// How many there were in all.
    let came: Int
    /// How many of them still stood when the last had come, and how much memory the service had then, in KiB.
    let stayed: Int
    let memory: Int
    /// How many that had never said a word still stood a while later, when all of those should have been cut off.
    let left: Int

    /// One in so many asks a question before it falls silent. When it is answered all before it have been let in; else the
    /// system's queue would overflow, and the next would wait for a second.
    private static let pace = 100
    /// The service gives a client 10 s to begin.
    private static let patience = Duration.seconds(13)

    /// Lets this process, and what it starts from now on, have so many files and sockets open.
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

    /// Connects, and stays for some seconds.
    ///
    /// - Parameter process: what listens on `port`, of loopback.
    static func gather(_ count: Int, on process: pid_t, at port: Int) async throws -> IdleCrowd {
        try await RawConnection.talk(to: port) { first in
            var (silent, askers) = ([first], [RawConnection]())
            while silent.count + askers.count < count, let next = RawConnection(port: port) {
                guard (silent.count + askers.count + 1).isMultiple(of: Self.pace) else {
                    silent.append(next)
                    continue
                }
                next.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = next.receive(upTo: "\r\n\r\n")
                askers.append(next)
            }
            let stayed = (silent + askers).count { !$0.isKnownToHaveEnded() }
            let memory = (try? Experiment.residentKilobytes(process)) ?? -1
            let end = ContinuousClock.now + Self.patience
            while ContinuousClock.now < end, !silent.allSatisfy({ $0.isKnownToHaveEnded() }) { usleep(200_000) }
            return IdleCrowd(
                came: silent.count + askers.count, stayed: stayed, memory: memory,
                left: silent.count { !$0.isKnownToHaveEnded() })
        }
    }
}

import Foundation
import TestSupport

extension Experiment {
    static let queueFull = Experiment(
        "queue-full", fault: "pool exhausted, queue full",
        action: "every connection blocked by a lock; waves of 200 opens of 100 cashiers against a queue of 50"
    ) { trial in
        let waves = trial.scaled(short: 4, full: 20)
        let settings = ["DATABASE_POOL_SIZE": "2", "DATABASE_QUEUE_MAX": "50"]
        try await Fleet.withShop(replicas: 1, settings: settings) { shop, fleet in
            let cashiers = try shop.hire(100)
            let lock = try shop.connection()
            try lock.execute("begin; lock table cash_sessions in share row exclusive mode")
            let process = fleet.services[0].process
            var sizes: [Int] = []
            var (waited, atOnce) = (0, 0)
            for _ in 0..<waves {
                let times = try await together(200) { place -> Duration in
                    let begin = ContinuousClock.now
                    let body = #"{"initial_cash": 1, "cashier_id": "\#(cashiers[place % 100])"}"#
                    let reply = try await shop.administrator.open(in: shop.centro, body)
                    trial.expect(
                        try reply.status == 503 && reply.json["outcome"] == "not_applied", "\(reply.text)")
                    return ContinuousClock.now - begin
                }
                let slowest = times.max() ?? .zero
                trial.expect(slowest < .seconds(3), "a 503 took \(slowest.seconds)")
                waited += times.count { $0 >= .milliseconds(900) }
                atOnce += times.count { $0 < .milliseconds(900) }
                sizes.append(try residentKilobytes(try trial.require(process.processID, "no process")))
            }
            try lock.execute("rollback")
            try await untilServing(shop)
            trial.expect(waited > 0 && atOnce > 0, "\(waited) waited, \(atOnce) did not")
            // The first waves allocate connections and buffers that stay.
            let growth = (sizes.last ?? 0) - sizes[sizes.count / 4]
            trial.expect(growth < 8_192, "memory grew by \(growth) KiB: \(sizes)")
            trial.report("\(waited)×503 after the wait, \(atOnce)×503 at once, memory grew by \(growth) KiB")
        }
    }

    /// The resident memory of a process in KiB.
    static func residentKilobytes(_ process: pid_t) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}

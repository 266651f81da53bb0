import Foundation
import TestSupport

/// The service is killed.
extension Experiment {
    static let kill = Experiment(
        "kill", fault: "kill -9 of the service in mid-request, retry with the same key",
        action: "one of 3 replicas killed and started again repeatedly, under load"
    ) { trial in
        let rounds = trial.scaled(short: 3, full: 12)
        let recorder = Recorder()
        try await Fleet.withShop { shop, fleet in
            let load = Load(try Tills.all(of: shop, recorder, retries: 100), recorder: recorder)
            let slowest = try await load.during(trial) {
                var slowest = Duration.zero
                for _ in 0..<rounds {
                    try await Task.sleep(for: .milliseconds(trial.random(in: 100...900)))
                    let place = trial.random(in: 0...2)
                    try await fleet.end(place, SIGKILL)
                    slowest = max(slowest, try await fleet.start(place))
                }
                return slowest
            }
            trial.expect(slowest < .seconds(2), "a replica was ready only after \(slowest.seconds)")
            let open = recorder.history.filter { $0.outcome == .unknown }
            trial.expect(open.isEmpty, "\(open.count) requests got no response")
            trial.report("\(rounds) kills, ready again within \(slowest.seconds)")
            try trial.check(recorder, in: shop)
        }
    }

    static let killWaiting = Experiment(
        "kill-waiting", fault: "kill -9 while its INSERT waits for a lock",
        action: "an open waits for a lock, its replica is killed, the lock is released once no statement waits"
    ) { trial in
        let rounds = trial.scaled(short: 1, full: 5)
        // Long enough that this limit does not end the wait.
        let settings = ["DATABASE_LOCK_TIMEOUT_MILLISECONDS": "2900"]
        try await Fleet.withShop(replicas: 1, settings: settings) { shop, fleet in
            trial.expect(try await shop.bruno.open(in: shop.centro).status == 201, "the service does not open")
            var slowest = Duration.zero
            for _ in 0..<rounds {
                let lock = try shop.connection()
                try lock.execute("begin")
                try lock.execute("select 1 from business_counters for update")
                async let lost = try? shop.ana.open(in: shop.centro)
                try await shop.untilALockIsWaitedFor()
                let kill = ContinuousClock.now
                try await fleet.end(0, SIGKILL)
                trial.expect(await lost == nil, "a dead service answered")
                try await shop.untilNoLockIsWaitedFor()
                slowest = max(slowest, ContinuousClock.now - kill)
                try lock.execute("rollback")
                try await fleet.start(0)
                let rows = try shop.query(
                    "select count(*)::text from cash_sessions where cashier_id = '\(shop.ana.id)'")
                trial.expect(rows == "0", "\(rows ?? "") rows from the dead request")
            }
            trial.expect(slowest < .milliseconds(1_500), "the statement waited \(slowest.seconds) longer")
            trial.report("\(rounds) times no row from the dead request, which waited at most \(slowest.seconds) longer")
        }
    }
}

extension Duration {
    /// As text: `250 ms` or `1.5 s`.
    var seconds: String {
        let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
        return milliseconds < 1_000 ? "\(milliseconds) ms" : "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    }
}

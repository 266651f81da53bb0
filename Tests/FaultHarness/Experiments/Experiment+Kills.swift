import Foundation
import Synchronization
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

    static let killRecording = Experiment(
        "kill-recording", fault: "kill -9 while movements are recorded, each sent again with its own id",
        action: "one of 3 replicas killed and started again repeatedly, while 6 tills record sales"
    ) { trial in
        let rounds = trial.scaled(short: 3, full: 12)
        try await Fleet.withShop { shop, fleet in
            let addresses = shop.services.map(\.address)
            let signal = Ending()
            let sent = try await withThrowingTaskGroup(of: Int.self) { group in
                for (person, business) in [
                    (shop.ana, shop.centro), (shop.bruno, shop.centro), (shop.carla, shop.corner),
                ] {
                    let session = try await person.open(in: business).json
                    for _ in 0..<2 {
                        group.addTask {
                            var count = 0
                            while !signal.isOver.load(ordering: .relaxed) {
                                try await record(count, in: session, by: person, at: addresses)
                                count += 1
                            }
                            return count
                        }
                    }
                }
                defer { signal.isOver.store(true, ordering: .relaxed) }
                for _ in 0..<rounds {
                    try await Task.sleep(for: .milliseconds(trial.random(in: 100...900)))
                    let place = trial.random(in: 0...2)
                    try await fleet.end(place, SIGKILL)
                    try await fleet.start(place)
                }
                signal.isOver.store(true, ordering: .relaxed)
                return try await group.reduce(0, +)
            }
            let stored = try shop.query(
                """
                select concat_ws(' ', count(*), sum(m.amount), (
                    select string_agg(s.recorded_movements || ' ' || s.recorded_cash_sales, ' ')
                    from cash_sessions as s
                    where s.recorded_movements <> (
                        select coalesce(max(n.number), 0) from movements as n where n.session_id = s.id
                    )
                ))
                from movements as m
                """)
            trial.expect(stored == "\(sent) \(sent)", "\(sent) were sent, and there are \(stored ?? "none")")
            trial.report("\(rounds) kills; \(sent) movements, each once")
        }
    }

    /// Sends a movement with an id of its own, until it is recorded.
    private static func record(
        _ number: Int, in session: JSON, by person: Person, at addresses: [String]
    ) async throws {
        let body = #"{"id": "\#(UUID().uuidString.lowercased())", "type": "CASH_SALE", "amount": 1}"#
        for attempt in 0... {
            var person = person
            person.address = addresses[(number + attempt) % addresses.count]
            let reply = try? await person.change("movements", session, body)
            if reply?.status == 201 { return }
            guard reply == nil || reply?.status == 503 || reply?.status == 429 else {
                throw Trial.Failure(description: "a movement got \(reply?.text ?? "")")
            }
            try await Task.sleep(for: .milliseconds(20))
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

/// Tells the tills of an experiment to stop.
private final class Ending: Sendable {
    let isOver = Atomic(false)
}

extension Duration {
    /// As text: `250 ms` or `1.5 s`.
    var seconds: String {
        let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
        return milliseconds < 1_000 ? "\(milliseconds) ms" : "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    }
}

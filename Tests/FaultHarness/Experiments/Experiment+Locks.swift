import Foundation
import TestSupport

/// Locks in the database delay the service.
extension Experiment {
    static let tableLock = Experiment(
        "table-lock", fault: "`LOCK TABLE cash_sessions` for 10 s",
        action: "under load; the default mode, and one that allows reads"
    ) { trial in
        for mode in ["access exclusive", "share row exclusive"] {
            let recorder = Recorder()
            try await Fleet.withShop(replicas: 2, settings: ["DATABASE_POOL_SIZE": "8"]) { shop, _ in
                let load = Load(try Tills.all(of: shop, recorder, each: 1), recorder: recorder)
                let span = try await load.during(trial) {
                    try await Task.sleep(for: .seconds(1))
                    let lock = try shop.connection()
                    try lock.execute("begin; lock table cash_sessions in \(mode) mode")
                    let begin = Recorder.now()
                    try await Task.sleep(for: .seconds(trial.scaled(short: 3, full: 10)))
                    let alive = try await shop.stranger.get("/livez").status
                    trial.expect(alive == 200, "/livez \(alive)")
                    let end = Recorder.now()
                    try lock.execute("rollback")
                    try await untilServing(shop)
                    return begin...end
                }
                let under = recorder.history.filter { span.contains($0.invoked) && span.contains($0.returned) }
                let refused = under.filter(\.failed)
                let slowest = refused.map(\.duration).max() ?? .zero
                trial.expect(!refused.isEmpty, "no request was 503")
                trial.expect(refused.allSatisfy { $0.outcome == .notApplied }, "unexpected: \(refused.map(\.outcome))")
                trial.expect(slowest < .seconds(2), "a 503 took \(slowest.seconds)")
                trial.report("\(mode): \(refused.count)×503 not_applied within \(slowest.seconds), `/livez` 200")
                try trial.check(recorder, in: shop)
            }
        }
    }

    static let rowLock = Experiment(
        "row-lock", fault: "one row locked for 10 s",
        action:
            "an open session's row, while 16 clients close it over a pool of 8; p99 of other keys before and meanwhile"
    ) { trial in
        let time = Duration.seconds(trial.scaled(short: 3, full: 10))
        let recorder = Recorder()
        try await Fleet.withShop(replicas: 1, settings: ["DATABASE_POOL_SIZE": "8"]) { shop, _ in
            let stuck = RecordedTill(
                shop.administrator, OpenSessionKey(cashier: try shop.hire(1)[0], business: shop.centro), recorder)
            guard case .succeeded(let session) = await stuck.open().outcome else {
                return trial.fail("the service does not open")
            }
            let others = try Tills.all(of: shop, recorder, each: 1)
            let load = Load(others, recorder: recorder)
            let (before, meanwhile, closes) = try await load.during(trial) {
                try await Task.sleep(for: .seconds(1))
                let before = Recorder.now()
                try await Task.sleep(for: time)
                let lock = try shop.connection()
                try lock.execute("begin; select from cash_sessions where id = '\(session)' for update")
                let locked = Recorder.now()
                let closes = try await together(16) { _ in
                    var operations: [Operation] = []
                    while Recorder.now() < locked + time.nanoseconds { operations.append(await stuck.close(session)) }
                    return operations
                }
                let end = Recorder.now()
                try lock.execute("rollback")
                return (before...locked, locked...end, closes.flatMap { $0 })
            }
            trial.expect(closes.allSatisfy { $0.outcome == .notApplied }, "closes: \(closes.map(\.outcome))")
            let all = recorder.history.filter { $0.sessionKey != stuck.sessionKey }
            let beside = all.filter { meanwhile.contains($0.invoked) }
            trial.expect(!beside.isEmpty && !beside.contains(where: \.failed), "other keys: \(beside.map(\.outcome))")
            let (calm, held) = (p99(of: all, in: before), p99(of: all, in: meanwhile))
            trial.expect(held < calm * 2, "other keys' p99 went from \(calm.seconds) to \(held.seconds)")
            trial.report("\(closes.count) closes 503; other keys' p99 \(calm.seconds), then \(held.seconds)")
            await stuck.close(session)
            try trial.check(recorder, in: shop)
        }
    }

    private static func p99(of operations: [Operation], in span: ClosedRange<Int64>) -> Duration {
        let times = operations.filter { span.contains($0.invoked) }.map(\.duration).sorted()
        return times.isEmpty ? .zero : times[times.count * 99 / 100]
    }
}

extension Duration {
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}

import TestSupport

/// Connections to the database break.
extension Experiment {
    static let cuts = Experiment(
        "cuts", fault: "connection cut at each protocol message, also between COMMIT and its reply",
        action:
            "connections cut one by one at a random message of either side, under load; half the tills without keys"
    ) { trial in
        let rounds = trial.scaled(short: 15, full: 150)
        // A change without a key is found by its change ids.
        try await onALine(trial, hasKeys: { !$0.isMultiple(of: 2) }) { shop, line, recorder in
            var slowest = Duration.zero
            for _ in 0..<rounds {
                let side = trial.random(in: 0...1) == 0 ? DatabaseLine.Side.requests : .answers
                line.arm(.cut(side, after: trial.random(in: 0...60)))
                try await eventually("a connection is cut") { line.cuts > 0 ? true : nil }
                let cut = ContinuousClock.now
                line.disarm()
                try await shop.untilPoolIsComplete()
                slowest = max(slowest, ContinuousClock.now - cut)
            }
            trial.expect(slowest < .seconds(1), "the pool was complete only after \(slowest.seconds)")
            trial.report("\(rounds) cuts, the pool complete again within \(slowest.seconds)")
            let failed = recorder.history.filter(\.failed)
            trial.report("\(failed.count) requests 503, all others succeeded")
            trial.expect(failed.allSatisfy { $0.outcome.isHonest }, "not a 503: \(failed.map(\.outcome))")
        }
    }

    static let halfOpen = Experiment(
        "half-open", fault: "half-open database link",
        action: "under load no byte passes and no connection is closed, for 8 s"
    ) { trial in
        try await onALine(trial) { shop, line, recorder in
            try await Task.sleep(for: .seconds(1))
            line.arm(.silence)
            try await Task.sleep(for: .seconds(trial.scaled(short: 5, full: 8)))
            let alive = try await shop.stranger.get("/livez").status
            trial.expect(alive == 200, "/livez \(alive)")
            line.disarm()
            let back = ContinuousClock.now
            try await untilServing(shop)
            let time = ContinuousClock.now - back
            trial.report("serving again \(time.seconds) after the link")
            // A connection attempt that lost a message times out after 2 s and is repeated after 250 ms.
            trial.expect(time < .seconds(3), "serving only \(time.seconds) after the link")
        }
    }

    /// Runs `harm` under a load over a ``DatabaseLine``, and checks the history.
    private static func onALine(
        _ trial: Trial, hasKeys: @Sendable (Int) -> Bool = { _ in true },
        _ harm: @Sendable (Shop, DatabaseLine, Recorder) async throws -> Void
    ) async throws {
        try await DatabaseLine.withShop(settings: Limits.defaults) { shop, line in
            let recorder = Recorder()
            let load = Load(try Tills.all(of: shop, recorder, each: 1, hasKeys: hasKeys), recorder: recorder)
            try await load.during(trial) { try await harm(shop, line, recorder) }
            expectShort(recorder, trial)
            try trial.check(recorder, in: shop)
        }
    }
}

/// Expects that every request took less than 5 s.
func expectShort(_ recorder: Recorder, _ trial: Trial) {
    let longest = recorder.history.map(\.duration).max() ?? .zero
    trial.expect(longest < .seconds(5), "a request took \(longest.seconds)")
    trial.report("no request over \(longest.seconds)")
}

/// Waits until the database decides an open again. It is 404, because Diego is assigned to no business.
func untilServing(_ shop: Shop) async throws {
    try await eventually("the service serves", within: .seconds(30)) {
        try await shop.diego.open(in: shop.centro).status == 404 ? true : nil
    }
}

extension Shop {
    /// Waits until the first replica has all its database connections.
    package func untilPoolIsComplete() async throws {
        try await eventually("the pool is complete", within: .seconds(20)) {
            let wanted = try await services[0].metric("cashpilot_database_connections_wanted")
            return try await services[0].metric("cashpilot_database_connections") == wanted ? true : nil
        }
    }
}

extension Operation.Outcome {
    /// Whether it is a 503 with an outcome, or no response.
    package var isHonest: Bool { self == .notApplied || self == .unknown }
}

import TestSupport

/// The link to the database breaks.
extension Experiment {
    static let cuts = Experiment(
        "cuts", fault: "connection cut at each protocol message, also between COMMIT and its reply",
        deed:
            "one connection after the other cut at a message by chance, on either side, under load; half the tills without keys"
    ) { trial in
        let rounds = trial.scaled(short: 15, full: 150)
        // Without a key a change is found by the ids that it was given.
        try await onALine(trial, hasKeys: { !$0.isMultiple(of: 2) }) { shop, line, recorder in
            var slowest = Duration.zero
            for _ in 0..<rounds {
                let side = trial.chance(in: 0...1) == 0 ? DatabaseLine.Side.requests : .answers
                line.arm(.cut(side, after: trial.chance(in: 0...60)))
                try await eventually("a connection is cut") { line.cuts > 0 ? true : nil }
                let cut = ContinuousClock.now
                line.disarm()
                try await shop.untilPoolIsWhole()
                slowest = max(slowest, ContinuousClock.now - cut)
            }
            trial.expect(slowest < .seconds(1), "the pool was whole again only after \(slowest.seconds)")
            trial.saw("\(rounds) cuts, the pool whole again within \(slowest.seconds)")
            let failed = recorder.history.filter(\.failed)
            trial.saw("\(failed.count) requests 503, the others as if nothing had happened")
            trial.expect(failed.allSatisfy { $0.outcome.isHonest }, "not a 503: \(failed.map(\.outcome))")
        }
    }

    static let halfOpen = Experiment(
        "half-open", fault: "half-open database link",
        deed: "under load nothing passes any more, and no connection is closed, for 8 s"
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
            trial.saw("serving again \(time.seconds) after the link")
            // Who was connecting as the link came back lost a message on it, and tries again after the limit of an attempt
            // (2 s) and the pause between two (a quarter of a second).
            trial.expect(time < .seconds(3), "serving only \(time.seconds) after the link")
        }
    }

    /// Runs `harm` under a load that goes over a line to the database, and judges what came of it.
    private static func onALine(
        _ trial: Trial, hasKeys: @Sendable (Int) -> Bool = { _ in true },
        _ harm: @Sendable (Shop, DatabaseLine, Recorder) async throws -> Void
    ) async throws {
        try await DatabaseLine.withShop(settings: Limits.defaults) { shop, line in
            let recorder = Recorder()
            let load = Load(try Tills.all(of: shop, recorder, each: 1, hasKeys: hasKeys), recorder: recorder)
            try await load.during(trial) { try await harm(shop, line, recorder) }
            expectShort(recorder, trial)
            try trial.judge(recorder, in: shop)
        }
    }
}

/// No request may take longer than 5 s, whatever happens to the database.
func expectShort(_ recorder: Recorder, _ trial: Trial) {
    let longest = recorder.history.map(\.duration).max() ?? .zero
    trial.expect(longest < .seconds(5), "a request took \(longest.seconds)")
    trial.saw("no request over \(longest.seconds)")
}

/// Waits until a write is answered as it should be: by its rule, because Diego works nowhere, and from the database.
func untilServing(_ shop: Shop) async throws {
    try await eventually("the service serves", within: .seconds(30)) {
        try await shop.diego.open(in: shop.centro).status == 404 ? true : nil
    }
}

extension Shop {
    /// Waits until the first replica has all the connections that it wants.
    package func untilPoolIsWhole() async throws {
        try await eventually("the pool is whole", within: .seconds(20)) {
            let wanted = try await services[0].metric("cashpilot_database_connections_wanted")
            return try await services[0].metric("cashpilot_database_connections") == wanted ? true : nil
        }
    }
}

extension Operation.Outcome {
    /// Whether it is a 503 that says what became of the request.
    package var isHonest: Bool { self == .notApplied || self == .unknown }
}

import TestSupport

/// The database stops and is started again.
extension Experiment {
    static let databaseStopped = database(.fast, "database-stopped", "database stopped and started again")
    static let databaseKilled = database(.kill, "database-killed", "database killed (-9) and started again")
    static let databaseCrashed = database(.immediate, "database-crashed", "database crashed and recovered")

    private static func database(_ how: PostgresServer.Stop, _ name: String, _ fault: String) -> Experiment {
        Experiment(name, fault: fault, action: "under load over 2 replicas, unavailable for 1 to 3 s") { trial in
            let rounds = trial.scaled(short: 1, full: 3)
            // Acknowledged writes must be on disk.
            let server = try await PostgresServer.start(settings: ["fsync": "on"])
            let recorder = Recorder()
            try await Fleet.withShop(replicas: 2, template: try await ShopTemplate.make(on: server)) { shop, _ in
                let load = Load(try Tills.all(of: shop, recorder, each: 1), recorder: recorder)
                let slowest = try await load.during(trial) {
                    var slowest = Duration.zero
                    for _ in 0..<rounds {
                        try await Task.sleep(for: .seconds(1))
                        slowest = max(slowest, try await interrupt(server, how, shop, trial))
                    }
                    return slowest
                }
                trial.expect(slowest < .seconds(1), "serving only \(slowest.seconds) after the database")
                trial.report("\(rounds) times: 503 while it was unavailable, serving again within \(slowest.seconds)")
                expectShort(recorder, trial)
                let unexpected = recorder.history.filter { $0.failed && !$0.outcome.isHonest }
                trial.expect(unexpected.isEmpty, "unexpected: \(unexpected.map(\.outcome))")
                try trial.check(recorder, in: shop)
            }
        }
    }

    /// - Returns: the time from the database's first response to the last replica's.
    private static func interrupt(
        _ server: PostgresServer, _ how: PostgresServer.Stop, _ shop: Shop, _ trial: Trial
    ) async throws -> Duration {
        try await server.stop(how)
        try await Task.sleep(for: .seconds(trial.random(in: 1...3)))
        let refused = try await shop.ana.open(in: shop.centro)
        trial.expect(
            try refused.status == 503 && refused.json["outcome"].string != nil, "without a database: \(refused.text)")
        let alive = try await shop.stranger.get("/livez").status
        trial.expect(alive == 200, "/livez \(alive)")
        // After a kill its child processes keep the shared memory for a moment.
        try await eventually("the database starts", within: .seconds(30)) { try? await server.start() }
        let back = ContinuousClock.now
        for service in shop.services {
            var shop = shop
            shop = shop.served(by: [service])
            try await untilServing(shop)
        }
        return ContinuousClock.now - back
    }
}

import Foundation
import TestSupport

/// The database's disk is full.
extension Experiment {
    static let diskFullData = diskFull(
        "disk-full-data", fault: "disk full (data)",
        action: "the data on a separate disk that fills up, and is freed", disk: .data
    ) { disk, shop, till, trial in
        let refused = try await disk.untilRefused(till)
        trial.expect(refused == .notApplied, "a write without space: \(refused)")
        for _ in 0..<20 {
            let reads = [
                try await shop.ana.get("/v1/me").status,
                try await shop.bruno.get("/v1/businesses/\(shop.centro)/sessions").status,
            ]
            trial.expect(reads == [200, 200], "reads without space: \(reads)")
        }
        try disk.free()
    }

    static let diskFullLog = diskFull(
        "disk-full-wal", fault: "disk full (WAL)",
        action: "the write-ahead log on a separate disk that fills up; it is freed and the database started again",
        disk: .log
    ) { disk, shop, till, trial in
        let refused = try await disk.untilRefused(till)
        trial.expect(refused.isHonest, "a write without space: \(refused)")
        try await Task.sleep(for: .seconds(3))
        let alive = try await shop.stranger.get("/livez").status
        trial.expect(alive == 200, "/livez \(alive)")
        try disk.free()
        // PostgreSQL has panicked: start it again, as its supervisor would.
        try await disk.server.stop(.immediate)
        try await eventually("the database starts", within: .seconds(30)) { try? await disk.server.start() }
    }

    private static func diskFull(
        _ name: String, fault: String, action: String, disk kind: SmallDisk.Kind,
        harm: @escaping @Sendable (SmallDisk, Shop, RecordedTill, Trial) async throws -> Void
    ) -> Experiment {
        Experiment(name, fault: fault, action: "\(action); under load, 2 replicas", limit: .seconds(180)) { trial in
            try await Enclosure.run(in: Enclosure.disks, name, trial) {
                let server = try await PostgresServer.start(settings: [
                    "fsync": "on", "max_wal_size": "48MB", "min_wal_size": "32MB", "wal_recycle": "off",
                ])
                let template = try await ShopTemplate.make(on: server)
                let disk = try await SmallDisk(kind, of: server)
                let recorder = Recorder()
                try await Fleet.withShop(replicas: 2, template: template) { shop, _ in
                    let tills = try Tills.all(of: shop, recorder, each: 1, retries: 500)
                    let key = OpenSessionKey(cashier: shop.administrator.id, business: shop.centro)
                    let till = RecordedTill(shop.administrator, key, recorder)
                    try await Load(tills, recorder: recorder).during(trial) {
                        for _ in 0..<trial.scaled(short: 1, full: 3) {
                            try await Task.sleep(for: .seconds(1))
                            try await harm(disk, shop, till, trial)
                            let freed = Recorder.now()
                            try await eventually("writes are back", within: .seconds(30)) {
                                recorder.hasSucceeded(after: freed, by: .zero) ? true : nil
                            }
                            trial.report(
                                "writes back \(Duration.nanoseconds(Recorder.now() - freed).seconds) after it was freed"
                            )
                        }
                    }
                    let unexpected = recorder.history.filter { $0.failed && !$0.outcome.isHonest }
                    trial.expect(unexpected.isEmpty, "unexpected: \(unexpected.map(\.outcome))")
                    try trial.check(recorder, in: shop)
                }
                try await disk.remove()
            }
        }
    }
}

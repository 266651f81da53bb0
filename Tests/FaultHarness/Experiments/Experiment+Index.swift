import TestSupport

extension Experiment {
    static let indexLost = Experiment(
        "index-lost", fault: "one-open index dropped",
        action: "under load over 3 replicas the index is dropped, and rebuilt by `cashpilot doctor`"
    ) { trial in
        let recorder = Recorder()
        try await Fleet.withShop { shop, _ in
            let load = Load(try Tills.all(of: shop, recorder), recorder: recorder)
            try await load.during(trial) {
                try await Task.sleep(for: .milliseconds(500))
                try shop.execute("drop index concurrently \(Shop.theIndex)")
                try await expectDegraded(shop, trial)
                try await Task.sleep(for: .seconds(trial.scaled(short: 1, full: 5)))
                let repaired = try await shop.run(["doctor", "--mend"])
                trial.expect(repaired.status == 0, repaired.output + repaired.errors)
                for service in shop.services {
                    try await eventually("the metric rises") {
                        try await service.metric("cashpilot_guard_index_valid") == "1" ? true : nil
                    }
                }
            }
            trial.report("`/readyz` 200 degraded, `guard: missing`, the metric 0, an error in the log; rebuilt")
            try trial.check(recorder, in: shop)
        }
    }

    private static func expectDegraded(_ shop: Shop, _ trial: Trial) async throws {
        let ready = try await shop.stranger.get("/readyz")
        trial.expect(
            try ready.status == 200 && ready.json["status"] == "degraded" && ready.json["guard"] == "missing",
            "/readyz: \(ready.status) \(ready.text)")
        for service in shop.services {
            try await eventually("the metric falls") {
                try await service.metric("cashpilot_guard_index_valid") == "0" ? true : nil
            }
            try await eventually("the log has it") {
                service.process.errors.contains("The one-open index is not valid") ? true : nil
            }
        }
    }
}

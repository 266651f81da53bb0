import TestSupport

/// The checker is only worth what it catches: services that are wrong on purpose, and one that is not.
extension Experiment {
    static let unharmed = Experiment(
        "unharmed", fault: "none", deed: "a load over 3 replicas, and no harm"
    ) { trial in
        let recorder = Recorder()
        try await Fleet.withShop(isPatient: true) { shop, _ in
            try await load(try Tills.all(of: shop, recorder, each: 3), recorder, trial)
            let failed = recorder.history.filter(\.failed)
            // An open that lost three races against others of its slot.
            trial.expect(failed.allSatisfy { $0.outcome == .notApplied }, "failed: \(failed.map(\.outcome))")
            trial.saw("\(failed.count)×503 not_applied")
            try trial.judge(recorder, in: shop)
        }
    }

    static let checkThenInsert = Experiment(
        "mutant-check-then-insert", fault: "the checker: guard dropped, and opens that check and then insert",
        deed: "the same load on a service written so"
    ) { trial in
        let recorder = Recorder()
        try await Fleet.withShop(replicas: 1, isPatient: true) { shop, _ in
            try shop.execute("drop index \(Shop.theIndex)")
            let mutant = try await MutantServer.start { try await CheckThenInsert(shop: shop).answer($0) }
            let slot = Slot(cashier: shop.ana.id, business: shop.centro)
            let tills = (0..<6).map { _ in RecordedTill(shop.ana, slot, recorder) { mutant.address } }
            try await expectFaults(under: tills, recorder, shop, trial, naming: "were open at once")
            try await mutant.close()
        }
    }

    static let cachedCurrent = Experiment(
        "mutant-cached-current", fault: "the checker: `current` answered from a cache of 5 s",
        deed: "the same load through a proxy that does so"
    ) { trial in
        let recorder = Recorder()
        try await Fleet.withShop(replicas: 1, isPatient: true) { shop, fleet in
            let mutant = try await CachedCurrent.start(before: fleet.services[0].address, for: .seconds(5))
            let tills = try Tills.all(of: shop, recorder, each: 2, at: [mutant.address])
            try await expectFaults(
                under: tills, recorder, shop, trial, naming: "the slot was found empty while", "was seen open")
            try await mutant.close()
        }
    }

    private static func load(_ tills: [RecordedTill], _ recorder: Recorder, _ trial: Trial) async throws {
        try await Load(tills, recorder: recorder).during(trial) {
            try await Task.sleep(for: .seconds(trial.scaled(short: 2, full: 10)))
        }
    }

    /// Repeats the load until the checker reports a fault with one of these names. One load may be too short on a busy
    /// machine.
    private static func expectFaults(
        under tills: [RecordedTill], _ recorder: Recorder, _ shop: Shop, _ trial: Trial, naming names: String...
    ) async throws {
        func isReported(in faults: [String]) -> Bool {
            faults.contains { fault in names.contains { fault.contains($0) } }
        }
        var faults: [String] = []
        for _ in 0..<20 where !isReported(in: faults) {
            try await load(tills, recorder, trial)
            faults = HistoryChecker.faults(in: recorder.history, try Books(of: shop))
        }
        let history = recorder.history
        trial.expect(isReported(in: faults), "not reported; only: \(faults.prefix(3))")
        trial.expect(
            !history.contains { if case .odd = $0.outcome { true } else { false } }, "the mutant does not work")
        trial.saw("\(history.count) requests, \(faults.count) faults reported, such as “\(faults.first ?? "")”")
    }
}

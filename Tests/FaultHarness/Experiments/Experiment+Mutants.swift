import TestSupport

/// Tests of the checker itself: two mutant services and the real one.
extension Experiment {
    static let unharmed = Experiment(
        "unharmed", fault: "none", action: "a load over 3 replicas, without a fault"
    ) { trial in
        let recorder = Recorder()
        try await Fleet.withShop(isPatient: true) { shop, _ in
            try await load(try Tills.all(of: shop, recorder, each: 3), recorder, trial)
            let failed = recorder.history.filter(\.failed)
            // An open is 503 after three lost races against others of its open-session key.
            trial.expect(failed.allSatisfy { $0.outcome == .notApplied }, "failed: \(failed.map(\.outcome))")
            trial.report("\(failed.count)×503 not_applied")
            try trial.check(recorder, in: shop)
        }
    }

    static let checkThenInsert = Experiment(
        "mutant-check-then-insert", fault: "the checker: one-open index dropped, and opens that check and then insert",
        action: "the same load on a mutant service"
    ) { trial in
        let recorder = Recorder()
        try await Fleet.withShop(replicas: 1, isPatient: true) { shop, _ in
            try shop.execute("drop index \(Shop.theIndex)")
            let mutant = try await MutantServer.start { try await CheckThenInsert(shop: shop).respond(to: $0) }
            let key = OpenSessionKey(cashier: shop.ana.id, business: shop.centro)
            let tills = (0..<6).map { _ in RecordedTill(shop.ana, key, recorder) { mutant.address } }
            try await expectFaults(under: tills, recorder, shop, trial, naming: "were open at once")
            try await mutant.close()
        }
    }

    static let cachedCurrent = Experiment(
        "mutant-cached-current", fault: "the checker: `current` cached for 5 s",
        action: "the same load through a mutant proxy"
    ) { trial in
        let recorder = Recorder()
        try await Fleet.withShop(replicas: 1, isPatient: true) { shop, fleet in
            let mutant = try await CachedCurrent.start(before: fleet.services[0].address, for: .seconds(5))
            let tills = try Tills.all(of: shop, recorder, each: 2, at: [mutant.address])
            try await expectFaults(
                under: tills, recorder, shop, trial, naming: "no open session was found while", "was found open")
            try await mutant.close()
        }
    }

    private static func load(_ tills: [RecordedTill], _ recorder: Recorder, _ trial: Trial) async throws {
        try await Load(tills, recorder: recorder).during(trial) {
            try await Task.sleep(for: .seconds(trial.scaled(short: 2, full: 10)))
        }
    }

    /// Repeats the load until the checker reports a fault with one of these names.
    ///
    /// One load may be too short on a busy machine.
    private static func expectFaults(
        under tills: [RecordedTill], _ recorder: Recorder, _ shop: Shop, _ trial: Trial, naming names: String...
    ) async throws {
        func isReported(in faults: [String]) -> Bool {
            faults.contains { fault in names.contains { fault.contains($0) } }
        }
        var faults: [String] = []
        for _ in 0..<20 where !isReported(in: faults) {
            try await load(tills, recorder, trial)
            faults = HistoryChecker.faults(in: recorder.history, try FinalState(of: shop))
        }
        let history = recorder.history
        trial.expect(isReported(in: faults), "the expected fault is not reported, only \(faults.prefix(3))")
        trial.expect(
            !history.contains { if case .unexpected = $0.outcome { true } else { false } }, "the mutant is broken")
        trial.report("\(history.count) requests, \(faults.count) faults reported, such as “\(faults.first ?? "")”")
    }
}

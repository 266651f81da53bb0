import TestSupport

extension Experiment {
    static let idleCrowd = Experiment(
        "idle-crowd", fault: "10 000 idle sockets",
        action: "opened on one replica, whose `HTTP_CONNECTIONS_MAX` is the default of 4096, under a small load"
    ) { trial in
        let (count, connectionsMax) = (10_000, 4_096)
        try IdleCrowd.allowFiles(count + 2_000)
        let recorder = Recorder()
        try await Fleet.withShop(replicas: 1) { shop, fleet in
            let process = try trial.require(fleet.services[0].process.processID, "no process")
            // One client per open-session key never conflicts, so every 503 is a failure.
            let load = Load(try Tills.all(of: shop, recorder, hired: 0, each: 1), recorder: recorder)
            let (before, crowd) = try await load.during(trial) {
                try await Task.sleep(for: .seconds(1))
                let before = try residentKilobytes(process)
                return (before, try await IdleCrowd.gather(count, on: process, at: fleet.ports[0]))
            }
            trial.expect(crowd.connected == count, "only \(crowd.connected) could connect")
            trial.expect(crowd.stayed <= connectionsMax, "\(crowd.stayed) connections stayed open")
            trial.expect(crowd.left == 0, "\(crowd.left) silent connections stayed open for more than 10 s")
            let memory = "\(before) KiB of memory before, \(crowd.memory) KiB with them"
            trial.expect(crowd.memory - before < crowd.stayed * 16, memory)
            trial.report("\(crowd.stayed) connections stayed open; \(memory)")
            let failed = recorder.history.filter(\.failed)
            trial.expect(failed.isEmpty, "\(failed.count) requests failed: \(failed.prefix(3).map(\.outcome))")
            trial.report("\(failed.count) requests failed")
            try trial.check(recorder, in: shop)
        }
    }
}

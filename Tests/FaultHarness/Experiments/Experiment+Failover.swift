import TestSupport

/// The primary host or the synchronous standby of the cluster in deploy/patroni is replaced.
extension Experiment {
    static let switchover = failover(
        "switchover", fault: "failover: switchover to the synchronous standby", action: "`patronictl switchover`",
        writesWithin: .seconds(5)
    ) { cluster, primary in
        try await cluster.host("ctl", "switchover", "--master", primary, "--force")
    }

    static let primaryCrash = failover(
        "primary-crash", fault: "failover: crash of the primary",
        action: "kill -9 of its PostgreSQL and Patroni, started again once another host accepts writes",
        writesWithin: .seconds(8)
    ) { cluster, primary in
        try await cluster.host("crash", primary)
    } repairing: { cluster, primary in
        try await cluster.host("start", primary)
    }

    static let hostFrozen = failover(
        "host-frozen", fault: "failover: loss of the primary's host: it hangs",
        action: "its PostgreSQL, Patroni and etcd frozen, while its kernel still responds; then thawed",
        writesWithin: .seconds(10)
    ) { cluster, primary in
        try await cluster.host("freeze", primary)
    } repairing: { cluster, primary in
        try await cluster.host("thaw", primary)
    }

    static let hostLost = failover(
        "host-lost", fault: "failover: loss of the primary's host: its network is gone",
        action:
            "every packet to and from it dropped, also of its etcd, so all links are half open; then restored",
        writesWithin: .seconds(10)
    ) { cluster, primary in
        try await cluster.host("cut", primary)
    } repairing: { cluster, primary in
        try await cluster.host("mend", primary)
    }

    static let standbyLost = failover(
        "standby-lost", fault: "loss of the synchronous standby's host: its network is gone",
        action: "every packet to and from it dropped, also of its etcd; then restored", of: "sync",
        writesWithin: .seconds(8)
    ) { cluster, standby in
        try await cluster.host("cut", standby)
    } repairing: { cluster, standby in
        try await cluster.host("mend", standby)
    }

    /// - Parameter role: of the host that fails, as an argument of deploy/patroni/host. If it is not the primary, the
    ///   primary host must not change.
    private static func failover(
        _ name: String, fault: String, action: String, of role: String = "primary", writesWithin limit: Duration,
        breaking: @escaping @Sendable (Cluster, _ host: String) async throws -> Void,
        repairing: @escaping @Sendable (Cluster, _ host: String) async throws -> Void = { _, _ in }
    ) -> Experiment {
        let action = "\(action); under load, 2 replicas, 3 hosts in one `DATABASE_URL`"
        return Experiment(name, fault: fault, action: action, limit: .seconds(300)) { trial in
            try await Enclosure.run(in: Enclosure.cluster, name, trial) {
                let cluster = try Cluster()
                let rounds = trial.scaled(short: 1, full: 2, long: 10)
                let recorder = Recorder()
                try await cluster.withShop { shop in
                    let tills = try Tills.all(of: shop, recorder, each: 1, retries: 500)
                    try await Load(tills, recorder: recorder).during(trial) {
                        for _ in 0..<rounds {
                            try await Task.sleep(for: .milliseconds(trial.random(in: 2_000...3_000)))
                            let primary = try await cluster.host("primary")
                            let broken = try await cluster.host(role)
                            let fault = Recorder.now()
                            try await breaking(cluster, broken)
                            try await eventually("another host has the role and writes", within: .seconds(30)) {
                                let next = try? await cluster.host(role)
                                return next?.isEmpty == false && next != broken
                                    && recorder.hasSucceeded(after: fault, by: .seconds(1))
                                    ? true : nil
                            }
                            try await repairing(cluster, broken)
                            try await cluster.untilComplete()
                            if broken != primary {
                                let now = try await cluster.host("primary")
                                trial.expect(now == primary, "the primary host changed to \(now)")
                            }
                            let pause = recorder.longestPause(after: fault)
                            trial.expect(pause <= limit, "no write for \(pause.seconds)")
                            trial.report("writes back after \(pause.seconds)")
                        }
                    }
                    let unexpected = recorder.history.filter { $0.failed && !$0.outcome.isHonest }
                    trial.expect(unexpected.isEmpty, "unexpected: \(unexpected.map(\.outcome))")
                    try trial.check(recorder, in: shop)
                }
            }
        }
    }
}

extension Recorder {
    /// The response times of the writes that took effect after `start`, in order.
    private func acknowledged(after start: Int64) -> [Int64] {
        history.filter { operation in
            if case .succeeded = operation.outcome { operation.returned > start } else { false }
        }.map(\.returned).sorted()
    }

    /// The longest time after `start` without a response to a write that took effect.
    func longestPause(after start: Int64) -> Duration {
        let times = [start] + acknowledged(after: start) + [Self.now()]
        return .nanoseconds(zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0)
    }

    /// Whether a write took effect more than `wait` after `start`.
    func hasSucceeded(after start: Int64, by wait: Duration) -> Bool {
        !acknowledged(after: start + wait.nanoseconds).isEmpty
    }
}

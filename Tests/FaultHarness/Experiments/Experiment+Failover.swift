import TestSupport

/// The primary, or its synchronous standby, is replaced, in the cluster of deploy/patroni.
extension Experiment {
    static let switchover = failover(
        "switchover", fault: "failover: switchover to the synchronous standby", deed: "`patronictl switchover`",
        writesWithin: .seconds(5)
    ) { cluster, primary in
        try await cluster.host("ctl", "switchover", "--master", primary, "--force")
    }

    static let primaryCrash = failover(
        "primary-crash", fault: "failover: crash of the primary",
        deed: "kill -9 of its PostgreSQL and its Patroni, started again once another writes", writesWithin: .seconds(8)
    ) { cluster, primary in
        try await cluster.host("crash", primary)
    } mending: { cluster, primary in
        try await cluster.host("start", primary)
    }

    static let hostFrozen = failover(
        "host-frozen", fault: "failover: loss of the primary's host: it hangs",
        deed: "its PostgreSQL, Patroni and etcd stopped where they stand, while its kernel still answers; then thawed",
        writesWithin: .seconds(10)
    ) { cluster, primary in
        try await cluster.host("freeze", primary)
    } mending: { cluster, primary in
        try await cluster.host("thaw", primary)
    }

    static let hostLost = failover(
        "host-lost", fault: "failover: loss of the primary's host: its network is gone",
        deed:
            "every packet to and from it dropped, its etcd's too, so all its links are half open; then let through again",
        writesWithin: .seconds(10)
    ) { cluster, primary in
        try await cluster.host("cut", primary)
    } mending: { cluster, primary in
        try await cluster.host("mend", primary)
    }

    static let standbyLost = failover(
        "standby-lost", fault: "loss of the synchronous standby's host: its network is gone",
        deed: "every packet to and from it dropped, its etcd's too; then let through again", of: "sync",
        writesWithin: .seconds(8)
    ) { cluster, standby in
        try await cluster.host("cut", standby)
    } mending: { cluster, standby in
        try await cluster.host("mend", standby)
    }

    /// - Parameter role: of the host that is broken, as deploy/patroni/host asks for it. If it is not the primary, that
    ///   one must stay.
    private static func failover(
        _ name: String, fault: String, deed: String, of role: String = "primary", writesWithin limit: Duration,
        breaking: @escaping @Sendable (Cluster, _ host: String) async throws -> Void,
        mending: @escaping @Sendable (Cluster, _ host: String) async throws -> Void = { _, _ in }
    ) -> Experiment {
        let deed = "\(deed); under load, 2 replicas, 3 hosts in one `DATABASE_URL`"
        return Experiment(name, fault: fault, deed: deed, limit: .seconds(300)) { trial in
            try await Enclosure.run(in: Enclosure.cluster, name, trial) {
                let cluster = try Cluster()
                let rounds = trial.scaled(short: 1, full: 2, long: 10)
                let recorder = Recorder()
                try await cluster.withShop { shop in
                    let tills = try Tills.all(of: shop, recorder, each: 1, retries: 500)
                    try await Load(tills, recorder: recorder).during(trial) {
                        for _ in 0..<rounds {
                            try await Task.sleep(for: .milliseconds(trial.chance(in: 2_000...3_000)))
                            let primary = try await cluster.host("primary")
                            let broken = try await cluster.host(role)
                            let fault = Recorder.now()
                            try await breaking(cluster, broken)
                            try await eventually("another has its role, and writes are back", within: .seconds(30)) {
                                let next = try? await cluster.host(role)
                                return next?.isEmpty == false && next != broken
                                    && recorder.tookAny(after: fault, by: .seconds(1))
                                    ? true : nil
                            }
                            try await mending(cluster, broken)
                            try await cluster.untilWhole()
                            if broken != primary {
                                let now = try await cluster.host("primary")
                                trial.expect(now == primary, "the primary was replaced too, by \(now)")
                            }
                            let pause = recorder.longestPause(after: fault)
                            trial.expect(pause <= limit, "no write for \(pause.seconds)")
                            trial.saw("writes back after \(pause.seconds)")
                        }
                    }
                    let odd = recorder.history.filter { $0.failed && !$0.outcome.isHonest }
                    trial.expect(odd.isEmpty, "answered \(odd.map(\.outcome))")
                    try trial.judge(recorder, in: shop)
                }
            }
        }
    }
}

extension Recorder {
    /// When the writes that took effect were answered, in order, from `start` on.
    private func acknowledged(after start: Int64) -> [Int64] {
        history.filter { operation in
            if case .took = operation.outcome { operation.returned > start } else { false }
        }.map(\.returned).sorted()
    }

    /// The longest time without the answer to a write that took effect, beginning at `start`.
    func longestPause(after start: Int64) -> Duration {
        let times = [start] + acknowledged(after: start) + [Self.now()]
        return .nanoseconds(zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0)
    }

    /// Whether a write took effect more than `wait` after `start`.
    func tookAny(after start: Int64, by wait: Duration) -> Bool {
        !acknowledged(after: start + wait.nanoseconds).isEmpty
    }
}

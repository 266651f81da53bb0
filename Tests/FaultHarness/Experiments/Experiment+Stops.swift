import Foundation
import TestSupport

/// The service is told to end.
extension Experiment {
    static let stop = Experiment(
        "stop", fault: "SIGTERM under load",
        deed: "3 replicas behind haproxy, one told to end while it works, and started again"
    ) { trial in
        let rounds = trial.scaled(short: 2, full: 8)
        try await behindBalancer(trial) { fleet, balancer, _ in
            var slowest = Duration.zero
            for _ in 0..<rounds {
                let place = trial.chance(in: 0...2)
                let begin = ContinuousClock.now
                let address = fleet.services[place].address
                fleet.services[place].process.signal(SIGTERM)
                // The signal itself takes a moment.
                try await eventually("readiness fails", within: .milliseconds(500)) {
                    try await Person.nobody(at: address).get("/readyz").status == 503 ? true : nil
                }
                let status = try await fleet.services[place].process.wait()
                slowest = max(slowest, ContinuousClock.now - begin)
                trial.expect(status == 0, "exit status \(status)")
                try await fleet.start(place)
                try await balancer.untilAllAreIn()
            }
            trial.expect(slowest < .seconds(20), "an end took \(slowest.seconds)")
            trial.saw("\(rounds) ends, each with status 0 within \(slowest.seconds)")
        }
    }

    static let slowClient = Experiment(
        "slow-client", fault: "SIGTERM with a client that sends a byte a second",
        deed: "a replica told to end while a request arrives that never will"
    ) { trial in
        try await Fleet.withShop(replicas: 1) { shop, fleet in
            let client = try SlowClient(port: fleet.ports[0])
            // Until its head has surely been read.
            try await Task.sleep(for: .seconds(1))
            trial.expect(!client.isHungUp, "the client was not let in")
            let begin = ContinuousClock.now
            let status = try await fleet.end(0, SIGTERM)
            let time = ContinuousClock.now - begin
            trial.expect(status == 0, "exit status \(status)")
            trial.expect(time < .seconds(20), "the end took \(time.seconds)")
            trial.saw("status \(status) after \(time.seconds)")
        }
    }

    static let rolling = Experiment(
        "rolling", fault: "rolling restart of 3 replicas",
        deed: "behind haproxy, one after the other, until 10 000 requests are answered", limit: .seconds(240)
    ) { trial in
        let requests = trial.scaled(short: 500, full: 10_000)
        try await behindBalancer(trial) { fleet, balancer, recorder in
            var restarts = 0
            while recorder.history.count < requests || restarts < 3 {
                trial.expect(try await fleet.end(restarts % 3, SIGTERM) == 0, "exit status not 0")
                try await fleet.start(restarts % 3)
                try await balancer.untilAllAreIn()
                restarts += 1
            }
            trial.saw("\(restarts) restarts")
        }
    }

    /// The program's default, which the experiments' replicas otherwise do without.
    private static let balanced = ["SHUTDOWN_DELAY_SECONDS": "2"]

    /// Runs `harm` under a load that goes through the balancer and never asks twice, half of it without keys. No request
    /// of it may fail.
    private static func behindBalancer(
        _ trial: Trial, _ harm: @Sendable (Fleet, Balancer, Recorder) async throws -> Void
    ) async throws {
        let recorder = Recorder()
        try await Fleet.withShop(settings: balanced) { shop, fleet in
            let balancer = try await Balancer(to: fleet.ports)
            let tills = try [true, false].flatMap { hasKeys in
                try Tills.all(of: shop, recorder, each: 1, hasKeys: hasKeys, at: [balancer.address])
            }
            try await Load(tills, recorder: recorder).during(trial) { try await harm(fleet, balancer, recorder) }
            let failed = recorder.history.filter(\.failed)
            trial.expect(failed.isEmpty, "\(failed.count) requests failed: \(failed.prefix(3).map(\.outcome))")
            trial.saw("\(failed.count) requests failed")
            try trial.judge(recorder, in: shop)
        }
    }
}

extension Operation {
    /// Whether its client has nothing to go on with.
    package var failed: Bool {
        switch outcome {
        case .took, .found, .empty, .gone: false
        case .notApplied, .unknown, .odd: true
        }
    }

    package var duration: Duration { .nanoseconds(returned - invoked) }
}

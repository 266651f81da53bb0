import Foundation
import TestSupport

/// The service is stopped by a signal.
extension Experiment {
    static let stop = Experiment(
        "stop", fault: "SIGTERM under load",
        action: "3 replicas behind haproxy, one stopped under load and started again"
    ) { trial in
        let rounds = trial.scaled(short: 2, full: 8)
        try await behindLoadBalancer(trial) { fleet, loadBalancer, _ in
            var slowest = Duration.zero
            for _ in 0..<rounds {
                let place = trial.random(in: 0...2)
                let begin = ContinuousClock.now
                let address = fleet.services[place].address
                fleet.services[place].process.signal(SIGTERM)
                // The signal is delivered asynchronously.
                try await eventually("readiness fails", within: .milliseconds(500)) {
                    try await Person.nobody(at: address).get("/readyz").status == 503 ? true : nil
                }
                let status = try await fleet.services[place].process.wait()
                slowest = max(slowest, ContinuousClock.now - begin)
                trial.expect(status == 0, "exit status \(status)")
                try await fleet.start(place)
                try await loadBalancer.untilAllAreReady()
            }
            trial.expect(slowest < .seconds(20), "a stop took \(slowest.seconds)")
            trial.report("\(rounds) stops, each with status 0 within \(slowest.seconds)")
        }
    }

    static let slowClient = Experiment(
        "slow-client", fault: "SIGTERM with a client that sends a byte a second",
        action: "a replica stopped while it receives an endless request"
    ) { trial in
        try await Fleet.withShop(replicas: 1) { shop, fleet in
            let client = try SlowClient(port: fleet.ports[0])
            // Enough time to read the request head.
            try await Task.sleep(for: .seconds(1))
            trial.expect(!client.isHungUp, "the client was disconnected")
            let begin = ContinuousClock.now
            let status = try await fleet.end(0, SIGTERM)
            let time = ContinuousClock.now - begin
            trial.expect(status == 0, "exit status \(status)")
            trial.expect(time < .seconds(20), "the stop took \(time.seconds)")
            trial.report("status \(status) after \(time.seconds)")
        }
    }

    static let rolling = Experiment(
        "rolling", fault: "rolling restart of 3 replicas",
        action: "behind haproxy, one after the other, until 10 000 requests have a response", limit: .seconds(240)
    ) { trial in
        let requests = trial.scaled(short: 500, full: 10_000)
        try await behindLoadBalancer(trial) { fleet, loadBalancer, recorder in
            var restarts = 0
            while recorder.history.count < requests || restarts < 3 {
                trial.expect(try await fleet.end(restarts % 3, SIGTERM) == 0, "exit status not 0")
                try await fleet.start(restarts % 3)
                try await loadBalancer.untilAllAreReady()
                restarts += 1
            }
            trial.report("\(restarts) restarts")
        }
    }

    /// The program's default. The replicas of other experiments have 0.
    private static let balanced = ["SHUTDOWN_DELAY_SECONDS": "2"]

    /// Runs `harm` under a load through the load balancer without retries, half of it without keys.
    ///
    /// No request may fail.
    private static func behindLoadBalancer(
        _ trial: Trial, _ harm: @Sendable (Fleet, LoadBalancer, Recorder) async throws -> Void
    ) async throws {
        let recorder = Recorder()
        try await Fleet.withShop(settings: balanced) { shop, fleet in
            let loadBalancer = try await LoadBalancer(to: fleet.ports)
            // One client per open-session key never conflicts, so every 503 is a failure.
            let tills = try Tills.all(
                of: shop, recorder, hired: 12, each: 1, hasKeys: { !$0.isMultiple(of: 2) }, at: [loadBalancer.address])
            try await Load(tills, recorder: recorder).during(trial) { try await harm(fleet, loadBalancer, recorder) }
            let failed = recorder.history.filter(\.failed)
            trial.expect(failed.isEmpty, "\(failed.count) requests failed: \(failed.prefix(3).map(\.outcome))")
            trial.report("\(failed.count) requests failed")
            try trial.check(recorder, in: shop)
        }
    }
}

extension Operation {
    /// Whether the client got no usable response.
    package var failed: Bool {
        switch outcome {
        case .succeeded, .found, .noneOpen, .alreadyClosed: false
        case .notApplied, .unknown, .unexpected: true
        }
    }

    package var duration: Duration { .nanoseconds(returned - invoked) }
}

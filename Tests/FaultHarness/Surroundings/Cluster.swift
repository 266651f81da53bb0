import Foundation
import TestSupport

/// The PostgreSQL cluster of deploy/patroni, used from inside its rehearsal.
struct Cluster: Sendable {
    /// The connection string of its services, with three hosts.
    let database: String
    private let migrator: String

    /// - Throws: ``Trial/Failure`` outside of a rehearsal.
    init() throws {
        let environment = ProcessInfo.processInfo.environment
        guard let database = environment["DATABASE_URL"], let migrator = environment["MIGRATOR_URL"] else {
            throw Trial.Failure(description: "no cluster: run it in deploy/patroni/rehearse")
        }
        self.database = database
        self.migrator = migrator
    }

    /// Runs deploy/patroni/host.
    @discardableResult
    func host(_ words: String...) async throws -> String {
        let script = Repository.root.appending(path: "deploy/patroni/host").path
        let output = try await Shell.output(#"exec "$0" "$@""#.replacing("$0", with: script), words)
        return output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Waits until the cluster has a leader, a synchronous standby and a replica.
    func untilComplete() async throws {
        try await eventually("the cluster is complete", within: .seconds(60)) {
            try? await host("roles") == "leader replica sync_standby" ? true : nil
        }
    }

    /// Runs `body` with a shop on the cluster, and two replicas that serve it.
    func withShop(_ body: (Shop) async throws -> Void) async throws {
        let data = try await DemoStaff.seed(migrator)
        let staff = try await DemoStaff(data, in: migrator, sealedBy: try await Service(database: database))
        var services: [Service] = []
        for _ in 0..<2 { services.append(try await Service(database: database, settings: Limits.defaults)) }
        try await body(staff.shop(services: services, connectionString: database))
    }
}

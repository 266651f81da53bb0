import Foundation
import Synchronization
import TestSupport

/// Replicas that can be killed and started again at the same address.
package final class Fleet: Sendable {
    package let ports: [Int]
    private let database: String
    private let settings: [String: String]
    private let running = Mutex<[Service]>([])

    private init(_ count: Int, database: String, settings: [String: String]) throws {
        ports = try (0..<count).map { _ in try freePort() }
        self.database = database
        self.settings = settings
    }

    package var services: [Service] { running.withLock { $0 } }

    /// Starts a replica in the place of one that has ended, and waits until it is ready.
    ///
    /// - Returns: the time until it was ready.
    @discardableResult
    package func start(_ place: Int) async throws -> Duration {
        let begin = ContinuousClock.now
        let service = try await makeService(place)
        running.withLock { $0[place] = service }
        let stranger = Person.nobody(at: service.address)
        try await eventually("replica \(place) is ready") {
            // A request may still fail with an error of the previous process.
            (try? await stranger.get("/readyz"))?.status == 200 ? true : nil
        }
        return ContinuousClock.now - begin
    }

    /// Sends a signal to a replica and waits until it has exited.
    ///
    /// - Returns: its exit status.
    @discardableResult
    package func end(_ place: Int, _ signal: Int32) async throws -> Int32 {
        let service = services[place]
        service.process.signal(signal)
        return try await service.process.wait()
    }

    private func makeService(_ place: Int) async throws -> Service {
        try await Service(
            database: database, settings: settings.merging(["HTTP_PORT": "\(ports[place])"]) { given, _ in given })
    }

    /// Runs `body` with a shop that a fleet serves.
    ///
    /// - Parameters:
    ///   - settings: in addition to the program's default time limits.
    ///   - isPatient: whether the replicas have ``Limits/patient`` instead of the default time limits.
    ///   - template: on another server than the shared one.
    ///   - route: returns the connection string of the replicas for the database's own.
    package static func withShop(
        replicas: Int = 3, settings: [String: String] = [:], isPatient: Bool = false, template: ShopTemplate? = nil,
        by route: (_ database: String) async throws -> String = { $0 },
        _ body: (Shop, Fleet) async throws -> Void
    ) async throws {
        let address = Mutex("")
        try await TestSupport.withShop(replicas: 0, template: template) { database in
            let routed = try await route(database)
            address.withLock { $0 = routed }
            return routed
        } _: { shop in
            let limits = isPatient ? Limits.patient : Limits.defaults
            let fleet = try Fleet(
                replicas, database: address.withLock { $0 }, settings: limits.merging(settings) { _, given in given })
            for place in 0..<replicas {
                let service = try await fleet.makeService(place)
                fleet.running.withLock { $0.append(service) }
            }
            try await body(shop.served(by: fleet.services), fleet)
        }
    }
}

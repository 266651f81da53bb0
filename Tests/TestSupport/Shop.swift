import Foundation
import Postgres

/// A test's private database with the demo data, and replicas of the program that serve it.
package struct Shop: Sendable {
    package private(set) var administrator: Person
    /// A cashier of `centro` and `villaMorra`.
    package private(set) var ana: Person
    /// A cashier of `centro`.
    package private(set) var bruno: Person
    /// A cashier of `corner`.
    package private(set) var carla: Person
    /// A cashier without a business.
    package private(set) var diego: Person
    /// In Asunción, in guaraníes.
    package let centro: String
    /// In Asunción, in guaraníes.
    package let villaMorra: String
    /// In New York, in dollars.
    package let corner: String
    /// The replicas of the program.
    package private(set) var services: [Service]
    /// Of the database, for direct access.
    package let connectionString: String
    let owner: CachedConnection

    /// A person as a client of another replica.
    package func at(_ replica: Int, _ person: Person) -> Person {
        var person = person
        person.address = services[replica].address
        return person
    }

    /// This shop with other replicas. Every person is a client of the first.
    package func served(by services: [Service]) -> Shop {
        var shop = self
        shop.services = services
        for person in [\Shop.administrator, \.ana, \.bruno, \.carla, \.diego] {
            shop[keyPath: person].address = services[0].address
        }
        return shop
    }

    /// A client that is not logged in.
    package var stranger: Person {
        Person(id: "", email: "", password: "", name: "", token: nil, address: services[0].address)
    }

    /// Runs SQL directly on the database.
    package func execute(_ sql: String) throws { try owner.use { try $0.execute(sql) } }

    /// The text in the first row and column of a query's result; `nil` if it has no row.
    package func query(_ sql: String) throws -> String? {
        try owner.use { connection in
            guard var reader = try connection.query(sql).first?.reader() else { return nil }
            return try reader.nextOptional(String.self)
        }
    }

    /// A command with the options that confirm it for this shop's database.
    package func confirmed(_ command: [String]) throws -> [String] {
        command + ["--yes", "--database", try query("select current_database()") ?? ""]
    }

    /// Waits until `count` statements of the service have waited for a lock for `interval`, by the server's clock.
    ///
    /// A statement in a group commit waits only briefly before it is resent alone.
    package func untilALockIsWaitedFor(by count: Int = 1, for interval: String = "100 ms") async throws {
        try await eventually("\(count) wait for a lock for \(interval)") {
            Int(try lockWaiters(for: interval) ?? "") ?? 0 < count ? nil : true
        }
    }

    /// Waits until no statement of the service waits for a lock.
    package func untilNoLockIsWaitedFor() async throws {
        try await eventually("no statement waits for a lock") { try lockWaiters(for: "0 ms") == "0" ? true : nil }
    }

    /// The number of statements that have waited for a lock for at least `interval`.
    private func lockWaiters(for interval: String) throws -> String? {
        try query(
            """
            select count(distinct pid)::text
            from pg_locks as l
            join pg_stat_activity as a using (pid)
            where a.datname = current_database()
                and not l.granted
                and coalesce(l.waitstart, clock_timestamp()) <= clock_timestamp() - interval '\(interval)'
            """)
    }

    package func connection() throws -> BlockingConnection { try .patient(connectionString.unaudited) }
}

/// A running `cashpilot serve`.
package final class Service: Sendable {
    package let process: CashPilotProcess
    /// `http://127.0.0.1:PORT`.
    package let address: String
    package let managementAddress: String

    /// Starts the program and waits until it listens.
    ///
    /// - Parameter settings: override the defaults of tests: ``Limits/patient``, ``Limits/crowded`` and a small pool.
    package init(database: String, settings: [String: String] = [:]) async throws {
        let defaults = [
            "DATABASE_URL": database, "HTTP_PORT": "0", "MANAGEMENT_PORT": "0",
            "DATABASE_POOL_SIZE": "2", "SHUTDOWN_DELAY_SECONDS": "0", "PATH": "/usr/bin:/bin",
        ]
        let environment = defaults.merging(Limits.patient) { $1 }.merging(Limits.crowded) { $1 }
            .merging(settings) { $1 }
        let process = try CashPilotProcess(["serve"], environment: environment)
        self.process = process
        func announced(_ what: String) async throws -> String {
            try await eventually("cashpilot \(what)") {
                if let status = process.status {
                    throw CashPilotProcess.Failure(description: "serve ended with \(status): \(process.errors)")
                }
                let line = process.output.split(separator: "\n").first { $0.hasPrefix("cashpilot: \(what) on ") }
                return line?.split(separator: " ").last.map(String.init)
            }
        }
        managementAddress = try await announced("management")
        address = try await announced("listening")
    }

    /// The log lines with this message.
    package func log(_ message: String) throws -> [JSON] {
        try process.errors.split(separator: "\n").map { try JSON(parsing: Data($0.utf8)) }
            .filter { $0["message"] == .string(message) }
    }
}

/// Runs a test with a new shop, whose database is dropped when the test ends.
///
/// - Parameters:
///   - replicas: the number of replicas.
///   - settings: of each replica.
///   - template: on another server than the shared one.
///   - route: returns the connection string of the replicas for the database's own.
package func withShop(
    replicas: Int = 1, settings: [String: String] = [:], template: ShopTemplate? = nil,
    by route: (_ database: String) async throws -> String = { $0 }, _ test: (Shop) async throws -> Void
) async throws {
    let template = if let template { template } else { try await ShopTemplate.shared() }
    try await Turnstile.shops.withPlace {
        // The services have ended before the database is dropped: `body` releases them.
        try await template.server.withDatabase(template: ShopTemplate.database) { database in
            var services: [Service] = []
            let address = try await route(database)
            for _ in 0..<replicas { services.append(try await Service(database: address, settings: settings)) }
            try await test(template.shop(services: services, connectionString: database))
        }
    }
}

import Foundation
import Postgres

/// The people of the demo data with the bearers of their logins, which are in the database.
package struct DemoStaff: Sendable {
    /// The output of `cashpilot demo seed --json`.
    let data: JSON
    /// By e-mail.
    private let tokens: [String: String]

    /// Migrates a database and loads the demo data.
    ///
    /// - Parameter isPartitioned: whether `cash_sessions` is partitioned.
    /// - Returns: the output of `cashpilot demo seed --json`.
    package static func seed(
        _ connectionString: String, isPartitioned: Bool = Partitions.areOn
    ) async throws -> JSON {
        let environment = Limits.patient.merging(["DATABASE_URL": connectionString, "PATH": "/usr/bin:/bin"]) { $1 }
        _ = try await CashPilotProcess.run(["migrate", "up"], environment: environment)
        if isPartitioned { try await Partitions.make(in: connectionString) }
        let name = try BlockingConnection.patient(connectionString).query("select current_database()::text")[0]
        var columns = name.reader()
        let seeded = try await CashPilotProcess.run(
            ["demo", "seed", "--yes", "--database", try columns.next(String.self), "--json"], environment: environment)
        return try JSON(parsing: Data(seeded.utf8))
    }

    /// Logs every person in.
    ///
    /// - Parameters:
    ///   - connectionString: of the database, for direct access.
    ///   - service: seals the audit events of the logins, and is stopped.
    package init(_ data: JSON, in connectionString: String, sealedBy service: Service) async throws {
        self.data = data
        let connection = try BlockingConnection.patient(connectionString)
        var tokens: [String: String] = [:]
        for person in [data["admin"]] + data["cashiers"].items {
            tokens[person["email"].string ?? ""] = try Logins.make(of: person["id"].string ?? "") {
                try connection.execute($0)
            }
        }
        self.tokens = tokens
        try await eventually("the audit events of the logins are sealed") {
            try connection.query("select 1 from audit_unsealed limit 1").isEmpty ? true : nil
        }
        service.process.signal(SIGTERM)
        try await service.process.wait()
    }

    /// - Parameter connectionString: of the database, for direct access.
    package func shop(services: [Service], connectionString: String) -> Shop {
        func person(_ data: JSON) -> Person {
            Person(data, token: tokens[data["email"].string ?? ""], address: services.first?.address ?? "")
        }
        let cashiers = data["cashiers"]
        let businesses = data["businesses"].items.map { $0["id"].string ?? "" }
        return Shop(
            administrator: person(data["admin"]), ana: person(cashiers[0]), bruno: person(cashiers[1]),
            carla: person(cashiers[2]), diego: person(cashiers[3]), centro: businesses[0], villaMorra: businesses[1],
            corner: businesses[2], services: services, connectionString: connectionString,
            owner: CachedConnection(connectionString.unaudited))
    }
}

extension Person {
    fileprivate init(_ data: JSON, token: String?, address: String) {
        self.init(
            id: data["id"].string ?? "", email: data["email"].string ?? "", password: data["password"].string ?? "",
            name: data["name"].string ?? "", token: token, address: address)
    }
}

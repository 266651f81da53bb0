import Foundation

/// The people of the demo data and their tokens. All replicas share one secret, so each accepts the tokens.
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
        let seeded = try await CashPilotProcess.run(["demo", "seed", "--json"], environment: environment)
        return try JSON(parsing: Data(seeded.utf8))
    }

    /// Logs every person in, and stops the service.
    package init(_ data: JSON, loggingInAt service: Service) async throws {
        self.data = data
        var tokens: [String: String] = [:]
        for person in [data["admin"]] + data["cashiers"].items {
            let person = Person(person, token: nil, address: service.address)
            let reply = try await person.post(
                "/v1/auth/token", #"{"email": "\#(person.email)", "password": "\#(person.password)"}"#)
            guard reply.status == 200, let token = try reply.json["access_token"].string else {
                throw CashPilotProcess.Failure(description: "\(person.email) cannot log in: \(reply.text)")
            }
            tokens[person.email] = token
        }
        self.tokens = tokens
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
            owner: CachedConnection(connectionString))
    }
}

extension Person {
    fileprivate init(_ data: JSON, token: String?, address: String) {
        self.init(
            id: data["id"].string ?? "", email: data["email"].string ?? "", password: data["password"].string ?? "",
            name: data["name"].string ?? "", token: token, address: address)
    }
}

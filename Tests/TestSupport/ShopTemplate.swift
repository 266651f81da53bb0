import Foundation

/// The migrated database with the demo data that every test's own is cloned from, made once by the program itself.
package struct ShopTemplate: Sendable {
    static let database = "shop"
    let server: PostgresServer
    /// What `cashpilot demo seed --json` printed.
    package let data: JSON
    /// By e-mail. The replicas of all tests share one secret, so a token is good at each.
    private let tokens: [String: String]

    package static func shared() async throws -> ShopTemplate { try await sharedStart.value }
    private static let sharedStart = Task { try await make() }

    private static func make() async throws -> ShopTemplate {
        let server = try await PostgresServer.shared()
        try server.execute("create database \(database)")
        let environment = ["DATABASE_URL": server.connectionString(database: database), "PATH": "/usr/bin:/bin"]
        _ = try await CashPilotProcess.run(["migrate", "up"], environment: environment)
        if Partitions.areOn { try await Partitions.make(in: server.connectionString(database: database)) }
        let seeded = try await CashPilotProcess.run(["demo", "seed", "--json"], environment: environment)
        let data = try JSON(parsing: Data(seeded.utf8))
        return ShopTemplate(server: server, data: data, tokens: try await logInAll(data, on: server))
    }

    private static func logInAll(_ data: JSON, on server: PostgresServer) async throws -> [String: String] {
        let service = try await Service(database: try await server.makeDatabase(template: database))
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
        service.process.signal(SIGTERM)
        try await service.process.wait()
        return tokens
    }

    func shop(services: [Service], connectionString: String) -> Shop {
        func person(_ data: JSON) -> Person {
            Person(data, token: tokens[data["email"].string ?? ""], address: services.first?.address ?? "")
        }
        let cashiers = data["cashiers"]
        let businesses = data["businesses"].items.map { $0["id"].string ?? "" }
        return Shop(
            administrator: person(data["admin"]), ana: person(cashiers[0]), bruno: person(cashiers[1]),
            carla: person(cashiers[2]), diego: person(cashiers[3]), centro: businesses[0], villaMorra: businesses[1],
            corner: businesses[2], services: services, connectionString: connectionString)
    }
}

extension Person {
    fileprivate init(_ data: JSON, token: String?, address: String) {
        self.init(
            id: data["id"].string ?? "", email: data["email"].string ?? "", password: data["password"].string ?? "",
            name: data["name"].string ?? "", token: token, address: address)
    }
}

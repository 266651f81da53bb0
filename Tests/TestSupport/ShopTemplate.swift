/// The migrated database with the demo data that every test's own is cloned from, made once by the program itself.
package struct ShopTemplate: Sendable {
    static let database = "shop"
    let server: PostgresServer
    let staff: DemoStaff
    /// What `cashpilot demo seed --json` printed.
    package var data: JSON { staff.data }

    package static func shared() async throws -> ShopTemplate { try await sharedStart.value }
    private static let sharedStart = Task { try await make(on: PostgresServer.shared()) }

    /// For what an operator does before the sessions are spread over partitions, or does then.
    package static func unpartitioned() async throws -> ShopTemplate {
        guard Partitions.areOn else { return try await shared() }
        return try await make(on: PostgresServer.start(), isPartitioned: false)
    }

    /// On a server of a test's own, to be killed.
    package static func make(
        on server: PostgresServer, isPartitioned: Bool = Partitions.areOn
    ) async throws -> ShopTemplate {
        try server.execute("create database \(database)")
        let string = server.connectionString(database: database)
        let data = try await DemoStaff.seed(string, isPartitioned: isPartitioned)
        let staff = try await server.withDatabase(template: database) {
            try await DemoStaff(data, loggingInAt: try await Service(database: $0))
        }
        return ShopTemplate(server: server, staff: staff)
    }

    func shop(services: [Service], connectionString: String) -> Shop {
        staff.shop(services: services, connectionString: connectionString)
    }
}

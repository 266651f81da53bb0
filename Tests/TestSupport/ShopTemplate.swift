import Postgres

/// The migrated database with the demo data, from which the database of each shop is cloned.
package struct ShopTemplate: Sendable {
    static let database = "shop"
    let server: PostgresServer
    let staff: DemoStaff
    /// The output of `cashpilot demo seed --json`.
    package var data: JSON { staff.data }

    package static func shared() async throws -> ShopTemplate { try await sharedStart.value }
    private static let sharedStart = Task { try await make(on: PostgresServer.shared()) }

    /// A template without partitions, also in `make test-partitioned`.
    package static func unpartitioned() async throws -> ShopTemplate {
        guard Partitions.areOn else { return try await shared() }
        return try await make(on: PostgresServer.start(), isPartitioned: false)
    }

    /// Makes a template on a private server, which a test may kill.
    package static func make(
        on server: PostgresServer, isPartitioned: Bool = Partitions.areOn
    ) async throws -> ShopTemplate {
        try server.execute("create database \(database)")
        let string = server.connectionString(database: database)
        let data = try await DemoStaff.seed(string, isPartitioned: isPartitioned)
        let staff = try await DemoStaff(data, in: string, sealedBy: try await Service(database: string))
        // The trail of a test begins empty.
        let tables = ["audit_unsealed", "audit_seals", "audit_heads", "event_feed", "audit_events"]
        let connection = try BlockingConnection.patient(string)
        try connection.execute("set session_replication_role = replica")
        for table in tables { try connection.execute("delete from \(table)") }
        return ShopTemplate(server: server, staff: staff)
    }

    func shop(services: [Service], connectionString: String) -> Shop {
        staff.shop(services: services, connectionString: connectionString)
    }
}

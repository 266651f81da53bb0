import TestSupport

extension Service {
    /// Waits until all connections to the database are established.
    func untilConnected() async throws {
        try await eventually("all connections to the database are established") {
            let wanted = try await metric("cashpilot_database_connections_wanted")
            return try await metric("cashpilot_database_connections") == wanted ? true : nil
        }
    }
}

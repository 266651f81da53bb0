import CashPilot
import Postgres

extension Database {
    /// Implements ``ReplicationBarrier/waitForReplication()`` with a separate commit.
    func waitForReplication() async throws(StoreError) {
        do {
            try await write(SQL.replicationBarrier)
        } catch {
            throw StoreError(
                outcome: .unknown, description: error.description, isTransient: error.isUnavailable)
        }
    }
}

extension PostgresSessionStore {
    package func waitForReplication() async throws { try await database.waitForReplication() }
}

extension PostgresBusinessStore {
    package func waitForReplication() async throws { try await database.waitForReplication() }
}

extension PostgresUserStore {
    package func waitForReplication() async throws { try await database.waitForReplication() }
}

extension PostgresAPIKeyStore {
    package func waitForReplication() async throws { try await database.waitForReplication() }
}

import CashPilot
import Postgres

extension Database {
    /// What ``StandbyAwaiting/awaitStandby()`` is in PostgreSQL: a commit of its own.
    func awaitStandby() async throws(StoreFault) {
        do {
            try await write(SQL.standbyAwait)
        } catch {
            throw StoreFault(
                outcome: .unknown, description: error.description, isTransient: error.isUnavailable)
        }
    }
}

extension PostgresSessionStore {
    package func awaitStandby() async throws { try await database.awaitStandby() }
}

extension PostgresBusinessStore {
    package func awaitStandby() async throws { try await database.awaitStandby() }
}

extension PostgresUserStore {
    package func awaitStandby() async throws { try await database.awaitStandby() }
}

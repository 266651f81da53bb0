import CashPilot
import Postgres

extension Stores {
    /// All stores over one database.
    package init(_ database: Database) {
        self.init(
            sessions: PostgresSessionStore(database: database), accounts: PostgresAccountStore(database: database),
            businesses: PostgresBusinessStore(database: database), users: PostgresUserStore(database: database),
            keys: PostgresAPIKeyStore(database: database), audit: PostgresAuditStore(database: database),
            eventLog: PostgresEventLogStore(database: database), preflight: PostgresPreflightStore(database: database))
    }
}

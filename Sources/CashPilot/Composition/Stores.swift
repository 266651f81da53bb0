/// All stores of the service: one database, seen by each part of the domain.
package struct Stores: Sendable {
    package let sessions: any SessionStore & SessionChangeStore
    package let accounts: any AccountStore
    package let businesses: any BusinessStore
    package let users: any UserStore
    package let keys: any APIKeyStore
    package let audit: any AuditStore
    package let eventLog: any EventLogStore
    package let preflight: any PreflightStore

    package init(
        sessions: any SessionStore & SessionChangeStore, accounts: any AccountStore, businesses: any BusinessStore,
        users: any UserStore, keys: any APIKeyStore, audit: any AuditStore, eventLog: any EventLogStore,
        preflight: any PreflightStore
    ) {
        self.sessions = sessions
        self.accounts = accounts
        self.businesses = businesses
        self.users = users
        self.keys = keys
        self.audit = audit
        self.eventLog = eventLog
        self.preflight = preflight
    }
}

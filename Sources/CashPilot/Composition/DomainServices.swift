/// The use cases that route handlers and commands call.
package struct DomainServices: Sendable {
    package let sessions: SessionService
    package let changes: SessionChangeService
    package let accounts: AccountService
    package let businesses: BusinessService
    package let users: UserService
    package let keys: APIKeyService
    package let audit: AuditService
    package let eventLog: EventLogService
    package let preflight: PreflightService

    package init(
        _ stores: Stores, conflicts: ConflictRecorder, hasher: some PasswordHasher, ids: IDMaker,
        subscribers: EventSubscribers
    ) {
        sessions = SessionService(store: stores.sessions, conflicts: conflicts, ids: ids)
        changes = SessionChangeService(store: stores.sessions, conflicts: conflicts, ids: ids)
        accounts = AccountService(accounts: stores.accounts, sessions: stores.sessions, hasher: hasher)
        businesses = BusinessService(store: stores.businesses, ids: ids)
        users = UserService(store: stores.users, accounts: stores.accounts, hasher: hasher, ids: ids)
        keys = APIKeyService(store: stores.keys, ids: ids)
        audit = AuditService(store: stores.audit)
        eventLog = EventLogService(store: stores.eventLog, subscribers: subscribers)
        preflight = PreflightService(store: stores.preflight, ids: ids)
    }
}

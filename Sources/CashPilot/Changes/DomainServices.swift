/// The use cases that route handlers and commands call.
package struct DomainServices: Sendable {
    package let sessions: SessionService
    package let changes: SessionChangeService
    package let movements: MovementService
    package let accounts: AccountService
    package let businesses: BusinessService
    package let users: UserService
    package let credentials: CredentialService
    package let terminals: TerminalService
    package let pins: PINService
    package let pinLogin: PINLogin
    package let audit: AuditService
    package let eventLog: EventLogService
    package let preflight: PreflightService

    package init(
        _ stores: Stores, conflicts: ConflictRecorder, hasher: some PasswordHasher, ids: IDMaker,
        subscribers: EventSubscribers
    ) {
        sessions = SessionService(store: stores.sessions, conflicts: conflicts, ids: ids)
        changes = SessionChangeService(store: stores.sessions, conflicts: conflicts, ids: ids)
        movements = MovementService(store: stores.sessions, ids: ids)
        let gate = PasswordGate(accounts: stores.accounts, hasher: hasher)
        accounts = AccountService(
            accounts: stores.accounts, credentials: stores.credentials, sessions: stores.sessions, gate: gate, ids: ids)
        businesses = BusinessService(store: stores.businesses, ids: ids)
        users = UserService(store: stores.users, accounts: stores.accounts, gate: gate, ids: ids)
        pins = PINService(pins: stores.pins, users: stores.users, gate: gate, ids: ids)
        pinLogin = PINLogin(pins: stores.pins, credentials: stores.credentials, gate: gate, ids: ids)
        credentials = CredentialService(store: stores.credentials, ids: ids)
        terminals = TerminalService(store: stores.terminals, ids: ids)
        audit = AuditService(store: stores.audit)
        eventLog = EventLogService(subscribers: subscribers, store: stores.eventLog)
        preflight = PreflightService(store: stores.preflight, ids: ids)
    }
}

/// All stores of the service: one database, seen by each part of the domain.
package struct Stores: Sendable {
    package let sessions: any SessionStore & SessionChangeStore & MovementStore
    package let accounts: any AccountStore
    package let businesses: any BusinessStore
    package let users: any UserStore
    package let credentials: any CredentialStore
    package let terminals: any TerminalStore
    package let pins: any PINStore
    package let audit: any AuditStore
    package let eventLog: any EventLogStore
    package let preflight: any PreflightStore

    package init(
        sessions: any SessionStore & SessionChangeStore & MovementStore, accounts: any AccountStore,
        businesses: any BusinessStore,
        users: any UserStore, credentials: any CredentialStore, terminals: any TerminalStore, pins: any PINStore,
        audit: any AuditStore, eventLog: any EventLogStore, preflight: any PreflightStore
    ) {
        self.sessions = sessions
        self.accounts = accounts
        self.businesses = businesses
        self.users = users
        self.credentials = credentials
        self.terminals = terminals
        self.pins = pins
        self.audit = audit
        self.eventLog = eventLog
        self.preflight = preflight
    }
}

import ArgumentParser
import CashPilot
import CashPilotHTTP
import CashPilotPostgres
import Postgres

/// The domain services, as the administrative commands use them.
struct Administration: Sendable {
    private let database: Database
    private let accounts: any AccountStore
    let services: DomainServices

    private init(_ database: Database) {
        self.database = database
        let stores = Stores(database)
        accounts = stores.accounts
        services = DomainServices(
            stores,
            // No command opens a session, so no conflict is recorded, and nobody subscribes.
            conflicts: ConflictRecorder(
                store: stores.sessions, ids: System.ids, log: { _ in }, onFailure: { _ in }),
            hasher: ScryptHasher(random: System.random), ids: System.ids, subscribers: EventSubscribers(max: 0))
    }

    /// Runs `work` on the database that `flags` select.
    ///
    /// - Throws: ``CommandError`` for a domain error. The exit status is then 1.
    static func run<Result: Sendable>(
        _ flags: DatabaseFlags, _ work: @Sendable (Administration) async throws -> Result
    ) async throws -> Result {
        try await withDatabase(flags.configuration()) { database in
            do {
                return try await work(Administration(database))
            } catch let error as DomainError {
                throw CommandError(description: error.sentence)
            }
        }
    }

    /// Runs `work`, and then seals the audit events that it wrote, also if it fails. No service needs to run.
    ///
    /// - Throws: as ``run(_:_:)``.
    static func change<Result: Sendable>(
        _ flags: DatabaseFlags, _ work: @Sendable (Administration) async throws -> Result
    ) async throws -> Result {
        try await run(flags) { administration in
            do {
                let result = try await work(administration)
                await sealEvents(in: administration.database)
                return result
            } catch {
                await sealEvents(in: administration.database)
                throw error
            }
        }
    }

    /// The account with this email address, active or not.
    func account(email: String) async throws -> Account? {
        try await accounts.account(email: CanonicalText.email(email))
    }

    /// The user with this email address, active or not.
    func user(email: String) async throws -> UserID {
        guard let account = try await account(email: email) else {
            throw CommandError(description: "NOT_FOUND: no account has the address \(email)")
        }
        return account.user.id
    }

    /// Runs `work` with a login of the administrator with this email address, and ends the login.
    ///
    /// The request id of the caller begins with `command-`.
    ///
    /// - Throws: ``CommandError`` if the address has no account, or the account is inactive or not an
    ///   administrator's.
    func asAdministrator<Result: Sendable>(
        email: String, _ work: @Sendable (Caller) async throws -> Result
    ) async throws -> Result {
        guard let account = try await account(email: email) else {
            throw CommandError(description: "NOT_FOUND: --as: no account has the address \(email)")
        }
        guard account.isActive else {
            throw CommandError(description: "FORBIDDEN: --as: the account \(email) is inactive")
        }
        guard account.user.role == .admin else {
            throw CommandError(description: "FORBIDDEN: --as: the account \(email) is not an administrator")
        }
        let (bearer, request): (Bearer, ID<Caller>) = (Bearer(.login, random: System.random), System.ids.make())
        let (user, _) = try await services.credentials.issueLogin(
            forEmail: account.user.email, name: "cashpilot sessions", bearer: bearer.hash, lifetime: Self.loginLifetime)
        let caller = Caller(id: user.id, bearer: bearer.hash, requestID: "command-\(request)")
        do {
            let result = try await work(caller)
            await logOut(caller)
            return result
        } catch {
            await logOut(caller)
            throw error
        }
    }

    /// The lifetime of a command's login, which ends the login of a command that is killed.
    private static let loginLifetime: Duration = .seconds(3_600)

    private func logOut(_ caller: Caller) async {
        do {
            try await services.credentials.logOut(caller)
        } catch {
            System.say("sessions: the login of this command was not revoked; it expires within 1 h\n")
        }
    }

    /// The canonical name of a time zone.
    func timeZone(named name: String) async throws -> String {
        guard let canonical = try await services.businesses.timeZone(named: CanonicalText.line(name)) else {
            throw CommandError(description: "--time-zone: the time zone database has no zone named \(name)")
        }
        return canonical
    }
}

/// Seals the audit events that a command wrote.
///
/// A failure does not fail the command, whose change is committed. The events stay queued for the next sealer.
func sealEvents(in database: Database) async {
    let sealer = AuditSealer(
        store: PostgresAuditChainStore(database: database), eventLog: PostgresEventLogStore(database: database),
        onFailure: { _ in }, onRecovery: {})
    do {
        try await sealer.sealWaiting()
    } catch {
        System.say("cannot seal the audit events of this change: \(error); a running service seals them\n")
    }
}

/// A rejected command. The reason goes to standard error, and the exit status is 1.
struct CommandError: Error, CustomStringConvertible {
    let description: String
}

/// Prints a whole list, one page at a time.
func printAll<Item, Entity>(
    of page: (Cursor<Entity>?) async throws -> Page<Item, Entity>, _ line: (Item) -> String
) async throws {
    var cursor: Cursor<Entity>?
    repeat {
        let found = try await page(cursor)
        for item in found.items { print(line(item)) }
        cursor = found.next
    } while cursor != nil
}

extension TextRule {
    /// The canonical form of an option's value. Rejects an invalid one before the command changes anything.
    func checked(_ text: String, of option: String) throws -> String {
        let text = canonical(text)
        guard let fault = fault(in: text) else { return text }
        guard fault != .cardNumber else {
            throw ValidationError("\(option) contains what looks like a card number, which is never stored.")
        }
        throw ValidationError("\(option) must be \(expected).")
    }
}

extension ID: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// `--active` or `--inactive`.
enum Activity: String, EnumerableFlag {
    case active, inactive
}

import ArgumentParser
import CashPilot
import CashPilotHTTP
import CashPilotPostgres

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Manage accounts.",
        subcommands: [Create.self, List.self, Update.self, RevokeCredentials.self, Erase.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an account and print its id. Reads the password from standard input, one line.")

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "The email address, for the login.") var email: String
        @Option(help: "The display name.") var name: String
        @Option(help: "ADMIN or CASHIER.") var role: Role = .cashier
        @Option(help: "es-PY or en.") var locale: Locale = .spanish
        @Flag(help: "Print the account as JSON.") var json = false

        mutating func validate() throws {
            email = try TextRule.email.checked(email, of: "--email")
            name = try TextRule.name.checked(name, of: "--name")
        }

        func run() async throws {
            let draft = UserDraft(email: email, name: name, role: role, locale: locale, password: try readPassword())
            let created = try await Administration.change(flags) {
                try await $0.services.users.create(draft, by: .commandLine)
            }
            print(json ? PrintedJSON.text(created.value) : "\(created.value.user.id)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all accounts, newest first.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print one JSON object per line.") var json = false

        func run() async throws {
            try await Administration.run(flags) { [json] shop in
                try await printAll(
                    of: { try await shop.services.users.members(for: .commandLine, after: $0, limit: 200) }
                ) { json ? PrintedJSON.text($0) : $0.line }
            }
        }
    }

    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change an account. Fields without an option stay unchanged.",
            discussion: """
                The account's rights change from its next request on. Fails with exit status 1 if the account then could \
                not close its open sessions, which the message names.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "The account's email address.") var email: String
        @Option(help: "The new email address.") var newEmail: String?
        @Option(help: "The display name.") var name: String?
        @Option(help: "ADMIN or CASHIER.") var role: Role?
        @Option(help: "es-PY or en.") var locale: Locale?
        @Flag(help: "Whether the account can log in.") var activity: Activity?
        @Flag(help: "Change the account although it then cannot close its open sessions.") var force = false
        @Flag(help: "Read a new password from standard input, one line.") var passwordStdin = false
        @Flag(help: "Print the account as JSON.") var json = false

        mutating func validate() throws {
            newEmail = try newEmail.map { try TextRule.email.checked($0, of: "--new-email") }
            name = try name.map { try TextRule.name.checked($0, of: "--name") }
        }

        func run() async throws {
            var change = UserChange()
            change.email = newEmail
            change.name = name
            change.role = role
            change.locale = locale
            change.isActive = activity.map { $0 == .active }
            change.password = passwordStdin ? try readPassword() : nil
            let member = try await Administration.change(flags) { [change] shop in
                try await shop.services.users.update(
                    try await shop.user(email: email), change, isForced: force, by: .commandLine)
            }
            print(json ? PrintedJSON.text(member) : member.line)
        }
    }
}

extension UserCommand {
    struct RevokeCredentials: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-credentials",
            abstract: "Revoke all logins and API keys of an account, and print how many.",
            discussion: """
                The server refuses each from the next request on. The account stays active: its user can log in again.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "The account's email address.") var email: String
        @Flag(help: "Print the number as JSON.") var json = false

        func run() async throws {
            let count = try await Administration.change(flags) { administration in
                try await administration.services.credentials.revokeAll(
                    of: try await administration.user(email: email), by: .commandLine)
            }
            print(json ? JSONTree.object(["revoked": .integer(Int64(count))]).json : "\(count)")
        }
    }

    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase the personal data of an inactive account, also from the audit trail.",
            discussion: """
                Replaces the email address, the name, the password and the names of credentials by placeholders. This \
                cannot be undone. `cashpilot audit verify` still succeeds. Texts such as notes and reasons stay as they \
                are. Without --yes, it only shows what it would erase. The login must be a member of \
                \(PostgresErasureStore.role). Exit status 1 if the account is active.
                """)

        @OptionGroup var flags: DatabaseFlags
        @OptionGroup var confirmation: Confirmation
        @Option(help: "The account's email address.") var email: String
        @Flag(help: "Print the account's id as JSON.") var json = false

        func run() async throws {
            var configuration = try flags.configuration()
            configuration.role = PostgresErasureStore.role
            try await withDatabase(configuration) { [email, confirmation, json] database in
                let store = PostgresErasureStore(database: database)
                guard let user = try await store.user(email: CanonicalText.email(email)) else {
                    throw CommandError(description: "NOT_FOUND: no account has the address \(email)")
                }
                guard !user.isActive else { throw CommandError(erasingActive: email) }
                guard user.hasPersonalData else {
                    return print("\(user.id) has no personal data. Nothing was changed.")
                }
                try confirmation.require(user.plan, on: user.database)
                let secret = (0..<4).map { _ in "\(System.random())" }.joined()
                let hash = try await ScryptHasher(random: System.random).hash(secret)
                guard try await store.erase(user.id, passwordHash: hash, audit: System.ids.make()) else {
                    throw CommandError(erasingActive: email)
                }
                await sealEvents(in: database)
                let result = JSONTree.object(["erased": .string("\(user.id)")])
                print(json ? result.json : "Erased the personal data of \(user.id).")
            }
        }
    }
}

extension CommandError {
    fileprivate init(erasingActive email: String) {
        self.init(
            description: """
                FORBIDDEN: the account \(email) is active; nothing was changed. To make it inactive: cashpilot user \
                update --email \(email) --inactive
                """)
    }
}

extension ErasableUser {
    /// A line for each kind of data that would be erased.
    fileprivate var plan: String {
        """
        would erase the email address, the name and the password of \(id)  \(email)  \(name)
        would redact audit events: \(events)
        would erase names of credentials: \(keys)
        would redact stored responses: \(responses)
        """
    }
}

/// Reads a password from standard input. Other users can read a process's command line.
private func readPassword() throws -> String {
    let password = readLine() ?? ""
    switch TextRule.password.fault(in: password) {
    case nil: return password
    case .commonPassword:
        throw ValidationError("The password is one of the 3000 most common ones. Choose another.")
    default: throw ValidationError("The first line of standard input must be \(TextRule.password.expected).")
    }
}

extension StaffMember {
    fileprivate var line: String {
        "\(user.id)  \(user.role.rawValue)  \(isActive ? "active" : "inactive")  \(user.email)  \(user.name)"
    }
}

extension Role: ExpressibleByArgument {}
extension Locale: ExpressibleByArgument {}

import ArgumentParser
import CashPilot
import CashPilotHTTP

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Manage accounts.",
        subcommands: [Create.self, List.self, Update.self, RevokeCredentials.self])

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
            let created = try await Administration.run(flags) {
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
            let member = try await Administration.run(flags) { [change] shop in
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
            let count = try await Administration.run(flags) { administration in
                try await administration.services.credentials.revokeAll(
                    of: try await administration.user(email: email), by: .commandLine)
            }
            print(json ? JSONTree.object(["revoked": .integer(Int64(count))]).json : "\(count)")
        }
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

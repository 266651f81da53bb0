import ArgumentParser
import CashPilot
import CashPilotHTTP
import CashPilotPostgres

/// `cashpilot user`: accounts.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Accounts.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an account and print its id. The password is read from standard input, one line.")

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "The address to log in with.") var email: String
        @Option(help: "How people call them.") var name: String
        @Option(help: "ADMIN or CASHIER.") var role: Role = .cashier
        @Option(help: "es-PY or en.") var locale: Locale = .spanish

        func validate() throws {
            let parts = email.split(separator: "@", omittingEmptySubsequences: false)
            guard email.hasLength(3...255), parts.count == 2, !parts.contains(""),
                !email.contains(where: \.isWhitespace)
            else { throw ValidationError("--email: an address of at most 255 characters") }
            guard name.hasLength(1...200), !name.allSatisfy(\.isWhitespace) else {
                throw ValidationError("--name: 1–200 characters on one line")
            }
        }

        func run() async throws {
            guard let password = readLine(), password.hasLength(8...128) else {
                throw ValidationError("The password on standard input must have 8–128 characters.")
            }
            let user = try await withDatabase(flags.configuration()) { database in
                let accounts = AccountService(
                    accounts: PostgresAccountStore(database: database),
                    sessions: PostgresSessionStore(database: database),
                    hasher: ScryptHasher(random: System.random), ids: System.ids)
                do {
                    return try await accounts.create(
                        email: email, name: name, role: role, locale: locale, password: password)
                } catch Refusal.emailTaken {
                    throw ValidationError("\(email) has an account already.")
                }
            }
            print(user.id)
        }
    }
}

extension String {
    /// Whether it has so many characters as the API counts them (Unicode scalars), and no control among them.
    fileprivate func hasLength(_ range: ClosedRange<Int>) -> Bool {
        range.contains(unicodeScalars.count) && !unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

extension Role: ExpressibleByArgument {}
extension Locale: ExpressibleByArgument {}

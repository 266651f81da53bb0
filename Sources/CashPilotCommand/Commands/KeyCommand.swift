import ArgumentParser
import CashPilot
import CashPilotHTTP

/// `cashpilot key`: manages API keys.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "API keys, for scripts that no person logs in for.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an API key and print it.",
            discussion: """
                It is shown this once: only its SHA-256 is kept. It goes where a token goes, Authorization: Bearer cpk_…, \
                and may do what its user may. Give each script a user of its own.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "Whose key: the address of an active account.") var email: String
        @Option(help: "What it is for.") var name: String
        @Option(help: "For how many days it holds, 1–3650; without it, until it is revoked.") var expiresDays: Int?
        @Flag(help: "Print the key and what is known of it as JSON.") var json = false

        func validate() throws {
            try TextRule.name.check(name, of: "--name")
            guard expiresDays.map(APIKey.days.contains) ?? true else {
                throw ValidationError("--expires-days: 1–3650")
            }
        }

        func run() async throws {
            let secret = APIKeySecret(random: System.random)
            let key = try await Administration.run(flags) {
                try await $0.keys.create(forEmail: email, name: name, hash: secret.hash, days: expiresDays)
            }
            print(json ? PrintedJSON.text(key, secret: secret) : secret.text)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all API keys, newest first, revoked ones too. The keys themselves are not known.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print a JSON object a line.") var json = false

        func run() async throws {
            try await Administration.run(flags) { [json] shop in
                try await printAll(of: { try await shop.keys.keys(after: $0, limit: 200) }) {
                    json ? PrintedJSON.text($0) : $0.line
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke an API key: it is refused from the next request on.")

        @OptionGroup var flags: DatabaseFlags
        @Argument(help: "The id of the key, as the list has it.") var id: APIKeyID
        @Flag(help: "Print what is known of the key as JSON.") var json = false

        func run() async throws {
            let key = try await Administration.run(flags) { try await $0.keys.revoke(id) }
            print(json ? PrintedJSON.text(key) : key.line)
        }
    }
}

extension APIKey {
    fileprivate var line: String {
        let state = revokedAt.map { "revoked \($0.text)" } ?? expiresAt.map { "until \($0.text)" } ?? "until revoked"
        return "\(id)  \(state)  \(email)  \(name)"
    }
}

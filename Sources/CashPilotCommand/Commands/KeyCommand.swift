import ArgumentParser
import CashPilot
import CashPilotHTTP

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Manage API keys, for scripts.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an API key and print it.",
            discussion: """
                The command shows the key once: the database stores only its SHA-256. A script sends it instead of a \
                token, as Authorization: Bearer cpk_…, and has the rights of the key's user. Create a separate user \
                for each script.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "The email address of the key's user, an active account.") var email: String
        @Option(help: "The purpose of the key.") var name: String
        @Option(help: "Days until the key expires, 1–3650. Without it, the key is valid until it is revoked.")
        var expiresDays: Int?
        @Flag(help: "Print the key and its metadata as JSON.") var json = false

        mutating func validate() throws {
            email = CanonicalText.email(email)
            name = try TextRule.name.checked(name, of: "--name")
            guard expiresDays.map(APIKey.days.contains) ?? true else {
                throw ValidationError("--expires-days must be 1–3650")
            }
        }

        func run() async throws {
            let secret = APIKeySecret(random: System.random)
            let key = try await Administration.run(flags) {
                try await $0.services.keys.create(forEmail: email, name: name, hash: secret.hash, days: expiresDays)
            }
            print(json ? PrintedJSON.text(key, secret: secret) : secret.text)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the metadata of all API keys, newest first, including revoked ones.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print one JSON object per line.") var json = false

        func run() async throws {
            try await Administration.run(flags) { [json] shop in
                try await printAll(of: { try await shop.services.keys.keys(after: $0, limit: 200) }) {
                    json ? PrintedJSON.text($0) : $0.line
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke an API key. The server refuses it from the next request on.")

        @OptionGroup var flags: DatabaseFlags
        @Argument(help: "The key's id, from `cashpilot key list`.") var id: APIKeyID
        @Flag(help: "Print the key's metadata as JSON.") var json = false

        func run() async throws {
            let key = try await Administration.run(flags) { try await $0.services.keys.revoke(id) }
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

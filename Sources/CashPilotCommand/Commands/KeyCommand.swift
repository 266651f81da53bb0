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
                The command shows the key once: the database stores only its SHA-256. A script sends it as \
                Authorization: Bearer cpk_…, and has the rights of the key's user, except for changes that need a \
                recent login. Create a separate user for each script.
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
            guard expiresDays.map(Credential.keyDays.contains) ?? true else {
                throw ValidationError("--expires-days must be 1–3650")
            }
        }

        func run() async throws {
            let bearer = Bearer(.apiKey, random: System.random)
            let key = try await Administration.change(flags) {
                try await $0.services.credentials.createKey(
                    forEmail: email, name: name, bearer: bearer.hash, days: expiresDays)
            }
            print(json ? PrintedJSON.text(key, bearer: bearer) : bearer.text)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the metadata of all API keys, newest first, including revoked ones.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print one JSON object per line.") var json = false

        func run() async throws {
            try await Administration.run(flags) { [json] shop in
                try await printAll(of: { try await shop.services.credentials.keys(after: $0, limit: 200) }) {
                    json ? PrintedJSON.text($0) : $0.line
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke an API key. The server refuses it from the next request on.")

        @OptionGroup var flags: DatabaseFlags
        @Argument(help: "The key's id, from `cashpilot key list`.") var id: CredentialID
        @Flag(help: "Print the key's metadata as JSON.") var json = false

        func run() async throws {
            let key = try await Administration.change(flags) {
                try await $0.services.credentials.revoke(id, by: .commandLine, of: nil)
            }
            print(json ? PrintedJSON.text(key) : key.line)
        }
    }
}

extension Credential {
    fileprivate var line: String {
        let state = revokedAt.map { "revoked \($0.text)" } ?? expiresAt.map { "until \($0.text)" } ?? "until revoked"
        return "\(id)  \(state)  \(email)  \(name ?? "-")"
    }
}

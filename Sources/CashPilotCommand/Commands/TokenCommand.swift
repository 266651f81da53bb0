import ArgumentParser
import CashPilot
import CashPilotHTTP

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Issue bearers of logins.", subcommands: [Issue.self])

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Log a user in without their password, and print the bearer.",
            discussion: """
                The audit trail records the login as token.issue. Permanent scripts should use an API key. \
                `cashpilot user revoke-credentials` ends the login before it expires.
                """)

        @OptionGroup var database: DatabaseFlags
        @Option(help: "The email address of the user, an active account.") var email: String
        @Option(help: "The name of the login in lists of credentials.") var name = "cashpilot token issue"
        @Option(help: "The lifetime in seconds, 60–604800. Without it, AUTH_TOKEN_SECONDS applies.") var seconds: Int?
        @Flag(help: "Print the response of a login as JSON.") var json = false

        mutating func validate() throws {
            name = try TextRule.name.checked(name, of: "--name")
            guard seconds.map(ServerConfiguration.loginSeconds.contains) ?? true else {
                throw ValidationError("--seconds must be 60–604800")
            }
        }

        func run() async throws {
            let configured = try SettingReader.read(flags: []) {
                $0.integer(.authTokenSeconds, in: ServerConfiguration.loginSeconds)
            }
            let lifetime = Duration.seconds(seconds ?? configured)
            let bearer = Bearer(.login, random: System.random)
            let (user, _) = try await Administration.change(database) { administration in
                try await administration.services.credentials.issueLogin(
                    forEmail: CanonicalText.email(email), name: name, bearer: bearer.hash, lifetime: lifetime)
            }
            print(json ? PrintedJSON.text(bearer, lifetime: lifetime, user) : bearer.text)
        }
    }
}

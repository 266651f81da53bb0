import ArgumentParser
import CashPilot
import CashPilotHTTP

/// `cashpilot token`: issues and verifies bearer tokens.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Bearer tokens: issue one without a password, or see why one is refused.",
        subcommands: [Issue.self, Inspect.self])

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issue a token as if its user had logged in, and print it.",
            discussion: """
                Needs the signing secret and the database, so it gives nobody what they could not have anyway. It \
                cannot be taken back before it expires: make it short, and give scripts that stay an API key instead.
                """)

        @OptionGroup var database: DatabaseFlags
        @OptionGroup var flags: TokenFlags
        @Option(help: "Whose token: the address of an active account.") var email: String
        @Option(help: "For how many seconds it holds, 60–604800; as at a login without it.") var seconds: Int?
        @Flag(help: "Print what a login answers, as JSON.") var json = false

        func validate() throws {
            guard seconds.map(TokenConfiguration.seconds.contains) ?? true else {
                throw ValidationError("--seconds: 60–604800")
            }
        }

        func run() async throws {
            var configuration = try flags.configuration()
            if let seconds { configuration.lifetime = .seconds(seconds) }
            let user = try await Administration.run(database) { shop in
                guard let account = try await shop.accounts.account(email: email), account.isActive else {
                    throw CommandError(description: "NOT_FOUND: no active account has the address \(email)")
                }
                return account.user
            }
            let (token, expiresIn) = try configuration.tokens().issue(for: user)
            print(json ? PrintedJSON.text(token: token, expiresIn: expiresIn, user) : token)
        }
    }

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whose token stands on standard input and until when it holds, or why it is refused.",
            discussion: """
                Looks at the secrets alone, not at the database: what its user may do, and whether they are active, is \
                read anew at each request. Exit status 0 if it is valid, 2 if it is refused.
                """)

        @OptionGroup var flags: TokenFlags
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let tokens = try flags.configuration().tokens()
            guard let token = readLine() else { throw ValidationError("A token is expected on standard input.") }
            do throws(TokenError) {
                let identity = try tokens.verify(token)
                let expiry = Instant(milliseconds: identity.expiry * 1_000).text
                print(
                    json
                        ? JSONTree.object([
                            "valid": .bool(true), "user_id": .string("\(identity.userID)"),
                            "expires_at": .string(expiry),
                        ]).json
                        : "valid until \(expiry)  \(identity.userID)")
            } catch {
                print(
                    json
                        ? JSONTree.object(["valid": .bool(false), "reason": .string(error.reason)]).json
                        : "refused: \(error.reason)")
                throw ExitCode(2)
            }
        }
    }
}

extension TokenError {
    fileprivate var reason: String {
        switch self {
        case .tooLong: "it is longer than any token"
        case .malformed: "it is no token of this service"
        case .header: "its key is unknown, or its algorithm is another"
        case .signature: "its signature is wrong"
        case .expired: "it has expired"
        case .notYetValid: "it is not valid yet: are the clocks apart?"
        case .issuer: "another service issued it"
        case .audience: "it is for another service"
        }
    }
}

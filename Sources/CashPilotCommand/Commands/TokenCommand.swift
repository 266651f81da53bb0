import ArgumentParser
import CashPilot
import CashPilotHTTP

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Issue and inspect bearer tokens.",
        subcommands: [Issue.self, Inspect.self])

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issue a token for a user without their password, and print it.",
            discussion: """
                Needs the signing secret and the database. A token cannot be revoked before it expires, so choose a \
                short lifetime. Permanent scripts should use an API key.
                """)

        @OptionGroup var database: DatabaseFlags
        @OptionGroup var flags: TokenFlags
        @Option(help: "The email address of the token's user, an active account.") var email: String
        @Option(help: "The lifetime in seconds, 60–604800. Without it, AUTH_TOKEN_SECONDS applies.") var seconds: Int?
        @Flag(help: "Print the response of a login as JSON.") var json = false

        func validate() throws {
            guard seconds.map(TokenConfiguration.seconds.contains) ?? true else {
                throw ValidationError("--seconds must be 60–604800")
            }
        }

        func run() async throws {
            var configuration = try flags.configuration()
            if let seconds { configuration.lifetime = .seconds(seconds) }
            let user = try await Administration.run(database) { shop in
                guard let account = try await shop.account(email: email), account.isActive else {
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
            abstract: "Print the user and the expiry of the token on standard input, or why it is invalid.",
            discussion: """
                Needs the signing secrets and no database. The server reads the user's rights and whether the user is \
                active at each request, so a valid token may still be refused. Exit status 0 if the token is valid, \
                otherwise 2.
                """)

        @OptionGroup var flags: TokenFlags
        @Flag(help: "Print the result as JSON.") var json = false

        func run() async throws {
            let tokens = try flags.configuration().tokens()
            guard let token = readLine() else { throw ValidationError("Standard input has no token: pass one line.") }
            do throws(TokenError) {
                let identity = try tokens.verify(token)
                let expiry = Instant(milliseconds: identity.expiry * 1_000).text
                let result: [String: JSONTree] = [
                    "valid": .bool(true), "user_id": .string("\(identity.userID)"), "expires_at": .string(expiry),
                ]
                print(json ? JSONTree.object(result).json : "valid until \(expiry)  \(identity.userID)")
            } catch {
                let result: [String: JSONTree] = ["valid": .bool(false), "reason": .string(error.reason)]
                print(json ? JSONTree.object(result).json : "invalid: \(error.reason)")
                throw ExitCode(2)
            }
        }
    }
}

extension TokenError {
    fileprivate var reason: String {
        switch self {
        case .tooLong: "it is longer than any token of this service"
        case .malformed: "it is not a token of this service"
        case .header: "its key is unknown, or its algorithm is not supported"
        case .signature: "its signature is wrong"
        case .expired: "it has expired"
        case .notYetValid: "it is not valid yet; compare the clocks of the machines"
        case .issuer: "another service issued it"
        case .audience: "it is for another service"
        }
    }
}

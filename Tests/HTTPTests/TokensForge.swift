import CashPilot
import Synchronization

@testable import CashPilotHTTP

/// A clock that a test sets.
final class TestClock: Sendable {
    private let seconds: Mutex<Int64>

    init(_ seconds: Int64 = 1_790_000_000) { self.seconds = Mutex(seconds) }

    var now: Int64 { seconds.withLock { $0 } }

    func advance(by interval: Int64) { seconds.withLock { $0 += interval } }
}

/// Makes tokens with any header, claims and signature, as an attacker may.
struct TokenForge {
    static let secret = Array("a secret of more than 32 bytes, for tests".utf8)
    static let user = User(
        id: UserID(high: 0x0197_f4a0_8a2b_7c33, low: 0x8d41_6f0e_5b6a_7c8d), email: "ana@example.com", name: "Ana",
        role: .cashier, locale: .english)

    let clock = TestClock()
    var header = #"{"alg":"HS256","kid":"k1","typ":"JWT"}"#
    var claims: [String: String]
    var secret = TokenForge.secret

    init() {
        claims = [
            "iss": #""cashpilot""#, "aud": #""cashpilot-api""#, "sub": "\"\(Self.user.id)\"", "locale": #""en""#,
            "iat": "\(clock.now)", "nbf": "\(clock.now)", "exp": "\(clock.now + 60)",
        ]
    }

    /// The service's tokens, with the forge's clock.
    func tokens(accepting: [TokenKey] = [], lifetime: Int64 = 3600) throws -> Tokens {
        let clock = clock
        return try Tokens(
            signing: TokenKey(id: "k1", secret: Self.secret), accepting: accepting, lifetime: lifetime,
            now: { clock.now })
    }

    var signedPart: String {
        let members = claims.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return Base64.url.encode(Array(header.utf8)) + "." + Base64.url.encode(Array("{\(members)}".utf8))
    }

    var token: String {
        signedPart + "." + Base64.url.encode(SHA256.authenticationCode(of: signedPart.utf8, key: secret))
    }
}

extension Tokens {
    /// The reason for which `token` is rejected; `nil` if it is accepted.
    func refusal(of token: String) -> TokenError? {
        do throws(TokenError) {
            _ = try verify(token)
            return nil
        } catch {
            return error
        }
    }
}

import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("The cache of verified tokens")
struct TokenCacheTests {
    @Test("The token cache stays within its limit and evicts only unused tokens")
    func bounded() {
        let cache = TokenCache()
        let used = digest(-1)
        cache.insert(identity(-1), for: used)
        for number in 0..<(3 * TokenCache.countMax) {
            cache.insert(identity(number), for: digest(number))
            #expect(cache.count <= TokenCache.countMax)
            if number.isMultiple(of: 1000) { #expect(cache.identity(for: used) == identity(-1)) }
        }
        #expect(cache.identity(for: digest(0)) == nil)
        #expect(cache.identity(for: digest(3 * TokenCache.countMax - 1)) == identity(3 * TokenCache.countMax - 1))
    }

    @Test("A rejected token is not cached")
    func failures() throws {
        let cache = TokenCache()
        #expect(cache.identity(for: digest(1)) == nil)
        #expect(cache.count == 0)
        var forge = TokenForge()
        forge.claims["nbf"] = "\(forge.clock.now + 60)"
        let tokens = try forge.tokens()
        #expect(tokens.refusal(of: forge.token) == .notYetValid)
        forge.clock.advance(by: 58)
        #expect(tokens.refusal(of: forge.token) == nil, "the time came, and the refusal is not held against it")
    }

    private func digest(_ number: Int) -> SHA256.Digest { SHA256.hash("\(number)".utf8) }

    private func identity(_ number: Int) -> TokenIdentity {
        TokenIdentity(userID: UserID(high: 0, low: UInt64(number + 1)), locale: .spanish, expiry: Int64(number))
    }
}

import CashPilot
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import CashPilotHTTP

@Suite("Passwords")
struct ScryptTests {
    /// A hasher with a low cost.
    let hasher: ScryptHasher

    init() throws {
        let cheap = try #require(ScryptCost(log2N: 4, blockSize: 8, parallelism: 1))
        hasher = ScryptHasher(cost: cheap) { UInt64.random(in: .min ... .max) }
    }

    @Test(
        "Only the right password is accepted",
        arguments: ["correct horse", "ñandú 🐎", String(repeating: "x", count: 128), " ", ""])
    func verify(_ password: String) async throws {
        let hash = try await hasher.hash(password)
        #expect(try await hasher.verify(password, against: hash))
        #expect(try await !hasher.verify(password + "x", against: hash))
        #expect(try await !hasher.verify("X" + password, against: hash))
        #expect(try await !hasher.verify(password.isEmpty ? "y" : "", against: hash))
    }

    @Test("Two hashes of a password differ, and neither contains it")
    func salted() async throws {
        let hashes = [try await hasher.hash("correct horse"), try await hasher.hash("correct horse")]
        #expect(hashes[0] != hashes[1])
        #expect(hashes.allSatisfy { $0.hasPrefix("$scrypt$ln=4,r=8,p=1$") && !$0.contains("horse") })
    }

    @Test("A new hash costs 32 MiB and names its cost")
    func cost() async throws {
        let hash = try await ScryptHasher { 7 }.hash("correct horse")
        #expect(hash.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
    }

    @Test("A password is compared by its bytes: two encodings of ñ are two passwords")
    func bytes() async throws {
        let hash = try await hasher.hash("se\u{f1}or")
        #expect(try await !hasher.verify("sen\u{303}or", against: hash))
    }

    @Test(
        "A derived key begins like the first and third test vectors of RFC 7914",
        arguments: [
            ("", "", 4, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"),
            (
                "pleaseletmein", "SodiumChloride", 14, 8,
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            ),
        ])
    func vector(_ password: String, _ salt: String, _ log2N: Int, _ blockSize: Int, _ key: String) throws {
        let cost = try #require(ScryptCost(log2N: log2N, blockSize: blockSize, parallelism: 1))
        let hash = try ScryptHash(of: password, salt: Array(salt.utf8), cost: cost)
        #expect(hash.key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == key)
    }

    @Test("The highest accepted cost of a stored hash is within the memory limit of one hash")
    func highestCost() throws {
        let cost = try #require(ScryptCost(log2N: 17, blockSize: 8, parallelism: 4))
        #expect(try ScryptHash(of: "x", salt: [1], cost: cost).key.count == ScryptHash.keyLength)
    }

    @Test("A stored hash is checked at its own cost, whatever the cost of new hashes")
    func ownCost() async throws {
        let dear = try #require(ScryptCost(log2N: 6, blockSize: 4, parallelism: 2))
        let hash = try await ScryptHasher(cost: dear) { 7 }.hash("correct horse")
        #expect(hash.hasPrefix("$scrypt$ln=6,r=4,p=2$"))
        #expect(try await hasher.verify("correct horse", against: hash))
    }

    @Test("A login to an unknown account waits for a hash like any other, and accepts no password")
    func nobody() async throws {
        let queue = HashQueue()
        let hasher = ScryptHasher(cost: .standard, queue: queue) { 7 }
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<HashQueue.runningMax { group.addTask { try await queue.run { gate.pass() } } }
            group.addTask {
                let isVerified = try await hasher.verify("correct horse", against: nil)
                #expect(!isVerified)
            }
            try await eventually("the account waits for a hash") { queue.count > HashQueue.runningMax ? true : nil }
            gate.open()
            try await group.waitForAll()
        }
    }

    @Test(
        "A malformed stored hash is an error of the service, and allocates no memory",
        arguments: [
            "", "x", "$scrypt$", "$argon2id$v=19$m=1,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
            "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=15,r=-8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
            "$scrypt$ln=15,r=8,p=1$$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$r=8,ln=15,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ])
    func malformed(_ hash: String) async {
        await #expect(throws: ScryptError.malformedHash) { try await hasher.verify("correct horse", against: hash) }
    }

    @Test("Two hashes run at a time, others wait, and all finish")
    func threads() async throws {
        let (queue, gate, all) = (HashQueue(), Gate(), 20)
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<all {
                group.addTask {
                    try await queue.run {
                        gate.pass()
                        return 1
                    }
                }
            }
            while queue.count < all || gate.inside < HashQueue.runningMax { await Task.yield() }
            #expect(gate.inside == HashQueue.runningMax)
            gate.open()
            return try await group.reduce(0, +)
        }
        #expect(done == all)
        #expect(gate.most == HashQueue.runningMax)
        #expect(try await queue.run { 7 } == 7, "and it takes work again")
    }

    @Test("An error of the work is thrown to its caller")
    func thrown() async {
        await #expect(throws: MoneyError.overflow) { try await HashQueue().run { throw MoneyError.overflow } }
    }
}

/// Blocks its callers until it is opened, and counts them.
private final class Gate: Sendable {
    private let state = Mutex((isOpen: false, inside: 0, most: 0))

    var inside: Int { state.withLock { $0.inside } }
    var most: Int { state.withLock { $0.most } }

    func open() { state.withLock { $0.isOpen = true } }

    func pass() {
        state.withLock { state in
            state.inside += 1
            state.most = max(state.most, state.inside)
        }
        while !state.withLock({ $0.isOpen }) { usleep(1000) }
        state.withLock { $0.inside -= 1 }
    }
}

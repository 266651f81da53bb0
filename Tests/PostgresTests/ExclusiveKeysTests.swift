import Testing

@testable import Postgres

@Suite("Conflict keys whose writes are exclusive")
struct ExclusiveKeysTests {
    @Test("A conflict key is exclusive for 5 s after its last failure, and other keys are not")
    func memory() {
        var conflictKeys = ExclusiveKeys()
        let start = PoolTime.zero
        conflictKeys.add(3, at: start)
        conflictKeys.add(3, at: start + .seconds(2))
        #expect(conflictKeys.contains(3, at: start + .milliseconds(6_999)))
        #expect(!conflictKeys.contains(3, at: start + .seconds(7)))
        #expect(!conflictKeys.contains(4, at: start))
        #expect(!conflictKeys.contains(3 + UInt64(ExclusiveKeys.capacity), at: start), "it has the same place")
    }
}

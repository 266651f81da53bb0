import Testing

@testable import Postgres

@Suite("Lanes whose writes go alone")
struct ExclusiveKeysTests {
    @Test("A lane goes alone for 5 s after its last failure, and others do not")
    func memory() {
        var conflictKeys = ExclusiveKeys()
        let start = ContinuousClock.now
        conflictKeys.add(3, at: start)
        conflictKeys.add(3, at: start + .seconds(2))
        #expect(conflictKeys.contains(3, at: start + .milliseconds(6_999)))
        #expect(!conflictKeys.contains(3, at: start + .seconds(7)))
        #expect(!conflictKeys.contains(4, at: start))
        #expect(!conflictKeys.contains(3 + UInt64(ExclusiveKeys.capacity), at: start), "it has the same place")
    }
}

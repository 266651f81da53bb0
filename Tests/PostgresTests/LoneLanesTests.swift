import Testing

@testable import Postgres

@Suite("Lanes whose writes go alone")
struct LoneLanesTests {
    @Test("A lane goes alone for 5 s after its last failure, and others do not")
    func memory() {
        var lanes = LoneLanes()
        let start = ContinuousClock.now
        lanes.add(3, at: start)
        lanes.add(3, at: start + .seconds(2))
        #expect(lanes.contains(3, at: start + .milliseconds(6_999)))
        #expect(!lanes.contains(3, at: start + .seconds(7)))
        #expect(!lanes.contains(4, at: start))
        #expect(!lanes.contains(3 + UInt64(LoneLanes.capacity), at: start), "it has the same place")
    }
}

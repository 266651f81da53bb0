import CashPilot
import Testing

@Suite("Identities")
struct IDTests {
    @Test("Any case is read, lower case is written")
    func case_() throws {
        let id = try #require(SessionID("0197F4A0-8A2b-7c33-8d41-6F0E5B6A7C8D"))
        #expect("\(id)" == "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d")
    }

    @Test(
        "Anything but the canonical form is refused",
        arguments: [
            "", "0197f4a0", "0197f4a08a2b7c338d416f0e5b6a7c8d", "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8",
            "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8dd", "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8g",
            "{197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d", "0197f4a0-8a2b-7c33-8d416-f0e5b6a7c8d",
            "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8\u{e9}",
        ])
    func malformed(text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test("A new one is a UUID of version 7 that begins with the time")
    func version7() {
        let maker = IDMaker(milliseconds: { 0x0197_f4a0_8a2b }, random: { .max })
        let id: SessionID = maker.make()
        #expect("\(id)" == "0197f4a0-8a2b-7fff-bfff-ffffffffffff")
    }
}

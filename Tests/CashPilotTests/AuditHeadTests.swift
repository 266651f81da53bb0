import CashPilot
import Testing

@Suite("The head of a chain, as it is noted")
struct AuditHeadTests {
    private static let business = "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"
    private static let hash = String(repeating: "0f", count: 31) + "a9"

    @Test("What is printed can be read again")
    func roundTrip() throws {
        let text = "\(Self.business):42:\(Self.hash)"
        let head = try #require(AuditHead(text[...]))
        #expect(head.position == 42)
        #expect(head.hash.first == 0x0f)
        #expect(head.hash.last == 0xa9)
        #expect("\(head)" == text)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "::", "\(business):42", "\(business):0:\(hash)", "\(business):-1:\(hash)", "x:1:\(hash)",
            "\(business):1:\(hash)0", "\(business):1:\(hash.dropLast())", "\(business):1:\(hash.dropLast())g",
            "\(business):1:\(hash):", "\(business):1.0:\(hash)",
        ])
    func refused(text: String) { #expect(AuditHead(text[...]) == nil) }
}

import CashPilot
import JSON
import Testing

@testable import CashPilotHTTP

@Suite("The JSON of an audit event")
struct AuditJSONTests {
    @Test("Absent members of an audit event are null, and before and after are unchanged byte for byte")
    func event() {
        var json = JSONWriter()
        json.auditEvent(ScriptedAuditStore.event)
        let text = String(decoding: json.bytes, as: UTF8.self)
        #expect(text.hasPrefix(#"{"id":"00000000-0000-0007-0000-000000000007","business_id":null,"occurred_at":""#))
        #expect(text.contains(#""terminal_id":null,"reason":"a \"reason\"","before":null,"#))
        #expect(text.hasSuffix(#""after":{"notes": "línea\n\"1\"", "n": [1, 2.50]}}"#))
    }

    @Test(
        "The name of an action is two lower-case words joined by a dot",
        arguments: [
            ("session.open_conflict", true), ("a.b", true), ("a", false), ("a.", false), (".b", false),
            ("a.b.c", false), ("A.b", false), ("a.b1", false), ("a b.c", false),
            (String(repeating: "a", count: 98) + ".b", true), (String(repeating: "a", count: 99) + ".b", false),
        ])
    func action(text: String, isAccepted: Bool) throws {
        var query = try QueryReader(path: "/", query: "action=\(text.replacing(" ", with: "%20"))")
        #expect((query.action("action") != nil) == isAccepted)
        #expect(query.finish().isEmpty == isAccepted)
    }
}

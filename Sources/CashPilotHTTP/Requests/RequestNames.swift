import CashPilot
import HTTPTypes

/// The names under which a request is found again: by its client, in the log, in a trace.
enum RequestNames {
    /// Marks an identity made for a request.
    enum Tag {}

    /// The client's `X-Request-Id` if it is 1–128 of `A–Z a–z 0–9 . _ -`, else a new UUID.
    static func requestID(in headers: HTTPFields, ids: IDMaker) -> String {
        if let text = headers[.requestID], (1...128).contains(text.utf8.count), text.utf8.allSatisfy(isPlain) {
            return text
        }
        let id: ID<Tag> = ids.make()
        return id.description
    }

    /// The trace id of a valid `traceparent` (W3C Trace Context): `00-<32 digits>-<16 digits>-<2 digits>`, with
    /// neither id all zero. Later versions may have more after that.
    static func traceID(in headers: HTTPFields) -> String? {
        guard let text = headers[.traceparent], (55...512).contains(text.utf8.count) else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count >= 4, zip(parts, [2, 32, 16, 2]).allSatisfy({ $0.count == $1 && $0.allSatisfy(isHex) }),
            !parts[0].elementsEqual("ff".utf8), parts.count == 4 || !parts[0].elementsEqual("00".utf8),
            !parts[1...2].contains(where: { $0.allSatisfy { $0 == UInt8(ascii: "0") } })
        else { return nil }
        return String(Substring(parts[1]))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Lower case only, as the standard has it.
    private static func isHex(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6
    }
}

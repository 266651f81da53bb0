import CashPilot
import HTTPTypes

/// The request id, which clients and the log use to find a request.
enum RequestNames {
    /// Tags the ids made for requests.
    enum Tag {}

    /// The client's `X-Request-Id` if it is 1–128 of `A–Z a–z 0–9 . _ -`, else a new UUID.
    static func requestID(in headers: HTTPFields, ids: IDMaker) -> String {
        if let text = headers[.requestID], (1...128).contains(text.utf8.count), text.utf8.allSatisfy(isPlain) {
            return text
        }
        let id: ID<Tag> = ids.make()
        return id.description
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

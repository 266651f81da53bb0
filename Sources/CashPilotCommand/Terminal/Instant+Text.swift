import CashPilot

extension Instant {
    /// RFC 3339 in UTC.
    var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

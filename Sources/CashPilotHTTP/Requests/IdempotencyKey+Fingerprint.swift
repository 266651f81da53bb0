import CashPilot

extension IdempotencyKey {
    /// A key with the fingerprint of its request.
    ///
    /// - Parameters:
    ///   - target: the resource of the request, with the query. The same body for another resource is another
    ///     request.
    ///   - body: the request body's bytes as received.
    init(_ text: String, target: String, body: [UInt8]) {
        var hash = SHA256()
        // A zero byte separates target and body, so that different pairs never hash equal bytes.
        hash.update(Array(target.utf8) + [0])
        hash.update(body)
        self.init(text: text, fingerprint: hash.finalize().bytes)
    }
}

import CashPilot

extension IdempotencyKey {
    /// A key, with the fingerprint of the request that it names.
    ///
    /// - Parameters:
    ///   - target: what the request is about, with the query: the same body elsewhere is another request.
    ///   - body: its bytes as they came.
    init(_ text: String, target: String, body: [UInt8]) {
        var hash = SHA256()
        // The zero ends the target: no part of a body can be taken for it.
        hash.update(Array(target.utf8) + [0])
        hash.update(body)
        self.init(text: text, fingerprint: hash.finalize().bytes)
    }
}

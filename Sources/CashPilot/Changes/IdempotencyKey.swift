/// A client's Idempotency-Key. A retry with the same key gets the stored response.
package struct IdempotencyKey: Sendable {
    /// 1–255 visible ASCII characters.
    package let text: String
    /// SHA-256 of the request. The server rejects the same key with another request.
    package let fingerprint: [UInt8]

    package init(text: String, fingerprint: [UInt8]) {
        self.text = text
        self.fingerprint = fingerprint
    }
}

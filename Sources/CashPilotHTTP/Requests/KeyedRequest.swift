import CashPilot
import JSON

/// A request with an `Idempotency-Key`, and the values of its fields.
///
/// Requests with equal values have equal fingerprints, however their bytes differ: in the order of members, spaces,
/// escapes, the spelling of a number, a UUID or a time, or `null` or the default value for an absent field.
struct KeyedRequest {
    private let key: String
    /// The body as received.
    private let body: [UInt8]
    private var values: [(name: String, text: String)] = []

    init(key: String, body: [UInt8]) {
        self.key = key
        self.body = body
    }

    /// Records the canonical text of a field, in place of the one recorded before.
    mutating func set(_ name: String, _ text: String) {
        if let place = values.firstIndex(where: { $0.name == name }) {
            values[place].text = text
        } else {
            values.append((name, text))
        }
    }

    /// Removes a field, which then counts as absent.
    mutating func remove(_ name: String) { values.removeAll { $0.name == name } }

    /// Records a value as JSON has it, which is canonical for numbers and flags.
    mutating func set(_ name: String, _ value: JSONValue) {
        switch value {
        case .string(let text): set(name, text)
        case .integer(let number): set(name, String(number))
        case .bool(let flag): set(name, String(flag))
        // No field accepts these, so the request has an error and no fingerprint.
        case .null, .hugeInteger, .decimal, .array, .object: break
        }
    }

    /// The key with the request's fingerprint: a hash of the target, and of the values in the order of their names.
    func idempotencyKey(for target: String) -> IdempotencyKey {
        var hash = SHA256()
        hash.update(part: target)
        for (name, text) in values.sorted(by: { $0.name < $1.name }) {
            hash.update(part: name)
            hash.update(part: text)
        }
        return IdempotencyKey(
            text: key, fingerprint: hash.finalize().bytes, byteFingerprint: byteFingerprint(for: target))
    }

    /// The fingerprint that earlier versions stored: a hash of the target, a zero byte and the body.
    private func byteFingerprint(for target: String) -> [UInt8] {
        var hash = SHA256()
        hash.update(Array(target.utf8) + [0])
        hash.update(body)
        return hash.finalize().bytes
    }
}

extension SHA256 {
    /// Hashes a text after its length, so that different lists of texts never hash equal bytes.
    mutating func update(part text: String) {
        update(Array("\(text.utf8.count):\(text)".utf8))
    }
}

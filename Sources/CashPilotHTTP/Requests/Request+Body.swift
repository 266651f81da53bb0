import HummingbirdCore
import NIOCore

/// The body could not be read to its end: the connection broke, and there is nobody to answer, or what came is no HTTP,
/// and the connection ends with 400.
struct BrokenBody: Error {
    let cause: any Error
}

extension Request {
    /// The longest body that is read, in bytes.
    static let bodyMax = 65_536

    /// Whether the body is announced as longer than ``bodyMax``.
    var isTooLong: Bool {
        guard let text = headers[.contentLength] else { return false }
        return (Int(text) ?? .max) > Self.bodyMax
    }

    /// Whether there is one way to read where the request ends and whom it is for: a proxy that read it in another
    /// would let one client write another's request.
    var isFramedPlainly: Bool {
        // The first `Host` is not among the fields any more.
        guard headers[.host] == nil else { return false }
        guard let coding = headers[.transferEncoding] else { return true }
        return coding.lowercased() == "chunked"
    }

    /// The bytes of a body of JSON.
    ///
    /// - Throws: a ``Problem``: 415 for another type than JSON, 413 beyond ``bodyMax``, 408 if it takes too long;
    ///   ``BrokenBody``.
    func jsonBytes(_ context: APIContext) async throws -> [UInt8] {
        let type = headers[.contentType]
        if let type, !Self.isJSON(type) { throw Problem(.unsupportedMediaType) }
        if headers[.expect]?.lowercased() == "100-continue" { context.askForBody() }
        let bytes: [UInt8]
        do {
            bytes = Array(try await body.collect(upTo: Self.bodyMax).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLong
        } catch is SlowRequest {
            throw Problem.tooSlow
        } catch {
            throw BrokenBody(cause: error)
        }
        guard type != nil || bytes.isEmpty else { throw Problem(.unsupportedMediaType) }
        return bytes
    }

    /// `application/json`, with `charset=utf-8` or without.
    private static func isJSON(_ type: String) -> Bool {
        let parts = type.lowercased().split(separator: ";", omittingEmptySubsequences: false).map { part in
            part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
        }
        return parts.first == "application/json" && parts.dropFirst().allSatisfy { $0 == "charset=utf-8" }
    }
}

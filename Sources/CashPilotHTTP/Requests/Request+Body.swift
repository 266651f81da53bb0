import CashPilot
import HTTPServer
import HummingbirdCore
import NIOCore

/// The server could not read the whole body.
///
/// If the connection failed, no response is possible. If the input was not HTTP, the connection ends with 400.
struct BrokenBody: Error {
    let cause: any Error
}

extension Request {
    /// Maximum size of a request body, in bytes.
    static let bodyMax = 65_536

    /// Whether `Content-Length` exceeds ``bodyMax``.
    var isTooLong: Bool {
        guard let text = headers[.contentLength] else { return false }
        return (Int(text) ?? .max) > Self.bodyMax
    }

    /// Whether the request's end and host are unambiguous. If a proxy read them differently, one client could inject
    /// another client's request (request smuggling).
    var isFramedPlainly: Bool {
        // The parser removes the first `Host` from the fields.
        guard headers[.host] == nil else { return false }
        guard let coding = headers[.transferEncoding] else { return true }
        return coding.lowercased() == "chunked"
    }

    /// Reads the bytes of a JSON body.
    ///
    /// - Throws: a ``Problem``: 415 for a media type other than JSON, 413 beyond ``bodyMax``, 408 after the time
    ///   limit; ``BrokenBody``.
    func jsonBytes(_ context: APIContext) async throws -> [UInt8] {
        let type = headers[.contentType]
        if let type, !accepts(type) { throw unsupportedMediaType }
        if headers[.expect]?.lowercased() == "100-continue" { context.connection.askForBody() }
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
        guard type != nil || bytes.isEmpty else { throw unsupportedMediaType }
        return bytes
    }

    /// Reads the fields of the body, and reports all errors of the request at once.
    ///
    /// - Parameters:
    ///   - target: the resource of the `Idempotency-Key`; `nil` ignores that header.
    ///   - query: the query, after its parameters were read; `nil` accepts none.
    ///   - isBodyOptional: whether an absent body counts as an empty object.
    /// - Throws: as ``jsonBytes(_:)``; ``JSONError``; a ``Problem``, `VALIDATION_FAILED` or `BAD_REQUEST`.
    func readFields<Fields>(
        _ context: APIContext, keyedBy target: String? = nil, query: QueryReader? = nil, isBodyOptional: Bool = false,
        _ read: (inout BodyReader) async throws -> Fields
    ) async throws -> (fields: Fields, key: IdempotencyKey?) {
        let bytes = try await jsonBytes(context)
        var reader = HeaderReader(headers)
        let key = target == nil ? nil : reader.idempotencyKey()
        var body = try BodyReader(bytes, key: key, isOptional: isBodyOptional)
        let fields = try await read(&body)
        let query = try query ?? QueryReader(self)
        try query.check(reader.faults + body.finish())
        return (fields, target.flatMap(body.idempotencyKey))
    }

    /// Whether the type is `application/json`, or that of a merge patch for a `PATCH` (RFC 7396), with or without
    /// `charset=utf-8`.
    private func accepts(_ type: String) -> Bool {
        let parts = type.lowercased().split(separator: ";", omittingEmptySubsequences: false).map { part in
            part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
        }
        let isJSON = parts.first == "application/json" || method == .patch && parts.first == Self.mergePatch
        return isJSON && parts.dropFirst().allSatisfy { $0 == "charset=utf-8" }
    }

    private static var mergePatch: String { "application/merge-patch+json" }

    /// For a `PATCH` it has `Accept-Patch` (RFC 5789).
    private var unsupportedMediaType: Problem {
        guard method == .patch else { return Problem(.unsupportedMediaType) }
        return Problem(
            .unsupportedMediaType, headers: [.acceptPatch: "application/json, \(Self.mergePatch)"])
    }
}

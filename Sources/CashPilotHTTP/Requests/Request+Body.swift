import CashPilot
import HTTPServer
import HummingbirdCore
import NIOCore

/// The server could not read the whole body, because the connection failed. No response is possible.
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

    /// Checks that the request's target, end and host are unambiguous. If a proxy read them differently, one client
    /// could inject another client's request (request smuggling).
    ///
    /// - Throws: a ``Problem``, 400, or 501 for an unknown method or transfer coding (RFC 9112, section 6.1).
    func checkFraming() throws(Problem) {
        guard method != .connect else { throw .notImplemented }
        // The codec removes the first `Host` from the fields.
        guard isValid, headers[.host] == nil else { throw .ambiguous }
        guard let text = headers[.transferEncoding], text.lowercased() != "chunked" else { return }
        let codings = Self.codings(in: text)
        throw codings.last == "chunked" && !codings.dropLast().contains("chunked") ? .notImplemented : .ambiguous
    }

    /// The names in a list of codings, in lower case.
    private static func codings(in list: String) -> [String] {
        list.lowercased().split(separator: ",").map { coding in
            String(coding.filter { $0 != " " && $0 != "\t" })
        }
    }

    /// Checks that the body is not compressed.
    ///
    /// - Throws: a ``Problem``, 415 with `Accept-Encoding` (RFC 9110, section 15.5.16).
    private func checkContentCoding() throws(Problem) {
        let codings = headers[.contentEncoding].map(Self.codings) ?? []
        guard codings.contains(where: { $0 != "identity" }) else { return }
        throw Problem(
            .unsupportedMediaType,
            detail: Localized(
                es: "El cuerpo está comprimido (Content-Encoding). Envialo sin comprimir.",
                en: "The body is compressed (Content-Encoding). Send it uncompressed."),
            headers: [.acceptEncoding: "identity"])
    }

    /// Reads the bytes of a JSON body.
    ///
    /// - Throws: a ``Problem``: 415 for a media type other than JSON or a compressed body, 413 beyond ``bodyMax``, 408
    ///   after the time limit, 400 for invalid chunks; ``BrokenBody``.
    func jsonBytes(_ context: APIContext) async throws -> [UInt8] {
        try checkContentCoding()
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
        } catch let error where error.isInvalidHTTP {
            throw Problem.ambiguous
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

    /// The media types that a `PATCH` accepts, for `Accept-Patch` (RFC 5789).
    static var patchTypes: String { "application/json, \(mergePatch)" }

    /// It names the accepted types: in `Accept-Patch` for a `PATCH`, else in `Accept` (RFC 9110, section 15.5.16).
    private var unsupportedMediaType: Problem {
        Problem(
            .unsupportedMediaType,
            headers: method == .patch ? [.acceptPatch: Self.patchTypes] : [.accept: "application/json"])
    }
}

import CashPilot
import HTTPTypes
import HummingbirdCore
import JSON
import NIOCore

/// The only error format of this API (RFC 9457).
///
/// Handlers throw it. `init(describing:)` makes it from any other error, and ``API`` turns it into a response.
package struct Problem: Error {
    /// Members that only some problems have.
    enum Extra: Sendable {
        /// The existing session that causes the conflict, and the actions that resolve it.
        case conflict(SessionConflict)
        /// The sessions that prevent a change of an account, an assignment or a business.
        case held(HeldSessions)
        /// The current session, whose state does not allow the requested change.
        case session(Session)
        /// The session whose float is the count that the request would change.
        case successor(SuccessorLink)
        /// The session that its cashier must count first.
        case countFirst(Session)
        /// The movement that the request collides with; `nil` if the caller may not see it.
        case movement(MovementView?)
        /// All validation errors of the request.
        case fields([FieldError])
        /// Whether a change that failed in the store was applied.
        case outcome(StoreError.Outcome)
        /// The version that the change must name.
        case currentVersion(Int64)
    }

    package let code: ProblemCode
    /// The explanation for this occurrence; `nil` uses the code's own text.
    var detail: Localized?
    var extra: Extra?
    /// Headers in addition to those of every problem.
    var headers: HTTPFields = [:]
    /// For the log only.
    var cause: String?

    init(
        _ code: ProblemCode, detail: Localized? = nil, extra: Extra? = nil, headers: HTTPFields = [:],
        cause: String? = nil
    ) {
        self.code = code
        self.detail = detail
        self.extra = extra
        self.headers = headers
        self.cause = cause
    }

    /// Maximum number of field errors in a document. Its `detail` counts all of them.
    static let fieldErrorsMax = 100

    func response(requestID: String, in locale: Locale) -> Response {
        var fields: HTTPFields = [
            .contentType: "application/problem+json", .contentLanguage: locale.rawValue, .vary: "Accept-Language",
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        fields.append(contentsOf: headers)
        return Response(status: code.status, headers: fields, body: .bytes(document(requestID: requestID, in: locale)))
    }

    /// The document's bytes. The contract shows the members in this order.
    func document(requestID: String, in locale: Locale) -> [UInt8] {
        let words = code.words(in: locale)
        var json = JSONWriter(capacity: 1024)
        json.object { json in
            json.member("type", BasePath.prefixed("/problems/\(code.slug)"))
            json.member("title", words.title)
            json.member("status", Int64(code.status.code))
            json.member("detail", sentence(in: locale))
            json.member("instance", "urn:uuid:\(requestID)")
            json.member("code", code.rawValue)
            json.member("request_id", requestID)
            write(extra, to: &json, in: locale)
        }
        return json.bytes
    }

    /// The explanation of this problem, for people.
    func sentence(in locale: Locale) -> String {
        if let detail { return detail[locale] }
        switch extra {
        case .conflict(let conflict): return conflict.sentence(in: locale)
        case .fields(let errors) where errors.count == 1:
            return Localized(es: "Hay 1 campo con errores.", en: "1 field has errors.")[locale]
        case .fields(let errors):
            let count = errors.count
            return Localized(es: "Hay \(count) campos con errores.", en: "\(count) fields have errors.")[locale]
        case .held(let held): return ProblemWords.held(held)[locale]
        case .successor(let successor): return ProblemWords.handedOver(successor)[locale]
        case .outcome(let outcome): return ProblemWords.unavailable(outcome)[locale]
        case .session, .countFirst, .movement, .currentVersion, nil: return code.words(in: locale).detail
        }
    }

    private func write(_ extra: Extra?, to json: inout JSONWriter, in locale: Locale) {
        switch extra {
        case .conflict(let conflict): conflict.write(to: &json, in: locale)
        case .held(let held): held.write(to: &json, in: locale)
        case .session(let session): session.writeAsExisting(to: &json, in: locale)
        case .successor(let successor): successor.write(to: &json, in: locale)
        case .countFirst(let session): session.writeCount(to: &json, in: locale)
        case .movement(let movement?):
            json.name("existing_movement")
            json.movement(movement)
        case .movement(nil): break
        case .outcome(let outcome): json.member("outcome", outcome.rawValue)
        case .currentVersion(let version): json.member("current_version", version)
        case .fields(let errors):
            json.name("errors")
            json.array(Array(errors.prefix(Self.fieldErrorsMax))) { $1.write(to: &$0, in: locale) }
        case nil: break
        }
    }
}

extension ResponseBody {
    static func bytes(_ bytes: [UInt8]) -> ResponseBody { ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
}

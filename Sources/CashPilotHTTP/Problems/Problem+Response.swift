import CashPilot
import HTTPTypes
import HummingbirdCore
import NIOCore

extension Problem {
    /// Maximum number of field errors in a document. Its `detail` counts all of them.
    static let fieldErrorsMax = 100

    /// The document as an `application/problem+json` response.
    func response(requestID: String, in locale: Locale) -> Response {
        var fields: HTTPFields = [
            .contentType: "application/problem+json",
            .contentLanguage: locale.rawValue,
            .vary: "Accept-Language",
            .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
        fields.append(contentsOf: headers)
        return Response(status: code.status, headers: fields, body: .bytes(document(requestID: requestID, in: locale)))
    }

    /// The document's bytes. The contract shows the members in this order.
    func document(requestID: String, in locale: Locale) -> [UInt8] {
        let words = code.words(in: locale)
        var json = JSONWriter(capacity: 1024)
        json.object { json in
            json.member("type", "/problems/\(code.slug)")
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
    func sentence(in locale: Locale) -> String { detail(in: locale) ?? code.words(in: locale).detail }

    /// An explanation more specific than the code's own text.
    private func detail(in locale: Locale) -> String? {
        if let detail { return detail[locale] }
        switch extra {
        case .conflict(let conflict): return conflict.sentence(in: locale)
        case .fields(let errors):
            let count = errors.count
            return count == 1
                ? Localized(es: "Hay 1 campo con errores.", en: "1 field has errors.")[locale]
                : Localized(es: "Hay \(count) campos con errores.", en: "\(count) fields have errors.")[locale]
        case .session, .outcome, .currentVersion, nil: return nil
        }
    }

    private func write(_ extra: Extra?, to json: inout JSONWriter, in locale: Locale) {
        switch extra {
        case .conflict(let conflict): conflict.write(to: &json, in: locale)
        case .session(let session): session.writeAsExisting(to: &json, in: locale)
        case .outcome(let outcome): json.member("outcome", outcome.rawValue)
        case .currentVersion(let version): json.member("current_version", version)
        case .fields(let errors):
            json.name("errors")
            json.array(Array(errors.prefix(Self.fieldErrorsMax))) { json, error in
                json.object { json in
                    json.member("code", error.code.rawValue)
                    switch error.place {
                    case .pointer(let pointer): json.member("pointer", pointer)
                    case .parameter(let name): json.member("parameter", name)
                    case .header(let name): json.member("header", name)
                    }
                    json.member("detail", error.detail[locale])
                }
            }
        case nil: break
        }
    }
}

extension ResponseBody {
    static func bytes(_ bytes: [UInt8]) -> ResponseBody { ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)) }
}

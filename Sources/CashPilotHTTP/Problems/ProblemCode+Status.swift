import CashPilot
import HTTPTypes

extension ProblemCode {
    /// No `default`: a code without a status does not compile.
    package var status: HTTPResponse.Status {
        switch self {
        case .badRequest, .malformedJSON: .badRequest
        case .unauthenticated, .invalidCredentials: .unauthorized
        case .forbidden, .businessInactive, .editWindowExpired: .forbidden
        case .notFound, .noOpenSession: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .sessionAlreadyOpen, .sessionAlreadyClosed, .sessionNotOpen, .notDeleted, .cashierNotReady: .conflict
        case .requestInFlight, .emailTaken, .nameTaken, .hasOpenSession, .lastAdmin: .conflict
        case .versionMismatch: .preconditionFailed
        case .payloadTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .validationFailed, .idempotencyKeyReused: .unprocessableContent
        case .tooManyRequests: .tooManyRequests
        case .internalError: .internalServerError
        case .unavailable: .serviceUnavailable
        }
    }

    /// What people read about it. A test holds the catalog to every code; without its row a code speaks for itself.
    func words(in locale: Locale) -> ProblemWords {
        let row = ProblemWords.catalog[self] ?? ProblemWords.people[self]
        return (locale == .spanish ? row?.es : row?.en) ?? ProblemWords(rawValue, rawValue, "")
    }
}

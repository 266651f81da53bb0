import CashPilot
import HTTPTypes

extension ProblemCode {
    /// The HTTP status. Without a `default`, a new code does not compile until it has one.
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

    /// The code's texts. A test requires a row for each code; without a row the code itself is the text.
    func words(in locale: Locale) -> ProblemWords {
        let row = ProblemWords.catalog[self] ?? ProblemWords.people[self]
        return (locale == .spanish ? row?.es : row?.en) ?? ProblemWords(rawValue, rawValue, "")
    }
}

import HTTPTypes

/// The stable problem codes, which clients switch on. ``ProblemWords`` explains each code; docs/ERRORS.md and
/// openapi.yaml have a row for each.
package enum ProblemCode: String, CaseIterable, Sendable {
    case badRequest = "BAD_REQUEST"
    case malformedJSON = "MALFORMED_JSON"
    case unauthenticated = "UNAUTHENTICATED"
    case invalidCredentials = "INVALID_CREDENTIALS"
    case forbidden = "FORBIDDEN"
    case recentLoginRequired = "RECENT_LOGIN_REQUIRED"
    case pinBlocked = "PIN_BLOCKED"
    case businessInactive = "BUSINESS_INACTIVE"
    case editWindowExpired = "EDIT_WINDOW_EXPIRED"
    case countFirst = "COUNT_FIRST"
    case countIsFinal = "COUNT_IS_FINAL"
    case notFound = "NOT_FOUND"
    case noOpenSession = "NO_OPEN_SESSION"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    case requestTimeout = "REQUEST_TIMEOUT"
    case sessionAlreadyOpen = "SESSION_ALREADY_OPEN"
    case sessionAlreadyClosed = "SESSION_ALREADY_CLOSED"
    case sessionNotOpen = "SESSION_NOT_OPEN"
    case sessionOverlap = "SESSION_OVERLAP"
    case booksClosed = "BOOKS_CLOSED"
    case handedOver = "HANDED_OVER"
    case notDeleted = "NOT_DELETED"
    case cashierNotReady = "CASHIER_NOT_READY"
    case requestInFlight = "REQUEST_IN_FLIGHT"
    case emailTaken = "EMAIL_TAKEN"
    case nameTaken = "NAME_TAKEN"
    case externalIDTaken = "EXTERNAL_ID_TAKEN"
    case movementIDTaken = "MOVEMENT_ID_TAKEN"
    case movementAlreadyReversed = "MOVEMENT_ALREADY_REVERSED"
    case notReversible = "NOT_REVERSIBLE"
    case tooManyMovements = "TOO_MANY_MOVEMENTS"
    case hasOpenSession = "HAS_OPEN_SESSION"
    case lastAdmin = "LAST_ADMIN"
    case versionMismatch = "VERSION_MISMATCH"
    case payloadTooLarge = "PAYLOAD_TOO_LARGE"
    case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
    case validationFailed = "VALIDATION_FAILED"
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"
    case tooManyRequests = "TOO_MANY_REQUESTS"
    case headersTooLarge = "HEADERS_TOO_LARGE"
    case internalError = "INTERNAL_ERROR"
    case notImplemented = "NOT_IMPLEMENTED"
    case unavailable = "UNAVAILABLE"

    /// The path segment of the code's page: `session-already-open` for `SESSION_ALREADY_OPEN`.
    package var slug: String {
        String(decoding: rawValue.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 | 0x20 }, as: UTF8.self)
    }

    /// Finds the code of a slug; `nil` if there is none.
    package init?(slug: some StringProtocol) {
        guard let code = Self.allCases.first(where: { $0.slug == slug }) else { return nil }
        self = code
    }

    /// The HTTP status. Without a `default`, a new code does not compile until it has one.
    package var status: HTTPResponse.Status {
        switch self {
        case .badRequest, .malformedJSON: .badRequest
        case .unauthenticated, .invalidCredentials: .unauthorized
        case .forbidden, .recentLoginRequired, .pinBlocked, .businessInactive, .editWindowExpired: .forbidden
        case .countFirst, .countIsFinal: .forbidden
        case .notFound, .noOpenSession: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .sessionAlreadyOpen, .sessionAlreadyClosed, .sessionNotOpen, .sessionOverlap, .booksClosed: .conflict
        case .handedOver, .notDeleted, .cashierNotReady, .externalIDTaken: .conflict
        case .movementIDTaken, .movementAlreadyReversed, .notReversible, .tooManyMovements: .conflict
        case .requestInFlight, .emailTaken, .nameTaken, .hasOpenSession, .lastAdmin: .conflict
        case .versionMismatch: .preconditionFailed
        case .payloadTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .validationFailed, .idempotencyKeyReused: .unprocessableContent
        case .tooManyRequests: .tooManyRequests
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .internalError: .internalServerError
        case .notImplemented: .notImplemented
        case .unavailable: .serviceUnavailable
        }
    }
}

import CashPilot
import HummingbirdCore

extension Problem {
    /// Makes the problem for any thrown error. The client gets the code; the log gets the ``cause``.
    init(describing error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as DomainError: self.init(of: error)
        case let error as StoreError:
            self = .unavailable(error.outcome, retryAfter: error.isTransient ? 1 : 30, cause: error.description)
        case let error as JSONError:
            self.init(
                .malformedJSON,
                detail: Localized(
                    es: "El cuerpo no es JSON válido: error en el byte \(error.offset).",
                    en: "The body is not valid JSON: error at byte \(error.offset)."))
        case is TokenError: self = .invalidToken
        case is TooManyLogins:
            self = .tooMany(
                Localized(es: "Hay demasiados pedidos al mismo tiempo.", en: "There are too many requests at once."),
                retryAfter: 1)
        // The client has gone, and this layer does not know whether the change was committed.
        case is CancellationError: self = .unavailable(.unknown, retryAfter: 1, cause: "The request was cancelled.")
        default: self.init(.internalError, cause: String(reflecting: error))
        }
    }

    /// The request has no token, and the endpoint needs one (RFC 6750).
    static var noToken: Problem { Problem(.unauthenticated, headers: [.wwwAuthenticate: "Bearer"]) }

    /// The token is invalid, or its user no longer exists.
    static var invalidToken: Problem {
        Problem(.unauthenticated, headers: [.wwwAuthenticate: #"Bearer error="invalid_token""#])
    }

    /// The body exceeds the limit. The server closes the connection instead of reading the rest.
    static var tooLong: Problem { Problem(.payloadTooLarge, headers: [.connection: "close"]) }

    /// The request did not arrive completely within the time limit. The server closes the connection.
    static var tooSlow: Problem { Problem(.requestTimeout, headers: [.connection: "close"]) }

    /// The request's length or host is ambiguous. The server cannot trust later bytes on this connection.
    static var ambiguous: Problem { Problem(.badRequest, headers: [.connection: "close"]) }

    /// A 429. Its text also names the delay, because cashiers read it on a till.
    ///
    /// - Parameter seconds: the delay before the next attempt.
    static func tooMany(_ what: Localized, retryAfter seconds: Int) -> Problem {
        Problem(
            .tooManyRequests,
            detail: Localized(
                es: "\(what.es) Probá de nuevo en \(seconds) s.", en: "\(what.en) Try again in \(seconds) s."),
            headers: [.retryAfter: "\(seconds)"])
    }

    /// - Parameter retryAfter: the delay before the next attempt, in seconds.
    static func unavailable(_ outcome: StoreError.Outcome, retryAfter: Int, cause: String? = nil) -> Problem {
        Problem(.unavailable, extra: .outcome(outcome), headers: [.retryAfter: "\(retryAfter)"], cause: cause)
    }
}

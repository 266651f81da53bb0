import CashPilot
import HummingbirdCore

extension Problem {
    /// The problem that an error is to the client. Outsiders learn the code; the log learns the ``cause``.
    init(describing error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as Refusal: self.init(refusal: refusal)
        case let fault as StoreFault:
            self = .unavailable(fault.outcome, retryAfter: fault.isTransient ? 1 : 30, cause: fault.description)
        case let fault as JSONFault:
            self.init(
                .malformedJSON,
                detail: Localized(
                    es: "El cuerpo no es JSON válido: error en el byte \(fault.offset).",
                    en: "The body is not valid JSON: error at byte \(fault.offset)."))
        case is TokenFault: self = .invalidToken
        case is TooManyLogins:
            self = .tooMany(
                Localized(es: "Hay demasiados pedidos al mismo tiempo.", en: "There are too many requests at once."),
                retryAfter: 1)
        // Nobody is left to read the answer, and whether a change was made is not known here.
        case is CancellationError: self = .unavailable(.unknown, retryAfter: 1, cause: "The request was cancelled.")
        default: self.init(.internalError, cause: String(reflecting: error))
        }
    }

    /// No token was sent where one is needed (RFC 6750).
    static var noToken: Problem { Problem(.unauthenticated, headers: [.wwwAuthenticate: "Bearer"]) }

    /// The token is not valid, or its user is no more.
    static var invalidToken: Problem {
        Problem(.unauthenticated, headers: [.wwwAuthenticate: #"Bearer error="invalid_token""#])
    }

    /// The body is longer than the service reads; it does not wait for the rest.
    static var tooLong: Problem { Problem(.payloadTooLarge, headers: [.connection: "close"]) }

    /// The request did not come to its end in time; what still comes is not read.
    static var tooSlow: Problem { Problem(.requestTimeout, headers: [.connection: "close"]) }

    /// Where the request ends, or whom it is for, can be read in two ways; what follows it cannot be trusted.
    static var ambiguous: Problem { Problem(.badRequest, headers: [.connection: "close"]) }

    /// Says when to try again in words too: people read it on a till.
    ///
    /// - Parameter seconds: when to try again.
    static func tooMany(_ what: Localized, retryAfter seconds: Int) -> Problem {
        Problem(
            .tooManyRequests,
            detail: Localized(
                es: "\(what.es) Probá de nuevo en \(seconds) s.", en: "\(what.en) Try again in \(seconds) s."),
            headers: [.retryAfter: "\(seconds)"])
    }

    /// - Parameter retryAfter: when to try again, in seconds.
    static func unavailable(_ outcome: StoreFault.Outcome, retryAfter: Int, cause: String? = nil) -> Problem {
        Problem(.unavailable, extra: .outcome(outcome), headers: [.retryAfter: "\(retryAfter)"], cause: cause)
    }
}

import CashPilot
import HTTPServer
import HummingbirdCore
import JSON

extension Problem {
    /// Maps each domain error to a problem. Without a `default`, a new case does not compile until it is mapped.
    init(of error: DomainError) {
        switch error {
        case .alreadyOpen(let conflict): self.init(.sessionAlreadyOpen, extra: .conflict(conflict))
        case .alreadyClosed(let session): self.init(.sessionAlreadyClosed, extra: .session(session))
        case .notOpen(let session): self.init(.sessionNotOpen, extra: .session(session))
        case .noOpenSession: self.init(.noOpenSession)
        case .versionMismatch(let current): self.init(.versionMismatch, extra: .currentVersion(current))
        case .keyReused: self.init(.idempotencyKeyReused)
        case .requestInFlight: self.init(.requestInFlight, headers: [.retryAfter: "1"])
        case .busy: self = .unavailable(.notApplied, retryAfter: 1)
        case .callerInactive: self = .invalidToken
        case .invalidCredentials: self.init(.invalidCredentials, headers: [.wwwAuthenticate: Self.challenge])
        case .tooManyAttempts(let seconds):
            self = .tooMany(
                es: "Hubo demasiados intentos fallidos.", en: "There were too many failed attempts.",
                retryAfter: seconds)
        case .pinBlocked: self.init(.pinBlocked)
        case .businessNotFound, .sessionNotFound: self.init(.notFound)
        case .businessInactive: self.init(.businessInactive)
        case .forbidden: self.init(.forbidden)
        case .recentLoginRequired: self.init(.recentLoginRequired)
        case .cashierNotInBusiness: self = .invalid("cashier_id", .enum, .cashierOfBusiness)
        case .recipientNotInBusiness: self = .invalid("to_cashier_id", .enum, .cashierOfBusiness)
        case .cashierNotReady: self.init(.cashierNotReady)
        case .countBeforeClose: self = .invalid("final_cash", .unknownField, .noCountYet)
        case .reasonRequired: self = .invalid("reason", .required, .text(TextLength.evidenceReason))
        case .editWindowExpired(let session): self.init(.editWindowExpired, extra: .session(session))
        case .handedOver(let successor): self.init(.handedOver, extra: .successor(successor))
        case .notDeleted(let session): self.init(.notDeleted, extra: .session(session))
        case .openedTooLate: self = .invalid("opened_at", .range, .notTooLate)
        case .emailTaken: self.init(.emailTaken)
        case .nameTaken: self.init(.nameTaken)
        case .externalIDTaken: self.init(.externalIDTaken)
        case .movementNotFound, .userNotFound, .credentialNotFound: self.init(.notFound)
        case .movementIDTaken(let existing): self.init(.movementIDTaken, extra: .movement(existing))
        case .movementAlreadyReversed(let reversal):
            self.init(.movementAlreadyReversed, extra: .movement(reversal))
        case .notReversible: self.init(.notReversible)
        case .occurredOutsideSession: self = .invalid("occurred_at", .range, .timeOfSession)
        case .counterpartNotInBusiness: self = .invalid("counterpart_cashier_id", .enum, .cashierOfBusiness)
        case .counterpartIsCashier: self = .invalid("counterpart_cashier_id", .range, .anotherCashier)
        case .recordedTooMuch: self = .invalid("amount", .range, .amountWithinSum)
        case .tooManyMovements: self.init(.tooManyMovements)
        case .countFirst(let session): self.init(.countFirst, extra: .countFirst(session))
        case .countIsFinal: self.init(.countIsFinal)
        case .hasOpenSession(let held): self.init(.hasOpenSession, extra: .held(held))
        case .overlaps(let conflict):
            self.init(
                .sessionOverlap, detail: ProblemWords.overlap(conflict), extra: .conflict(conflict))
        case .booksClosed: self.init(.booksClosed)
        case .booksClosedTooLate: self = .invalid("books_closed_until", .range, .pastBusinessDate)
        case .lastAdministrator: self.init(.lastAdmin)
        case .wrongPassword:
            self.init(
                .validationFailed,
                detail: Expectation.currentPassword.sentence,
                extra: .fields([.member("current_password", .enum, .currentPassword)]))
        case .beyondEventLog:
            self.init(.validationFailed, extra: .fields([FieldError(.range, .parameter("after"), .loggedPosition)]))
        case .beforeEventLog(let start):
            self.init(
                .validationFailed,
                extra: .fields([FieldError(.range, .parameter("after"), .keptPosition(from: start))]))
        case .tooManyStreams:
            self = .tooMany(
                es: "Ya hay \(EventSubscribers.ofUserMax) pantallas tuyas recibiendo novedades.",
                en: "You already have \(EventSubscribers.ofUserMax) open event streams.", retryAfter: 5)
        }
    }

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
        case is TooManyLogins: self = .tooManyInFlight
        // The client has gone, and this layer does not know whether the change was committed.
        case is CancellationError: self = .unavailable(.unknown, retryAfter: 1, cause: "The request was cancelled.")
        default: self.init(.internalError, cause: String(reflecting: error))
        }
    }

    /// The request has no bearer, and the endpoint needs one (RFC 6750).
    static var noToken: Problem { Problem(.unauthenticated, headers: [.wwwAuthenticate: challenge]) }

    /// The bearer is not valid: unknown, expired or revoked, or its user is inactive.
    static var invalidToken: Problem {
        Problem(.unauthenticated, headers: [.wwwAuthenticate: challenge + #", error="invalid_token""#])
    }

    private static var challenge: String { #"Bearer realm="cashpilot""# }

    /// The body exceeds the limit. The server closes the connection instead of reading the rest.
    static var tooLong: Problem { Problem(.payloadTooLarge, headers: [.connection: "close"]) }

    /// The request did not arrive completely within the time limit. The server closes the connection.
    static var tooSlow: Problem { Problem(.requestTimeout, headers: [.connection: "close"]) }

    /// The request's target, length or host is ambiguous. The server cannot trust later bytes on this connection.
    static var ambiguous: Problem { Problem(.badRequest, headers: [.connection: "close"]) }

    /// The server does not know the method or the transfer coding. Where the request ends is then unknown.
    static var notImplemented: Problem { Problem(.notImplemented, headers: [.connection: "close"]) }

    /// The bytes are not an HTTP request.
    init(_ fault: InvalidRequest) {
        switch fault {
        case .malformed: self = .ambiguous
        case .unknownMethod: self = .notImplemented
        case .tooLongHead: self.init(.headersTooLarge, headers: [.connection: "close"])
        }
    }

    /// A 429. Its text also names the delay, because cashiers read it on a till.
    ///
    /// - Parameter seconds: the delay before the next attempt.
    static func tooMany(es: String, en: String, retryAfter seconds: Int) -> Problem {
        let wait = ClockText.wait(seconds: seconds)
        return Problem(
            .tooManyRequests,
            detail: Localized(es: "\(es) Probá de nuevo en \(wait.es).", en: "\(en) Try again in \(wait.en)."),
            headers: [.retryAfter: "\(seconds)"])
    }

    /// A limit of concurrent requests is reached.
    static var tooManyInFlight: Problem {
        tooMany(
            es: "El sistema está muy cargado.", en: "The system is very busy.", retryAfter: 1)
    }

    /// - Parameter retryAfter: the delay before the next attempt, in seconds.
    static func unavailable(_ outcome: StoreError.Outcome, retryAfter: Int, cause: String? = nil) -> Problem {
        Problem(.unavailable, extra: .outcome(outcome), headers: [.retryAfter: "\(retryAfter)"], cause: cause)
    }

    /// One error in a member of the body, which only the database could find.
    private static func invalid(_ name: String, _ code: FieldError.Code, _ expectation: Expectation) -> Problem {
        Problem(.validationFailed, extra: .fields([.member(name, code, expectation)]))
    }
}

/// What only the database can check.
extension Expectation {
    fileprivate static var pastBusinessDate: Expectation {
        .other(
            Localized(
                es: "una fecha anterior a la fecha de hoy del negocio", en: "a date before the current business date"))
    }

    fileprivate static var cashierOfBusiness: Expectation {
        .other(
            Localized(
                es: "un cajero activo y asignado a este negocio",
                en: "an active cashier who is assigned to this business"))
    }

    fileprivate static var noCountYet: Expectation {
        .other(
            Localized(es: "ausente hasta que la sesión se cierre", en: "absent until the session is closed"),
            sentence: Localized(
                es: "La sesión no está cerrada: todavía no tiene un conteo para corregir.",
                en: "The session is not closed: it has no count to correct yet."))
    }

    fileprivate static var notTooLate: Expectation {
        .other(
            Localized(
                es: "una hora que no sea posterior a la actual ni al fin de la sesión",
                en: "a time that is not later than now or than the session's end"))
    }

    fileprivate static var timeOfSession: Expectation {
        .other(
            Localized(
                es: "una hora entre la apertura de la sesión y ahora",
                en: "a time between the session's opening and now"))
    }

    fileprivate static var anotherCashier: Expectation {
        .other(Localized(es: "otro cajero, no el de esta sesión", en: "a cashier other than the session's own"))
    }

    fileprivate static var amountWithinSum: Expectation {
        .other(
            Localized(
                es: "un monto con el que la suma de la sesión no pase de \(Money.accepted.upperBound)",
                en: "an amount that keeps the session's sum within \(Money.accepted.upperBound)"))
    }

    fileprivate static var currentPassword: Expectation {
        .other(
            Localized(es: "la contraseña actual", en: "the current password"),
            sentence: Localized(es: "La contraseña actual no es correcta.", en: "The current password is wrong."))
    }

    fileprivate static func keptPosition(from start: Int64) -> Expectation {
        .other(
            Localized(es: "una posición desde \(start)", en: "a position from \(start) on"),
            sentence: Localized(
                es: "Los eventos que siguen a esta posición ya se borraron. El más viejo está después de la \(start).",
                en: "Events after this position have been deleted. The oldest one left follows position \(start)."))
    }

    fileprivate static var loggedPosition: Expectation {
        .other(
            Localized(
                es: "una posición a la que los eventos ya llegaron", en: "a position that the event log has reached"))
    }
}

import CashPilot

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
        case .invalidCredentials: self.init(.invalidCredentials, headers: [.wwwAuthenticate: "Bearer"])
        case .tooManyAttempts(let seconds):
            self = .tooMany(
                Localized(es: "Hubo demasiados intentos fallidos.", en: "There were too many failed attempts."),
                retryAfter: seconds)
        case .businessNotFound, .sessionNotFound: self.init(.notFound)
        case .businessInactive: self.init(.businessInactive)
        case .forbidden: self.init(.forbidden)
        case .cashierNotInBusiness: self.init(.validationFailed, extra: .fields([.member("cashier_id", .enum)]))
        case .recipientNotInBusiness:
            self.init(.validationFailed, extra: .fields([.member("to_cashier_id", .enum)]))
        case .cashierNotReady: self.init(.cashierNotReady)
        case .countBeforeClose: self.init(.validationFailed, extra: .fields([.member("final_cash", .unknownField)]))
        case .reasonRequired: self.init(.validationFailed, extra: .fields([.member("reason", .required)]))
        case .editWindowExpired(let session): self.init(.editWindowExpired, extra: .session(session))
        case .notDeleted(let session): self.init(.notDeleted, extra: .session(session))
        case .openedTooLate: self.init(.validationFailed, extra: .fields([.member("opened_at", .range)]))
        case .emailTaken: self.init(.emailTaken)
        case .nameTaken: self.init(.nameTaken)
        case .userNotFound, .keyNotFound: self.init(.notFound)
        case .hasOpenSession(let conflict): self.init(.hasOpenSession, extra: .conflict(conflict))
        case .lastAdministrator: self.init(.lastAdmin)
        case .wrongPassword:
            self.init(
                .validationFailed,
                detail: Localized(es: "La contraseña actual no es correcta.", en: "The current password is wrong."),
                extra: .fields([.member("current_password", .enum)]))
        case .beyondEventLog: self.init(.validationFailed, extra: .fields([FieldError(.range, .parameter("after"))]))
        case .tooManyStreams:
            self = .tooMany(
                Localized(
                    es: "Ya tenés \(EventSubscribers.ofUserMax) conexiones abiertas con los eventos.",
                    en: "You have \(EventSubscribers.ofUserMax) streams of events open already."),
                retryAfter: 5)
        }
    }
}

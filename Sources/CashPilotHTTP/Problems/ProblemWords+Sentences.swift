import CashPilot

extension ProblemWords {
    /// The sentence of an overlap: whose session, and its number.
    ///
    /// A new session is open until now, so a later session overlaps too.
    static func overlap(_ conflict: SessionConflict) -> Localized {
        let session = conflict.existing
        let isNew = conflict.refused == .backdate
        return Localized(
            es: "\(session.cashierName) ya tiene la sesión \(session.number) en ese horario"
                + (isNew ? " o después." : "."),
            en: "\(session.cashierName) already has session \(session.number) at that time"
                + (isNew ? " or later." : "."))
    }

    /// The sentence of a change of a count that is another session's float.
    static func handedOver(_ successor: SuccessorLink) -> Localized {
        let number = successor.session.number
        return Localized(
            es: "El conteo de esta sesión es el fondo de la sesión \(number).",
            en: "The count of this session is the float of session \(number).")
    }

    /// The sentence of a 503, which says whether the change was saved.
    static func unavailable(_ outcome: StoreError.Outcome) -> Localized {
        switch outcome {
        case .notApplied:
            Localized(
                es: "El sistema no está disponible en este momento, y no se guardó nada.",
                en: "The system is not available at the moment, and nothing was saved.")
        case .unknown:
            Localized(
                es: "No sabemos si se guardó. Fijate antes de hacerlo de nuevo.",
                en: "We cannot tell whether it was saved. Check before you do it again.")
        }
    }

    /// The sentence of a change that sessions prevent. It names the cashier and the first session.
    static func held(_ held: HeldSessions) -> Localized {
        guard let first = held.sessions.first else { return Localized(es: "", en: "") }
        let (es, en) = (first.sentence(in: .spanish), first.sentence(in: .english))
        let others = held.sessions.count - 1
        guard others > 0 else { return Localized(es: es, en: en) }
        guard others > 1 else {
            return Localized(es: "\(es), y hay 1 más sin cerrar", en: "\(en), and 1 more is not closed")
        }
        // The list ends at a maximum, so there may be more.
        let isCut = held.sessions.count == HeldSessions.sessionsMax
        return Localized(
            es: "\(es), y hay \(isCut ? "al menos " : "")\(others) más sin cerrar",
            en: "\(en), and \(isCut ? "at least " : "")\(others) more are not closed")
    }
}

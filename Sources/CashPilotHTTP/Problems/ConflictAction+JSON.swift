import CashPilot
import HTTPTypes
import JSON
import Synchronization

extension JSONWriter {
    /// Writes an action with the title, style, request and fields from which a client draws a button and a form.
    mutating func action(
        _ action: ConflictAction, of conflict: SessionConflict, _ links: ConflictLinks, in locale: Locale
    ) {
        let (method, href) = action.target(of: conflict, links)
        self.action(
            action, method, href, version: conflict.existing.version, currency: conflict.existing.currency, in: locale)
    }

    /// Writes an action on a session with a version.
    mutating func action(
        _ action: ConflictAction, _ method: HTTPRequest.Method, _ href: String, version: Int64, currency: String,
        in locale: Locale
    ) {
        object { json in
            json.head(of: action, method, href, in: locale)
            let fields = action.fields
            if !fields.isEmpty { json.member("type", "application/json") }
            if action.changesExisting { json.member("if_match", EntityTag.text(version)) }
            guard !fields.isEmpty else { return }
            json.name("fields")
            json.value(json: ActionFieldTexts.text(of: action, in: currency, locale))
        }
    }

    /// Writes the members that every action has.
    mutating func head(
        of action: ConflictAction, _ method: HTTPRequest.Method, _ href: String, in locale: Locale
    ) {
        member("name", action.rawValue)
        member("title", action.title[locale])
        member("method", method.rawValue)
        member("href", href)
        member("style", action.style)
    }

    fileprivate mutating func field(_ field: ActionField, in currency: String, _ locale: Locale) {
        object { json in
            json.member("name", field.name)
            json.member("type", field.isMoney ? "integer" : "string")
            json.member("title", field.title[locale])
            json.member("required", field.isRequired)
            switch field.kind {
            case .money:
                json.member("format", "money")
                json.currency(currency)
                json.member("minimum", Money.accepted.lowerBound)
                json.member("maximum", Money.accepted.upperBound)
            case .text(let lengthMax): json.member("max_length", Int64(lengthMax))
            case .constant(let value):
                json.name("allowed")
                json.array([value]) { $0.value($1) }
            }
        }
    }
}

/// The `fields` of actions as JSON, made once for each action, currency and language.
///
/// They are most of a 409 and never change. A till that retries in a loop gets many.
private enum ActionFieldTexts {
    private struct Key: Hashable {
        let action: ConflictAction
        let currency: String
        let locale: Locale
    }

    private static let texts = Mutex<[Key: String]>([:])

    static func text(of action: ConflictAction, in currency: String, _ locale: Locale) -> String {
        let key = Key(action: action, currency: currency, locale: locale)
        return texts.withLock { texts in
            if let text = texts[key] { return text }
            var json = JSONWriter()
            json.array(action.fields) { $0.field($1, in: currency, locale) }
            let text = String(decoding: json.bytes, as: UTF8.self)
            texts[key] = text
            return text
        }
    }
}

/// A field of an action's body.
struct ActionField: Sendable {
    enum Kind: Sendable {
        case money
        /// The maximum length in Unicode scalars.
        case text(Int)
        /// The only value that the action has.
        case constant(String)
    }

    let name: String
    let kind: Kind
    let isRequired: Bool
    let title: Localized

    var isMoney: Bool { if case .money = kind { true } else { false } }

    init(_ name: String, _ kind: Kind, isRequired: Bool = false, es: String, en: String) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        title = Localized(es: es, en: en)
    }

    /// The fields that `CloseBody` reads. If the dialog omitted some, the computed sales would be wrong.
    static let close = [count(isRequired: true)] + amounts

    /// The fields that `ForceCloseBody` reads.
    static let forceClose =
        [ActionField("reason", .text(TextLength.reason.upperBound), isRequired: true, es: "Motivo", en: "Reason")]
        + [count(isRequired: false)] + amounts

    static let restoreEnded = [
        ActionField("as", .constant("ENDED"), isRequired: true, es: "Restaurar como", en: "Restore as")
    ]

    private static func count(isRequired: Bool) -> ActionField {
        ActionField("final_cash", .money, isRequired: isRequired, es: "Efectivo contado", en: "Counted cash")
    }

    private static let amounts = [
        ActionField(
            "declared_cash_sales", .money, es: "Ventas en efectivo según el sistema", en: "Cash sales in the system"),
        ActionField(
            "envelope_amount", .money, es: "Retirado a sobre o caja fuerte", en: "Moved to an envelope or safe"),
        ActionField("expenses", .money, es: "Gastos pagados de la caja", en: "Expenses paid from the drawer"),
        ActionField(
            "credit_payments_collected", .money, es: "Cobros de ventas a crédito", en: "Payments of credit sales"),
        ActionField("card_total", .money, es: "Ventas con tarjeta", en: "Card sales"),
        ActionField("bank_transfer_total", .money, es: "Ventas por transferencia", en: "Bank transfer sales"),
        ActionField("credit_sales_total", .money, es: "Ventas a crédito", en: "Credit sales"),
        ActionField(
            "closing_ticket", .text(TextLength.closingTicket.upperBound), es: "Ticket de cierre", en: "Closing ticket"),
        ActionField("notes", .text(TextLength.notes.upperBound), es: "Notas", en: "Notes"),
    ]
}

extension ConflictAction {
    /// The button's text. Never `Cerrar sesión`, which people read as "log out".
    fileprivate var title: Localized {
        switch self {
        case .view: Localized(es: "Ver Sesión", en: "View session")
        case .close: Localized(es: "Cerrar", en: "Close session")
        case .end: Localized(es: "Terminar sin contar", en: "End without counting")
        case .resume: Localized(es: "Seguir con esta sesión", en: "Continue with it")
        case .forceClose: Localized(es: "Forzar cierre", en: "Force close")
        case .restoreEnded: Localized(es: "Restaurar como terminada", en: "Restore as ended")
        case .force: Localized(es: "Cambiar igual", en: "Change anyway")
        }
    }

    /// How prominent the button is: `primary`, `default` or `danger`.
    fileprivate var style: String {
        switch self {
        case .close: "primary"
        case .view, .end, .resume, .restoreEnded: "default"
        case .forceClose, .force: "danger"
        }
    }

    fileprivate var fields: [ActionField] {
        switch self {
        case .close: ActionField.close
        case .forceClose: ActionField.forceClose
        case .restoreEnded: ActionField.restoreEnded
        case .view, .end, .resume, .force: []
        }
    }

    /// Whether the action changes the existing session, so that its version matters.
    fileprivate var changesExisting: Bool { onSession != nil && self != .view }

    fileprivate func target(
        of conflict: SessionConflict, _ links: ConflictLinks
    ) -> (method: HTTPRequest.Method, href: String) {
        switch self {
        case .view: (.get, links.existing)
        case .close, .end, .forceClose: (.post, links.existing + "/" + (onSession?.rawValue ?? ""))
        case .resume: (conflict.refused.method, links.refused + "?on_conflict=resume")
        case .force: (conflict.refused.method, links.refused + "?force=true")
        case .restoreEnded: (conflict.refused.method, links.refused)
        }
    }
}

/// The paths that a conflict's actions share. An id as text is costly, so each path is made once.
struct ConflictLinks {
    let existing: String
    let refused: String

    init(_ conflict: SessionConflict) {
        let business = conflict.existing.business
        refused = conflict.refused.href(in: business)
        existing = SessionLink.one(conflict.existing.id, in: business)
    }
}

extension RefusedRequest {
    var method: HTTPRequest.Method {
        switch self {
        case .open, .backdate, .reopen, .restore, .handover: .post
        case .edit, .changeUser, .changeBusiness: .patch
        case .unassign: .delete
        }
    }

    func href(in business: BusinessID) -> String {
        switch self {
        case .open, .backdate: SessionLink.all(in: business)
        case .reopen(let session): SessionLink.action(.reopen, on: session, in: business)
        case .restore(let session): SessionLink.action(.restore, on: session, in: business)
        case .handover(let session): SessionLink.action(.handover, on: session, in: business)
        case .edit(let session): SessionLink.one(session, in: business)
        case .unassign(let cashier): BasePath.prefixed("/v1/businesses/\(business)/cashiers/\(cashier)")
        case .changeUser(let user): BasePath.prefixed("/v1/users/\(user)")
        case .changeBusiness: BasePath.prefixed("/v1/businesses/\(business)")
        }
    }
}

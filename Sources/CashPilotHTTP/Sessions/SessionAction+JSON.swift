import CashPilot

extension JSONWriter {
    /// Writes what can be done with a session, so that a dialog can draw its buttons from it: what each is called,
    /// where to send it, and which fields to ask for.
    mutating func actions(
        _ actions: [SessionAction], on session: SessionID, in business: BusinessID, _ locale: Locale
    ) {
        name("actions")
        array(actions) { json, action in
            json.object { json in
                json.member("name", action.rawValue)
                json.member("title", action.title[locale])
                json.member("method", action.method)
                json.member("href", SessionLink.action(action, on: session, in: business))
                guard action == .close else { return }
                json.member("type", "application/json")
                json.name("fields")
                json.array(["final_cash"]) { json, name in
                    json.object { json in
                        json.member("name", name)
                        json.member("type", "integer")
                        json.member("required", true)
                        json.member("title", Localized(es: "Efectivo contado", en: "Counted cash")[locale])
                    }
                }
            }
        }
    }
}

extension SessionAction {
    /// What a button says. Never `Cerrar sesión`: people read that as "log out".
    fileprivate var title: Localized {
        switch self {
        case .view: Localized(es: "Ver Sesión", en: "View session")
        case .close: Localized(es: "Cerrar", en: "Close")
        case .end: Localized(es: "Terminar turno", en: "End shift")
        case .edit: Localized(es: "Corregir", en: "Edit")
        case .handover: Localized(es: "Entregar caja", en: "Hand over")
        case .forceClose: Localized(es: "Forzar cierre", en: "Force close")
        case .reopen: Localized(es: "Reabrir", en: "Reopen")
        case .delete: Localized(es: "Eliminar", en: "Delete")
        case .restore: Localized(es: "Restaurar", en: "Restore")
        case .flag: Localized(es: "Marcar", en: "Flag")
        case .unflag: Localized(es: "Quitar marca", en: "Remove flag")
        }
    }

    fileprivate var method: String {
        switch self {
        case .view: "GET"
        case .close, .end, .handover, .forceClose, .reopen, .restore: "POST"
        case .edit: "PATCH"
        case .flag: "PUT"
        case .delete, .unflag: "DELETE"
        }
    }
}

import CashPilot

extension JSONWriter {
    /// Writes a session's available actions, from which a client can build a dialog.
    ///
    /// Each action has a title, a URL and the fields that it needs.
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
    /// The button's text. Never `Cerrar sesión`, which people read as "log out".
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

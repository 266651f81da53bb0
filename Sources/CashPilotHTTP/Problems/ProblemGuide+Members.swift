import CashPilot

extension ProblemGuide {
    /// The meaning of each member of the documents.
    static let members: [String: Localized] = [
        "type": Localized(es: "la dirección de esta página", en: "the URL of this page"),
        "title": Localized(es: "el título, para la persona", en: "the title, for the user"),
        "status": Localized(es: "el estado HTTP", en: "the HTTP status"),
        "detail": Localized(es: "qué pasó esta vez, para la persona", en: "what happened this time, for the user"),
        "instance": Localized(es: "el identificador de este error", en: "the identifier of this error"),
        "code": Localized(
            es: "el código, que no cambia con el idioma",
            en: "the code, which is the same in every language"),
        "request_id": Localized(
            es: "el identificador de la solicitud, para soporte",
            en: "the identifier of the request, for support"),
        "existing_session": Localized(es: "la sesión que impide el cambio", en: "the session that prevents the change"),
        "existing_movement": Localized(
            es: "el movimiento que ya existe", en: "the movement that exists already"),
        "actions": Localized(
            es: "lo que la persona puede hacer: un botón por cada una",
            en: "what the user can do: a button for each"),
        "retry": Localized(es: "cómo enviar de nuevo la primera solicitud", en: "how to send the first request again"),
        "sessions": Localized(es: "las sesiones que impiden el cambio", en: "the sessions that prevent the change"),
        "successor": Localized(es: "la sesión que siguió", en: "the session that followed"),
        "errors": Localized(es: "los errores, uno por campo", en: "the errors, one for each field"),
        "outcome": Localized(es: "si el cambio se hizo", en: "whether the change was made"),
        "current_version": Localized(es: "la versión actual de la sesión", en: "the current version of the session"),
    ]
}

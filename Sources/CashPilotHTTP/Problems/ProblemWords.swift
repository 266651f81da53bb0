import CashPilot

/// The texts of a problem in one language.
struct ProblemWords: Sendable {
    let title: String
    /// One sentence that explains the error. A problem may replace it with a more specific one.
    let detail: String
    /// How to resolve the error, for the page at `/problems/{slug}`.
    let advice: String

    /// All codes in both languages. The Spanish texts address the reader as `vos`.
    static let catalog: [ProblemCode: (es: ProblemWords, en: ProblemWords)] = [
        .badRequest: row(
            es: "Pedido incorrecto", "No se pudo entender el pedido.",
            "Compará la dirección y los encabezados con el contrato de la API.",
            en: "Bad request", "The request could not be understood.",
            "Compare its address and headers with the API's contract."),
        .malformedJSON: row(
            es: "JSON mal formado", "El cuerpo del pedido no es JSON válido.",
            "Enviá un objeto JSON en UTF-8 y sin nombres repetidos. El detalle dice en qué byte está el error.",
            en: "Malformed JSON", "The body of the request is not valid JSON.",
            "Send a JSON object in UTF-8 without repeated names. The detail tells at which byte the error is."),
        .unauthenticated: row(
            es: "Falta identificarse", "El pedido necesita un inicio de sesión o una clave de API que valga.",
            "Iniciá sesión en /v1/auth/token y enviá su access_token en el encabezado Authorization, después de Bearer.",
            en: "Authentication required", "The request needs a valid login or API key.",
            "Log in at /v1/auth/token, and send its access_token in the Authorization header after Bearer."),
        .invalidCredentials: row(
            es: "Datos de acceso incorrectos", "El correo o la contraseña no son correctos.",
            "Revisá los dos. Si tu cuenta está inactiva, hablá con un administrador.",
            en: "Invalid credentials", "The e-mail or the password is wrong.",
            "Check both. If your account is inactive, talk to an administrator."),
        .forbidden: row(
            es: "No permitido", "No tenés permiso para hacer esto.",
            "Un cajero ve y cambia sus propias sesiones. Lo demás lo hace un administrador.",
            en: "Not allowed", "You are not allowed to do this.",
            "A cashier sees and changes their own sessions. The rest is for administrators."),
        .recentLoginRequired: row(
            es: "Volvé a iniciar sesión", "Para hacer esto tenés que haber iniciado sesión hace menos de 10 minutos.",
            "Iniciá sesión de nuevo con tu contraseña y repetí el pedido. Con una clave de API no se puede.",
            en: "Log in again", "This needs a login that is less than 10 minutes old.",
            "Log in again with your password and repeat the request. An API key can never do this."),
        .businessInactive: row(
            es: "Negocio inactivo", "El negocio está inactivo: no se pueden abrir sesiones.",
            "Un administrador puede volver a activarlo.",
            en: "Inactive business", "The business is inactive: no session can be opened.",
            "An administrator can activate it again."),
        .editWindowExpired: row(
            es: "Ya no se puede corregir", "Pasó el tiempo en que podías corregir esta sesión cerrada.",
            "Pedile a un administrador que la corrija.",
            en: "Too late to edit", "The time in which you could correct this closed session is over.",
            "Ask an administrator to correct it."),
        .notFound: row(
            es: "No encontrado", "Lo que buscás no existe, o no está a tu alcance.",
            "Revisá la dirección, y que el negocio te esté asignado.",
            en: "Not found", "What you are looking for does not exist, or not for you.",
            "Check the address, and that the business is assigned to you."),
        .noOpenSession: row(
            es: "Sin sesión abierta", "No hay una sesión abierta en este negocio.", "Abrí una sesión para empezar.",
            en: "No open session", "No session is open in this business.", "Open a session to begin."),
        .methodNotAllowed: row(
            es: "Método no permitido", "Esta dirección no acepta ese método.",
            "El encabezado Allow dice cuáles acepta.",
            en: "Method not allowed", "This address does not take that method.",
            "The Allow header tells which it takes."),
        .requestTimeout: row(
            es: "El pedido tardó demasiado", "El pedido no llegó entero en 10 segundos.",
            "Revisá la conexión y repetí el pedido con la misma Idempotency-Key. No se cambió nada.",
            en: "The request took too long", "The request did not arrive whole within 10 seconds.",
            "Check the connection, and repeat the request with the same Idempotency-Key. Nothing was changed."),
        .sessionAlreadyOpen: row(
            es: "No se puede abrir una nueva sesión", "Ya hay una sesión abierta de este cajero en este negocio.",
            "Un cajero tiene a lo sumo una sesión abierta en cada negocio. Seguí con la que está abierta, o cerrala y "
                + "abrí otra. La respuesta dice cuál es y qué podés hacer con ella.",
            en: "Can't open a new session", "A session of this cashier is already open in this business.",
            "A cashier has at most one open session in each business. Go on with the open one, or close it and open "
                + "another. The answer names it and tells what you can do with it."),
        .sessionAlreadyClosed: row(
            es: "La sesión ya está cerrada", "Esta sesión ya se cerró: valen las cifras de ese cierre.",
            "El conteo se registra una sola vez. La respuesta trae las cifras que valen.",
            en: "The session is already closed", "This session was closed before: the figures of that closing stand.",
            "A count is recorded once. The answer has the figures that stand."),
        .sessionNotOpen: row(
            es: "La sesión no lo permite", "El estado de la sesión no permite esta acción.",
            "La respuesta dice cómo está la sesión y qué podés hacer con ella.",
            en: "The session does not allow this", "The session is in no state that allows this action.",
            "The answer tells how the session stands and what you can do with it."),
        .sessionOverlap: row(
            es: "Las sesiones se superponen", "El cajero tiene otra sesión en ese horario.",
            "Elegí una hora después de la sesión que nombra la respuesta, o corregí esa sesión.",
            en: "Sessions overlap", "The cashier has another session at that time.",
            "Choose a time after the session in the response, or correct that session."),
        .booksClosed: row(
            es: "Libros cerrados", "Los libros de esa fecha ya se cerraron: no se puede cambiar nada de ese día.",
            "Un administrador puede cambiar books_closed_until del negocio.",
            en: "Books closed", "The books of that date are closed. Nothing of that day can change.",
            "An administrator can change books_closed_until of the business."),
        .handedOver: row(
            es: "La sesión ya se entregó", "El conteo de esta sesión es el fondo de la sesión que la siguió.",
            "Mirá la otra sesión. Un administrador puede corregir el conteo o reabrir igual, con "
                + "acknowledge_successor: true; el fondo de la otra sesión no cambia.",
            en: "Session handed over", "The count of this session is the float of the session that followed.",
            "Look at the other session. An administrator can correct the count or reopen anyway, with "
                + "acknowledge_successor: true; the float of the other session does not change."),
        .notDeleted: row(
            es: "La sesión no está eliminada", "La sesión no está eliminada, así que no hay nada que restaurar.",
            "La respuesta dice cómo está la sesión.",
            en: "The session is not deleted", "The session is not deleted, so there is nothing to restore.",
            "The answer tells how the session stands."),
        .cashierNotReady: row(
            es: "El cajero no puede tenerla abierta",
            "El cajero de la sesión ya no está activo, o ya no está asignado al negocio.",
            "Activá y asigná al cajero, o restaurá la sesión como terminada.",
            en: "The cashier cannot hold it open",
            "The session's cashier is no longer active, or no longer assigned to the business.",
            "Activate and assign the cashier, or restore the session as ended."),
        .requestInFlight: row(
            es: "Pedido en curso", "El primer pedido con esta clave todavía no terminó.",
            "Esperá lo que dice Retry-After y repetí el pedido con la misma clave.",
            en: "Request in flight", "The first request with this key has not finished yet.",
            "Wait for as long as Retry-After says, and repeat the request with the same key."),
        .emailTaken: row(
            es: "Correo en uso", "Ya hay una cuenta con este correo.", "Usá otro correo, o la cuenta que ya existe.",
            en: "E-mail taken", "There is an account with this e-mail already.",
            "Use another e-mail, or the account that exists."),
        .nameTaken: row(
            es: "Nombre en uso", "Ya hay un negocio con este nombre.", "Usá otro nombre, o el negocio que ya existe.",
            en: "Name taken", "There is a business with this name already.",
            "Use another name, or the business that exists."),
        .hasOpenSession: row(
            es: "Hay sesiones sin cerrar", "Antes de este cambio hay que cerrar las sesiones que faltan.",
            "Cerrá las sesiones que nombra la respuesta y repetí el pedido.",
            en: "Sessions are not closed", "Sessions that are not closed prevent this change.",
            "Close the sessions in the response, then send the request again."),
        .lastAdmin: row(
            es: "Es el último administrador", "Sin esta cuenta no quedaría ningún administrador activo.",
            "Nombrá antes a otro administrador.",
            en: "The last administrator", "Without this account no active administrator would be left.",
            "Make somebody else an administrator first."),
        .versionMismatch: row(
            es: "La sesión cambió", "La sesión cambió desde que la leíste.",
            "Leé la sesión otra vez y decidí con lo que dice ahora.",
            en: "The session has changed", "The session has changed since you read it.",
            "Read the session again, and decide by what it says now."),
        .payloadTooLarge: row(
            es: "Pedido demasiado grande", "El cuerpo del pedido supera los 64 KiB.", "Enviá menos datos.",
            en: "Request too large", "The body of the request is larger than 64 KiB.", "Send less."),
        .unsupportedMediaType: row(
            es: "Tipo de contenido no admitido", "El cuerpo del pedido tiene que ser application/json.",
            "Enviá JSON en UTF-8, con el encabezado Content-Type: application/json.",
            en: "Unsupported media type", "The body of the request must be application/json.",
            "Send JSON in UTF-8, with the header Content-Type: application/json."),
        .validationFailed: row(
            es: "Datos no válidos", "Hay campos con errores.",
            "La respuesta nombra cada campo y su error. Corregilos todos y repetí el pedido.",
            en: "Invalid data", "Some fields have errors.",
            "The answer names each field and its error. Correct them all and repeat the request."),
        .idempotencyKeyReused: row(
            es: "Clave ya usada", "Esta clave ya se usó con otro pedido.",
            "Usá una clave nueva para cada pedido; repetí la misma solo con el mismo cuerpo.",
            en: "Key already used", "This key was used with another request.",
            "Use a new key for each request; repeat one only with the same body."),
        .tooManyRequests: row(
            es: "Demasiados pedidos", "Hay demasiados pedidos al mismo tiempo.",
            "Esperá lo que dice Retry-After y probá de nuevo.",
            en: "Too many requests", "There are too many requests at once.",
            "Wait for as long as Retry-After says, and try again."),
        .internalError: row(
            es: "Error interno", "Algo falló en el servicio.",
            "Probá de nuevo. Si vuelve a pasar, avisá a soporte con el request_id de la respuesta.",
            en: "Internal error", "Something went wrong in the service.",
            "Try again. If it happens again, tell support the request_id of the answer."),
        .unavailable: row(
            es: "Servicio no disponible", "El servicio no pudo completar el pedido en este momento.",
            "Esperá lo que dice Retry-After y repetí el pedido con la misma Idempotency-Key. Si outcome es "
                + "not_applied, no se cambió nada; si es unknown, la repetición lo aclara.",
            en: "Service unavailable", "The service could not complete the request at this moment.",
            "Wait for as long as Retry-After says, and repeat the request with the same Idempotency-Key. If outcome "
                + "is not_applied, nothing was changed; if it is unknown, repeating tells."),
    ]

    /// Title, detail and advice in both languages.
    private static func row(
        es title: String, _ detail: String, _ advice: String, en enTitle: String, _ enDetail: String, _ enAdvice: String
    ) -> (es: ProblemWords, en: ProblemWords) {
        (
            ProblemWords(title: title, detail: detail, advice: advice),
            ProblemWords(title: enTitle, detail: enDetail, advice: enAdvice)
        )
    }
}

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

    /// The sentence of a change that sessions prevent. It names the cashier and the first session.
    static func held(_ held: HeldSessions) -> Localized {
        guard let first = held.sessions.first else { return Localized(es: "", en: "") }
        let (es, en) = (first.sentence(in: .spanish), first.sentence(in: .english))
        let others = held.sessions.count - 1
        guard others > 0 else { return Localized(es: es, en: en) }
        // The list ends at a maximum, so there may be more.
        let isCut = held.sessions.count == HeldSessions.sessionsMax
        return Localized(
            es: "\(es), y hay \(isCut ? "al menos " : "")\(others) más sin cerrar",
            en: "\(en), and \(isCut ? "at least " : "")\(others) more are not closed")
    }
}

extension ProblemCode {
    /// The code's texts. A test requires a row for each code; without a row the code itself is the text.
    func words(in locale: Locale) -> ProblemWords {
        let row = ProblemWords.catalog[self]
        return (locale == .spanish ? row?.es : row?.en) ?? ProblemWords(title: rawValue, detail: rawValue, advice: "")
    }
}

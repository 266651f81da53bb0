import CashPilot

/// The texts of a problem in one language.
struct ProblemWords: Sendable {
    let title: String
    /// One sentence that explains the error. A problem may replace it with a more specific one.
    let detail: String
    /// One sentence for the person at the till: what to do. The page at `/problems/{slug}` begins with it.
    let advice: String

    /// All codes in both languages. The Spanish texts address the reader as `vos`.
    ///
    /// A shop calls an order of goods a *pedido*, so no text calls a request that. ``ProblemGuide`` is for developers.
    static let catalog: [ProblemCode: (es: ProblemWords, en: ProblemWords)] = [
        .badRequest: row(
            es: "La caja envió algo mal", "El programa de la caja envió algo que el sistema no entiende.",
            "No se guardó nada: avisá a soporte para que corrijan el programa de la caja.",
            en: "Bad request", "The request could not be understood.",
            "Nothing was saved: tell support, so that they correct the till's program."),
        .malformedJSON: row(
            es: "Datos ilegibles", "El cuerpo no es JSON válido.",
            "No se guardó nada: avisá a soporte para que corrijan el programa de la caja.",
            en: "Malformed JSON", "The body is not valid JSON.",
            "Nothing was saved: tell support, so that they correct the till's program."),
        .unauthenticated: row(
            es: "Tenés que entrar", "Para seguir tenés que entrar: tu acceso falta, venció o ya no vale.",
            "Entrá de nuevo; lo que ya hiciste quedó guardado.",
            en: "Authentication required",
            "You need to log in: your access is missing, has expired or is no longer valid.",
            "Log in again; what you did before is saved."),
        .invalidCredentials: row(
            es: "Datos de acceso incorrectos", "El correo o la contraseña no son correctos.",
            "Fijate si los escribiste bien; si igual no podés entrar, hablá con un administrador.",
            en: "Invalid credentials", "The e-mail or the password is wrong.",
            "Check both; if you still cannot log in, ask an administrator to check your account."),
        .forbidden: row(
            es: "No permitido", "No tenés permiso para hacer esto.",
            "Vos podés ver y cambiar tus propias sesiones; para lo demás, pedile a un administrador.",
            en: "Not allowed", "You are not allowed to do this.",
            "You can see and change your own sessions; for anything else, ask an administrator."),
        .recentLoginRequired: row(
            es: "Entrá de nuevo", "Para hacer esto tenés que haber entrado hace menos de 10 minutos.",
            "Entrá otra vez con tu contraseña y repetí lo que estabas haciendo.",
            en: "Log in again", "This needs a login that is less than 10 minutes old.",
            "Log in again with your password, then repeat what you were doing."),
        .pinBlocked: row(
            es: "Entrá con tu contraseña", "Hubo 10 PIN equivocados en esta caja: ahora hace falta tu contraseña.",
            "Entrá con tu correo y tu contraseña: después tu PIN vuelve a andar en esta caja.",
            en: "Log in with your password", "10 PINs were wrong at this till: your password is needed now.",
            "Log in with your e-mail and password: your PIN then works at this till again."),
        .businessInactive: row(
            es: "Negocio inactivo", "El negocio está inactivo: no se pueden abrir sesiones.",
            "Pedile a un administrador que lo active.",
            en: "Inactive business", "The business is inactive: no session can be opened.",
            "Ask an administrator to activate it."),
        .editWindowExpired: row(
            es: "Ya no se puede corregir", "Pasó el tiempo en que podías corregir esta sesión cerrada.",
            "Pedile a un administrador que la corrija.",
            en: "Too late to edit", "The time in which you could correct this closed session is over.",
            "Ask an administrator to correct it."),
        .notFound: row(
            es: "No encontrado", "No lo encontramos, o no tenés acceso.",
            "Si es de tu negocio, pedile a un administrador que revise si lo tenés asignado.",
            en: "Not found", "We can't find this, or you don't have access to it.",
            "If it belongs to your business, ask an administrator to check that you are assigned to it."),
        .noOpenSession: row(
            es: "Sin sesión abierta", "No hay una sesión abierta en este negocio.",
            "Abrí una sesión para empezar el turno.",
            en: "No open session", "No session is open in this business.", "Open a session to start the shift."),
        .methodNotAllowed: row(
            es: "Método no admitido", "Esta dirección no admite ese método.",
            "No se guardó nada: avisá a soporte para que corrijan el programa de la caja.",
            en: "Method not allowed", "This URL does not support that method.",
            "Nothing was saved: tell support, so that they correct the till's program."),
        .requestTimeout: row(
            es: "La conexión está muy lenta",
            "Lo que envió la caja no llegó entero en 10 segundos, y no se guardó nada.",
            "Revisá la conexión y probá de nuevo.",
            en: "The connection is too slow", "The whole request did not arrive within 10 seconds. Nothing was saved.",
            "Check the connection and try again."),
        .sessionAlreadyOpen: row(
            es: "No se puede abrir una nueva sesión", "Ya hay una sesión abierta de este cajero en este negocio.",
            "Seguí con la sesión que está abierta, o cerrala o terminala sin contar, y ya se puede abrir otra.",
            en: "Can't open a new session", "A session of this cashier is already open in this business.",
            "Continue with the open session, or close it or end it without counting, and then you can open another."),
        .sessionAlreadyClosed: row(
            es: "La sesión ya está cerrada", "Esta sesión ya se cerró: valen las cifras de ese cierre.",
            "Compará tu conteo con el de ese cierre; si está mal, se puede corregir escribiendo el motivo.",
            en: "The session is already closed",
            "This session has already been closed: the figures of that close are valid.",
            "Compare your count with the count of that close; if it is wrong, it can be corrected with a reason."),
        .sessionNotOpen: row(
            es: "La sesión no lo permite", "Así como está la sesión, no se puede hacer esto.",
            "Mirá cómo está la sesión: puede que otra persona ya la haya terminado, cerrado o borrado.",
            en: "The session does not allow this", "The current state of the session does not allow this.",
            "Look at the session: somebody else may have ended, closed or deleted it."),
        .sessionOverlap: row(
            es: "Las sesiones se superponen", "El cajero tiene otra sesión en ese horario.",
            "Elegí una hora posterior a la sesión que dice el aviso, o corregí esa sesión.",
            en: "Sessions overlap", "The cashier has another session at that time.",
            "Choose a time after the session in the notice, or correct that session."),
        .booksClosed: row(
            es: "Libros cerrados", "Los libros de esa fecha ya se cerraron: no se puede cambiar nada de ese día.",
            "Si hace falta cambiarlo, pedile a un administrador que vuelva a abrir los libros de esos días.",
            en: "Books closed", "The books of that date are closed. Nothing of that day can change.",
            "If it must change, ask an administrator to open the books of those days again."),
        .handedOver: row(
            es: "La sesión ya se entregó", "El conteo de esta sesión es el fondo de la sesión que siguió.",
            "Mirá esa otra sesión; un administrador puede hacer el cambio igual, y el fondo de ella no cambia.",
            en: "Session handed over", "The count of this session is the float of the session that followed.",
            "Look at that session; an administrator can make the change anyway, and its float stays the same."),
        .notDeleted: row(
            es: "La sesión no está borrada", "La sesión no está borrada, así que no hay nada que restaurar.",
            "No hace falta hacer nada: la sesión sigue en la lista.",
            en: "The session is not deleted", "The session is not deleted, so there is nothing to restore.",
            "There is nothing to do: the session is still in the list."),
        .cashierNotReady: row(
            es: "El cajero no puede tenerla abierta",
            "El cajero de la sesión ya no está activo, o ya no está asignado al negocio.",
            "Activá al cajero y asignalo al negocio, o restaurá la sesión como terminada.",
            en: "The cashier cannot have it open",
            "The session's cashier is no longer active, or no longer assigned to the business.",
            "Activate and assign the cashier, or restore the session as ended."),
        .requestInFlight: row(
            es: "Todavía se está guardando", "Lo que mandaste recién todavía se está guardando.",
            "Esperá un segundo y probá de nuevo: no se guarda dos veces.",
            en: "Still being saved", "What you sent a moment ago is still being saved.",
            "Wait a second and try again: it is not saved twice."),
        .emailTaken: row(
            es: "Correo en uso", "Ya hay una cuenta con este correo.", "Usá otro correo, o la cuenta que ya existe.",
            en: "E-mail taken", "An account with this e-mail already exists.",
            "Use another e-mail, or the existing account."),
        .nameTaken: row(
            es: "Nombre en uso", "Este nombre ya está en uso.",
            "Usá otro nombre, o el negocio o la caja que ya lo tiene.",
            en: "Name taken", "This name is taken already.",
            "Use another name, or the business or terminal that has it."),
        .externalIDTaken: row(
            es: "Identificador en uso", "Otra sesión de este negocio ya tiene este identificador.",
            "Usá otro identificador, o pedile a un administrador que busque la otra sesión.",
            en: "External id taken", "Another session of this business has this external id already.",
            "Use another id, or ask an administrator to look for the other session."),
        .countFirst: row(
            es: "Primero contá la caja", "Vas a ver cuánto se esperaba cuando la cuentes.",
            "Contá la caja y cerrá la sesión; después mirá el arqueo.",
            en: "Count the drawer first", "You will see what was expected once it is counted.",
            "Count the drawer and close the session; then look at the reconciliation."),
        .countIsFinal: row(
            es: "El conteo ya está hecho", "Solo un administrador puede corregir los montos después de contar.",
            "Si un monto está mal, pedile a un administrador que lo corrija.",
            en: "The count is final", "Only an administrator can correct amounts after the count.",
            "If an amount is wrong, ask an administrator to correct it."),
        .movementIDTaken: row(
            es: "Ese identificador ya se usó para otro movimiento",
            "La caja ya usó este identificador para guardar otro movimiento.",
            "Fijate si el movimiento ya está guardado; si no está, hacelo de nuevo desde el principio.",
            en: "That id belongs to another movement", "The till has used this id for another movement.",
            "Check whether the movement is saved already; if it is not, start again from the beginning."),
        .movementAlreadyReversed: row(
            es: "Ese movimiento ya está anulado", "Otro movimiento ya lo anuló.",
            "No hace falta anularlo otra vez: mirá la lista de movimientos.",
            en: "Already reversed", "Another movement has reversed it.",
            "There is no need to reverse it again: look at the list of movements."),
        .notReversible: row(
            es: "Ese movimiento no se puede anular", "Una anulación y una apertura de cajón no se anulan.",
            "Si hace falta, registrá otro movimiento.",
            en: "That movement cannot be reversed", "A reversal and an opened drawer cannot be reversed.",
            "If necessary, record another movement."),
        .tooManyMovements: row(
            es: "La sesión tiene demasiados movimientos", "La sesión ya tiene 20 000 movimientos.",
            "Terminala y abrí otra.",
            en: "Too many movements", "The session has 20,000 movements already.", "End it and open another."),
        .hasOpenSession: row(
            es: "Hay sesiones sin cerrar", "Antes de este cambio hay que cerrar las sesiones que faltan.",
            "Cerrá las sesiones que dice el aviso y hacé el cambio de nuevo.",
            en: "Sessions are not closed", "Sessions that are not closed prevent this change.",
            "Close the sessions in the notice, then make the change again."),
        .lastAdmin: row(
            es: "Es el último administrador", "Sin esta cuenta no quedaría ningún administrador activo.",
            "Nombrá antes a otro administrador.",
            en: "The last administrator", "Without this account no active administrator would be left.",
            "Make somebody else an administrator first."),
        .versionMismatch: row(
            es: "La sesión cambió", "La sesión cambió desde que la viste.",
            "Mirala de nuevo y decidí con lo que dice ahora.",
            en: "The session has changed", "The session has changed since you saw it.",
            "Look at it again, then decide."),
        .payloadTooLarge: row(
            es: "Demasiados datos", "La caja envió más de 64 KiB de una vez.",
            "No se guardó nada: escribí textos más cortos, o avisá a soporte.",
            en: "Request too large", "The body of the request is larger than 64 KiB.",
            "Nothing was saved: write shorter texts, or tell support."),
        .unsupportedMediaType: row(
            es: "Formato no admitido", "Lo que envía la caja tiene que ser application/json.",
            "No se guardó nada: avisá a soporte para que corrijan el programa de la caja.",
            en: "Unsupported media type", "The body of the request must be application/json.",
            "Nothing was saved: tell support, so that they correct the till's program."),
        .validationFailed: row(
            es: "Datos no válidos", "Hay campos con errores.", "Corregí los campos marcados y probá de nuevo.",
            en: "Invalid data", "Some fields have errors.", "Correct the marked fields and try again."),
        .idempotencyKeyReused: row(
            es: "Clave ya usada", "La caja ya usó esta clave para guardar otra cosa.",
            "Fijate si lo que querías hacer ya está guardado; si no está, hacelo de nuevo desde el principio.",
            en: "Key already used", "This key was used with another request.",
            "Check whether your change is saved already; if it is not, start again from the beginning."),
        .tooManyRequests: row(
            es: "Demasiados intentos", "Hubo demasiados intentos en poco tiempo.", "Esperá un poco y probá de nuevo.",
            en: "Too many attempts", "There were too many attempts in a short time.", "Wait a little and try again."),
        .headersTooLarge: row(
            es: "Demasiados datos", "La primera línea o los encabezados son demasiado grandes.",
            "No se guardó nada: avisá a soporte para que corrijan el programa de la caja.",
            en: "Headers too large", "The request line or the headers are too large.",
            "Nothing was saved: tell support, so that they correct the till's program."),
        .notImplemented: row(
            es: "Sin soporte", "El servidor no conoce ese método HTTP o esa codificación de transferencia.",
            "No se guardó nada: avisá a soporte para que corrijan el programa de la caja.",
            en: "Not implemented", "The server does not know this HTTP method or transfer coding.",
            "Nothing was saved: tell support, so that they correct the till's program."),
        .internalError: row(
            es: "Error interno", "Algo falló en el sistema.",
            "Probá de nuevo; si vuelve a pasar, avisá a soporte y decí a qué hora fue.",
            en: "Internal error", "Something went wrong in the system.",
            "Try again; if it happens again, tell support the time at which it happened."),
        .unavailable: row(
            es: "Servicio no disponible", "El sistema no está disponible en este momento.",
            "Esperá un momento y probá de nuevo; si el aviso dice que no sabemos si se guardó, fijate antes.",
            en: "Service unavailable", "The system is not available at the moment.",
            "Wait a moment and try again; if the notice says that we cannot tell whether it was saved, check first."),
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

extension ProblemCode {
    /// The code's texts. A test requires a row for each code; without a row the code itself is the text.
    func words(in locale: Locale) -> ProblemWords {
        let row = ProblemWords.catalog[self]
        return (locale == .spanish ? row?.es : row?.en) ?? ProblemWords(title: rawValue, detail: rawValue, advice: "")
    }
}

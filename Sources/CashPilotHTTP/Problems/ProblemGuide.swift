import CashPilot

/// The developer's part of a problem page: the cause of the code. docs/ERRORS.md has the rest.
enum ProblemGuide {
    /// The cause of each code, and what a client does.
    static let catalog: [ProblemCode: Localized] = [
        .badRequest: Localized(
            es: """
                La dirección tiene más de 50 parámetros, hay dos encabezados Host o el Transfer-Encoding no es \
                chunked. Corregí la solicitud.
                """,
            en: """
                The query has over 50 parameters, there are two Host headers, or Transfer-Encoding is not chunked. \
                Correct the request.
                """),
        .malformedJSON: Localized(
            es: """
                El cuerpo no es JSON en UTF-8, repite un nombre en un objeto o pasa los 32 niveles. detail dice en \
                qué byte está el error. Corregí la solicitud.
                """,
            en: """
                The body is not JSON in UTF-8, repeats a name in an object, or nests over 32 levels. detail has the \
                byte. Correct the request.
                """),
        .headersTooLarge: Localized(
            es: """
                Un encabezado pasa los 16 KiB, todos pasan los 32 KiB, o son más de 100. Corregí la solicitud.
                """,
            en: "A header is over 16 KiB, all are over 32 KiB, or there are over 100. Correct the request."),
        .notImplemented: Localized(
            es: """
                Los métodos son GET, HEAD, POST, PUT, PATCH, DELETE y OPTIONS, en mayúsculas, y el cuerpo va con \
                Content-Length o chunked. Corregí la solicitud.
                """,
            en: """
                The methods are GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS, in capitals, and a body has \
                Content-Length or is chunked. Correct the request.
                """),
        .unauthenticated: Localized(
            es: """
                Falta el encabezado Authorization, o su acceso o clave de API no vale, venció o se anuló. \
                WWW-Authenticate dice cuál de los dos casos es. Pedí a la persona que entre de nuevo.
                """,
            en: """
                The Authorization header is missing, or its login or API key is invalid, expired or revoked; \
                WWW-Authenticate says which. Let the user log in again.
                """),
        .invalidCredentials: Localized(
            es: """
                El correo, la contraseña o el PIN no son correctos, o la cuenta está inactiva. Dejá que la persona \
                los escriba de nuevo.
                """,
            en: """
                The e-mail, the password or the PIN is wrong, or the account is inactive. Let the user enter them \
                again.
                """),
        .forbidden: Localized(
            es: """
                La sesión es de otra persona, o lo que se pide es solo para administradores. No repitas la \
                solicitud.
                """,
            en: "The session is a colleague's, or the request is for administrators only. Do not retry."),
        .recentLoginRequired: Localized(
            es: """
                Este cambio necesita un acceso de hace menos de 10 minutos. Una clave de API no alcanza. Pedí la \
                contraseña y repetí la solicitud con el acceso nuevo.
                """,
            en: """
                This change needs a login less than 10 minutes old; an API key is not enough. Let the user log in \
                again, then repeat the request with the new bearer.
                """),
        .pinBlocked: Localized(
            es: """
                Hubo 10 PIN equivocados de esta persona en esta caja. Pedí el correo y la contraseña; después el PIN \
                vuelve a valer ahí.
                """,
            en: """
                This user entered 10 wrong PINs at this terminal. Ask for e-mail and password; the PIN is then valid \
                there again.
                """),
        .businessInactive: Localized(
            es: "Alguien quiso abrir una sesión en un negocio inactivo. No repitas la solicitud.",
            en: "The request opens a session in an inactive business. Do not retry."),
        .editWindowExpired: Localized(
            es: """
                Pasaron las horas de edit_window_hours desde el cierre. existing_session es la sesión. Solo un \
                administrador puede corregirla.
                """,
            en: """
                The edit_window_hours after the close are over. existing_session is the session. Only an \
                administrator can correct it.
                """),
        .notFound: Localized(
            es: "La dirección o el identificador no existe, o no existe para esta persona. No repitas la solicitud.",
            en: "The path or the id does not exist, or does not exist for this caller. Do not retry."),
        .noOpenSession: Localized(
            es: "El cajero no tiene una sesión abierta en este negocio. Ofrecé abrir una.",
            en: "The cashier has no open session in this business. Offer to open one."),
        .methodNotAllowed: Localized(
            es: "El encabezado Allow dice qué métodos admite la dirección. Corregí la solicitud.",
            en: "The Allow header lists the methods that the URL supports. Correct the request."),
        .requestTimeout: Localized(
            es: """
                El cuerpo no llegó entero en 10 segundos, y el servidor cierra la conexión. Repetí la solicitud con \
                la misma Idempotency-Key.
                """,
            en: """
                The body was incomplete after 10 seconds, and the server closes the connection. Retry with the same \
                Idempotency-Key.
                """),
        .sessionAlreadyOpen: Localized(
            es: """
                Mostrá title, detail y un botón por cada elemento de actions. Después de close o end, enviá de nuevo \
                la primera solicitud como dice retry, con el mismo cuerpo y la misma clave.
                """,
            en: """
                Show title, detail and a button for each of actions. After close or end, send the first request \
                again as retry says, with the same body and key.
                """),
        .sessionAlreadyClosed: Localized(
            es: """
                existing_session tiene las cifras del cierre. Mostralas para que la persona las compare con las \
                suyas.
                """,
            en: """
                existing_session has the figures of the close. Show them, so that the user can compare them with \
                their own.
                """),
        .sessionNotOpen: Localized(
            es: """
                El estado de la sesión no permite el cambio: está terminada, cerrada o borrada. Leé la sesión de \
                nuevo; allowed_actions dice qué se puede hacer.
                """,
            en: """
                The state of the session does not allow the change: it is ended, closed or deleted. Read the session \
                again; allowed_actions lists what is allowed.
                """),
        .sessionOverlap: Localized(
            es: """
                opened_at o cashier_id pone la sesión en un horario en que el cajero tiene otra, que es \
                existing_session. Elegí una hora posterior o corregí la otra sesión.
                """,
            en: """
                opened_at or cashier_id puts the session at a time when the cashier has another one: \
                existing_session. Choose a later time, or correct the other session.
                """),
        .booksClosed: Localized(
            es: """
                La business_date de la sesión no es posterior a books_closed_until del negocio. No repitas la \
                solicitud; un administrador puede cambiar esa fecha.
                """,
            en: """
                The session's business_date is not after books_closed_until of the business. Do not retry; an \
                administrator can change that date.
                """),
        .handedOver: Localized(
            es: """
                El conteo es el fondo de successor. Un administrador puede enviar acknowledge_successor: true con el \
                cambio; el fondo de successor no cambia.
                """,
            en: """
                The count is the float of successor. An administrator can send acknowledge_successor: true with the \
                change; the float of successor does not change.
                """),
        .notDeleted: Localized(
            es: "existing_session dice cómo está la sesión. Leela de nuevo.",
            en: "existing_session has the state of the session. Read it again."),
        .cashierNotReady: Localized(
            es: """
                El cajero de la sesión ya no es un cajero activo del negocio. Asignalo, o restaurá la sesión con as: \
                ENDED.
                """,
            en: """
                The session's cashier is no longer an active cashier of the business. Assign the cashier, or restore \
                the session with as: ENDED.
                """),
        .requestInFlight: Localized(
            es: """
                La primera solicitud con esta Idempotency-Key sigue en curso. Esperá los segundos de Retry-After y \
                repetila con la misma clave.
                """,
            en: """
                The first request with this Idempotency-Key is still running. Retry after Retry-After seconds, with \
                the same key.
                """),
        .emailTaken: Localized(
            es: "Otra cuenta tiene este correo; las mayúsculas no cuentan. Pedí otro correo.",
            en: "Another account has this e-mail, regardless of case. Let the user choose another."),
        .nameTaken: Localized(
            es: "Otro negocio tiene este nombre; las mayúsculas no cuentan. Pedí otro nombre.",
            en: "Another business has this name, regardless of case. Let the user choose another."),
        .externalIDTaken: Localized(
            es: "Otra sesión del negocio, abierta o no, ya tiene este external_id. Elegí otro.",
            en: "Another session of the business, open or not, has this external_id. Choose another one."),
        .countFirst: Localized(
            es: """
                El negocio cuenta a ciegas, y el cajero pide el arqueo antes de contar. actions tiene el cierre. \
                Dibujá el conteo.
                """,
            en: """
                The business counts blind, and a cashier asks for the reconciliation before the count. actions has \
                the close. Draw the count.
                """),
        .countIsFinal: Localized(
            es: "Donde se cuenta a ciegas, solo un administrador cambia montos después de contar. No la repitas.",
            en: "Where counts are blind, only an administrator changes amounts after the count. Do not retry."),
        .movementIDTaken: Localized(
            es: """
                El id es de otro movimiento del negocio, o el cuerpo cambió. existing_movement lo muestra, si la \
                persona puede verlo. Usá un id nuevo y avisá: la caja tiene una falla.
                """,
            en: """
                The id belongs to another movement of the business, or the body has changed. existing_movement shows \
                it if the user may see it. Make a new id, and report it: the till has a fault.
                """),
        .movementAlreadyReversed: Localized(
            es: "El movimiento ya tiene una anulación: existing_movement. Mostrala.",
            en: "The movement has a reversal already: existing_movement. Show it."),
        .notReversible: Localized(
            es: "El movimiento es una anulación o una apertura de cajón. No repitas la solicitud.",
            en: "The movement is a reversal or an opened drawer. Do not retry."),
        .tooManyMovements: Localized(
            es: "La sesión tiene 20 000 movimientos. Cerrala y abrí otra.",
            en: "The session has 20,000 movements. Close it and open another."),
        .hasOpenSession: Localized(
            es: """
                sessions nombra las sesiones que impiden el cambio, 20 como mucho, cada una con sus actions. Después \
                enviá de nuevo la solicitud como dice retry. Una cuenta también cambia con ?force=true.
                """,
            en: """
                sessions names the sessions that prevent the change, at most 20, each with its actions. Then send \
                the request again as retry says. An account also changes with ?force=true.
                """),
        .lastAdmin: Localized(
            es: "No quedaría ningún administrador activo. Nombrá antes a otro.",
            en: "No active administrator would be left. Make another administrator first."),
        .versionMismatch: Localized(
            es: """
                If-Match nombra otra versión que current_version. Leé la sesión de nuevo y dejá que la persona \
                decida.
                """,
            en: """
                If-Match names another version than current_version. Read the session again, and let the user \
                decide.
                """),
        .payloadTooLarge: Localized(
            es: "El cuerpo pasa los 64 KiB, y el servidor cierra la conexión. Enviá menos.",
            en: "The body is larger than 64 KiB, and the server closes the connection. Send less."),
        .unsupportedMediaType: Localized(
            es: """
                El cuerpo tiene que ser application/json en UTF-8; con PATCH también vale \
                application/merge-patch+json. Corregí la solicitud.
                """,
            en: """
                The body must be application/json in UTF-8; PATCH also takes application/merge-patch+json. Correct \
                the request.
                """),
        .validationFailed: Localized(
            es: """
                errors nombra cada campo, parámetro o encabezado con su error. Marcá los campos y enviá la solicitud \
                corregida.
                """,
            en: """
                errors names each wrong field, parameter or header. Mark the fields, and send the corrected request.
                """),
        .idempotencyKeyReused: Localized(
            es: """
                La Idempotency-Key ya se usó con otros valores. Usá una clave nueva para cada solicitud nueva, y la \
                misma solo para repetir el mismo cuerpo.
                """,
            en: """
                The Idempotency-Key was used with other values. Use a new key for each new request, and the same key \
                only to repeat the same body.
                """),
        .tooManyRequests: Localized(
            es: """
                Se llegó a un límite de intentos, de solicitudes en curso o de cambios. Esperá los segundos de \
                Retry-After. RateLimit dice cuánto queda de un cupo.
                """,
            en: """
                A limit of attempts, of requests in flight or of changes is reached. Retry after Retry-After \
                seconds. RateLimit has the rest of a budget.
                """),
        .internalError: Localized(
            es: "Es una falla del programa, nunca de la base de datos. Mostrá el request_id para soporte.",
            en: "A fault of the program, never of the database. Show the request_id for support."),
        .unavailable: Localized(
            es: """
                outcome dice si el cambio se hizo: not_applied es no, unknown es que no se sabe. Esperá los segundos \
                de Retry-After y repetí la solicitud con la misma Idempotency-Key; sin clave, leé antes.
                """,
            en: """
                outcome says whether the change was made: not_applied means no, unknown means maybe. Retry after \
                Retry-After seconds with the same Idempotency-Key; without a key, read first.
                """),
    ]
}

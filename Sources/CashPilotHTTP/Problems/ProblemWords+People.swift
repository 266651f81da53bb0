extension ProblemWords {
    /// The problems of users and businesses.
    static let people: [ProblemCode: (es: ProblemWords, en: ProblemWords)] = [
        .nameTaken: (
            es: ProblemWords(
                "Nombre en uso", "Ya hay un negocio con este nombre.",
                "Usá otro nombre, o el negocio que ya existe."),
            en: ProblemWords(
                "Name taken", "There is a business with this name already.",
                "Use another name, or the business that exists.")
        ),
        .hasOpenSession: (
            es: ProblemWords(
                "El cajero tiene una sesión abierta", "El cajero tiene una sesión abierta en este negocio.",
                "Cerrá la sesión que nombra la respuesta y después quitá al cajero del negocio."),
            en: ProblemWords(
                "The cashier has an open session", "The cashier has an open session in this business.",
                "Close the session that the answer names, then remove the cashier from the business.")
        ),
        .lastAdmin: (
            es: ProblemWords(
                "Es el último administrador", "Sin esta cuenta no quedaría ningún administrador activo.",
                "Nombrá antes a otro administrador."),
            en: ProblemWords(
                "The last administrator", "Without this account no active administrator would be left.",
                "Make somebody else an administrator first.")
        ),
    ]
}

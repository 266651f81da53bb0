import CashPilot

/// The values that a field, parameter or header accepts. An error reports them as words and as data.
///
/// Readers pass one for each field, and only an error reads it. So it is an enumeration, which is cheap to create.
enum Expectation: Sendable, Equatable {
    case object
    /// An amount of money that a client enters.
    case money
    case integer(ClosedRange<Int>)
    /// A text with a length in Unicode scalars.
    case text(ClosedRange<Int>)
    case rule(TextRule)
    case id
    case flag
    case oneOf([String])
    case instant
    /// An instant in a URL, where `+` means a space.
    case instantInURL
    case date
    case minuteOfDay
    /// A position in the event log.
    case position
    case auditAction
    /// The cursor of the same list.
    case cursor
    case idempotencyKey
    /// One of the names that a body or query may have.
    case knownName([String])
    /// A parameter that occurs once.
    case once
    /// Another value, in words that complete "This must be …".
    ///
    /// - Parameter sentence: replaces the usual sentence.
    case other(Localized, sentence: Localized? = nil)
    /// Another expectation with a condition in words, after a comma.
    indirect case with(Localized, Expectation)

    /// The smallest accepted number.
    var minimum: Int64? { bounds?.lowerBound }

    /// The largest accepted number.
    var maximum: Int64? { bounds?.upperBound }

    private var bounds: ClosedRange<Int64>? {
        switch self {
        case .money: Money.accepted
        case .integer(let range): Int64(range.lowerBound)...Int64(range.upperBound)
        case .with(_, let other): other.bounds
        default: nil
        }
    }

    /// The maximum length of a text, in Unicode scalars.
    var maxLength: Int? {
        switch self {
        case .text(let length): length.upperBound
        case .rule(let rule): rule.length.upperBound
        case .idempotencyKey: 255
        case .with(_, let other): other.maxLength
        default: nil
        }
    }

    /// The accepted values, if they are few.
    var allowed: [String] {
        switch self {
        case .oneOf(let values), .knownName(let values): values
        case .with(_, let other): other.allowed
        default: []
        }
    }

    /// The whole sentence for people, if the words alone do not make one.
    var sentence: Localized? {
        if case .other(_, let sentence) = self { sentence } else { nil }
    }

    /// A text without U+0000, which PostgreSQL cannot store.
    static func withoutNUL(_ other: Expectation) -> Expectation {
        .with(Localized(es: "sin el carácter U+0000", en: "without the character U+0000"), other)
    }

    /// A text whose white space does not count towards the minimum length.
    static func visible(_ length: ClosedRange<Int>) -> Expectation {
        let min = length.lowerBound
        return .with(
            Localized(
                es: "con al menos \(min) que no \(min == 1 ? "sea un espacio" : "sean espacios")",
                en: "at least \(min) of them not white space"),
            .text(length))
    }

    /// A text without a card number.
    static func withoutCardNumber(_ other: Expectation) -> Expectation {
        .with(
            Localized(
                es: "sin números de tarjeta, y esto parece un número de tarjeta",
                en: "without card numbers, and this looks like a card number"), other)
    }

    /// A text that follows a rule, with the condition that an invalid text breaks if the rule's words do not name it.
    static func rule(_ rule: TextRule, brokenBy error: TextError) -> Expectation {
        switch error {
        case .length, .format: .rule(rule)
        case .cardNumber: .withoutCardNumber(.rule(rule))
        case .commonPassword:
            .with(
                Localized(
                    es: "y no una de las 3000 contraseñas más comunes, como es esta",
                    en: "and not one of the 3000 most common passwords, as this one is"), .rule(rule))
        }
    }
}

/// The words.
extension Expectation {
    /// Words that complete "This must be …".
    var words: Localized {
        switch self {
        case .object: Localized(es: "un objeto JSON", en: "a JSON object")
        case .money:
            Localized(
                es: "un número entero en la unidad más chica de la moneda (guaraníes, centavos), "
                    + Self.amounts.es,
                en: "a whole number in the currency's smallest unit (guaraníes, cents), "
                    + Self.amounts.en)
        case .integer(let range):
            Localized(es: "un número entero \(Self.range(range).es)", en: "a whole number \(Self.range(range).en)")
        case .text(let length): Self.text(length)
        case .rule(let rule): rule.words
        case .id:
            Localized(
                es: "un UUID, como 0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d",
                en: "a UUID, such as 0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d")
        case .flag: Localized(es: "true o false", en: "true or false")
        case .oneOf(let values):
            Localized(
                es: "uno de estos valores: \(values.joined(separator: ", "))",
                en: "one of these values: \(values.joined(separator: ", "))")
        case .instant:
            Localized(
                es: "una fecha y hora con su diferencia con UTC, como 2026-11-30T09:00:00-03:00, entre 1970 y 9999",
                en: "a time with its offset, such as 2026-11-30T09:00:00-03:00, in the years 1970 to 9999")
        case .instantInURL:
            Localized(
                es: "\(Self.instant.words.es); en una URL, escribí el + como %2B",
                en: "\(Self.instant.words.en); write + as %2B in a URL")
        case .date: Localized(es: "una fecha, como 2026-11-30", en: "a date, such as 2026-11-30")
        case .minuteOfDay:
            Localized(
                es: "una hora del día de 00:00 a 23:59, como 05:00",
                en: "a time of day from 00:00 to 23:59, such as 05:00")
        case .position:
            Localized(
                es: "una posición de los eventos, con dígitos solamente, como 0 o el último next_after",
                en: "a position in the event log, in digits only, such as 0 or the last next_after")
        case .auditAction:
            Localized(es: "una acción, como session.open", en: "an action, such as session.open")
        case .cursor:
            Localized(
                es: "el next_cursor de otra página de esta lista, con los mismos filtros",
                en: "the next_cursor of another page of this list, with the same filters")
        case .idempotencyKey:
            Localized(
                es: "una clave de 1 a 255 caracteres ASCII visibles, sin espacios y sin comillas adentro",
                en: "a key of 1 to 255 visible ASCII characters, without spaces and without quotes inside")
        case .knownName(let names) where names.isEmpty: Localized(es: "ninguno", en: "absent")
        case .knownName: Localized(es: "uno de los nombres en allowed", en: "one of the names in allowed")
        case .once: Localized(es: "un solo valor", en: "a single value")
        case .other(let words, _): words
        case .with(let condition, let other):
            Localized(es: "\(other.words.es), \(condition.es)", en: "\(other.words.en), \(condition.en)")
        }
    }

    private static func text(_ length: ClosedRange<Int>) -> Localized {
        let (min, max) = (length.lowerBound, length.upperBound)
        return min == 0
            ? Localized(es: "un texto de hasta \(max) caracteres", en: "a text of up to \(max) characters")
            : Localized(es: "un texto de \(min) a \(max) caracteres", en: "a text of \(min) to \(max) characters")
    }

    private static var amounts: Localized {
        let (min, max) = (Money.accepted.lowerBound, NumberText.grouped(Money.accepted.upperBound))
        return Localized(es: "de \(min) a \(max.es)", en: "from \(min) to \(max.en)")
    }

    private static func range<Bound>(_ range: ClosedRange<Bound>) -> Localized {
        Localized(
            es: "de \(range.lowerBound) a \(range.upperBound)", en: "from \(range.lowerBound) to \(range.upperBound)")
    }
}

extension TextRule {
    /// Words that complete "This must be …".
    var words: Localized {
        let es = "de \(length.lowerBound) a \(length.upperBound) caracteres"
        let en = "of \(length.lowerBound) to \(length.upperBound) characters"
        return switch self {
        case .email:
            Localized(
                es: "una dirección de correo \(es), como ana@ejemplo.com, sin números de tarjeta",
                en: "an e-mail address \(en), such as ana@example.com, without card numbers")
        case .name:
            Localized(
                es: "un nombre \(es), en una sola línea y sin números de tarjeta",
                en: "a name \(en), on one line and without card numbers")
        case .password:
            Localized(
                es: "una contraseña \(es), sin caracteres de control",
                en: "a password \(en), without control characters")
        case .pin:
            Localized(
                es: "un PIN de \(length.lowerBound) a \(length.upperBound) dígitos, no todos iguales ni seguidos "
                    + "como 123456 o 987654",
                en: "a PIN of \(length.lowerBound) to \(length.upperBound) digits, not all equal and not a run such as "
                    + "123456 or 987654")
        case .currency:
            Localized(
                es: "un código de moneda ISO 4217, en mayúsculas, como PYG o USD",
                en: "an ISO 4217 currency code in capital letters, such as PYG or USD")
        case .timeZone:
            Localized(
                es: "el nombre de una zona horaria, como America/Asuncion",
                en: "the name of a time zone, such as America/Asuncion")
        case .reason:
            Localized(
                es: "un motivo \(es), en una sola línea y sin números de tarjeta",
                en: "a reason \(en), on one line and without card numbers")
        case .closingTicket:
            Localized(
                es: "un texto \(es), solo con letras sin tilde, números y guiones",
                en: "a text \(en), with ASCII letters, digits and hyphens only")
        case .externalID:
            Localized(
                es: "un texto \(es), solo con letras sin tilde, dígitos y . _ : -, sin números de tarjeta",
                en: "a text \(en), with ASCII letters, digits and . _ : - only, without card numbers")
        case .terminal:
            Localized(
                es: "un texto \(es), en una sola línea y sin números de tarjeta",
                en: "a text \(en), on one line and without card numbers")
        case .notes:
            Localized(
                es: "un texto de hasta \(length.upperBound) caracteres, sin números de tarjeta",
                en: "a text of up to \(length.upperBound) characters, without card numbers")
        }
    }

    /// English words that complete "must be …".
    package var expected: String { words.en }
}

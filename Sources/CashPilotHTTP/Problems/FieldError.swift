import CashPilot
import JSON

/// One validation error in one field of a request.
package struct FieldError: Sendable, Equatable {
    /// Stable codes that clients may switch on.
    package enum Code: String, CaseIterable, Sendable {
        case required = "REQUIRED"
        case type = "TYPE"
        case format = "FORMAT"
        case range = "RANGE"
        case length = "LENGTH"
        case `enum` = "ENUM"
        case unknownField = "UNKNOWN_FIELD"
        case unknownParameter = "UNKNOWN_PARAMETER"
        case duplicate = "DUPLICATE"
        case invalidCursor = "INVALID_CURSOR"
    }

    /// The location of the field. The payload is the location that the response reports.
    package enum Place: Sendable, Equatable {
        /// A JSON pointer into the body, as a URI fragment (RFC 6901): `#/initial_cash`.
        case pointer(String)
        case parameter(String)
        case header(String)
    }

    package let code: Code
    package let place: Place
    /// The accepted values.
    let expectation: Expectation
    /// The value found, if its JSON type is wrong.
    let found: JSONValue?

    init(_ code: Code, _ place: Place, _ expectation: Expectation, found: JSONValue? = nil) {
        self.code = code
        self.place = place
        self.expectation = expectation
        self.found = found
    }

    /// An error in a member of the body. Escapes the name, because unknown names come from the client.
    static func member(
        _ name: String, _ code: Code, _ expectation: Expectation, found: JSONValue? = nil
    ) -> FieldError {
        FieldError(code, .member(name), expectation, found: found)
    }

    /// The explanation that the response shows to people.
    var detail: Localized {
        if let sentence = expectation.sentence { return sentence }
        let words = expectation.words
        switch code {
        case .required:
            return Localized(
                es: "Este campo es obligatorio: poné \(words.es).", en: "This field is required: send \(words.en).")
        case .unknownField:
            return Localized(
                es: "Este campo no existe. Revisá cómo está escrito.",
                en: "There is no such field. Check its spelling.")
        case .unknownParameter:
            return Localized(
                es: "Este parámetro no existe. Revisá cómo está escrito.",
                en: "There is no such parameter. Check its spelling.")
        case .duplicate:
            return Localized(
                es: "Este parámetro está repetido. Mandalo una sola vez.",
                en: "This parameter is repeated. Send it once.")
        case .type, .format, .range, .length, .enum, .invalidCursor:
            let wrong = found.map { Localized(es: ", no \($0.words.es)", en: ", not \($0.words.en)") }
            return Localized(
                es: "Tiene que ser \(words.es)\(wrong?.es ?? "").",
                en: "This must be \(words.en)\(wrong?.en ?? "").")
        }
    }

    /// Writes the error as an object.
    func write(to json: inout JSONWriter, in locale: Locale) {
        json.object { json in
            json.member("code", code.rawValue)
            switch place {
            case .pointer(let pointer): json.member("pointer", pointer)
            case .parameter(let name): json.member("parameter", name)
            case .header(let name): json.member("header", name)
            }
            json.member("detail", detail[locale])
            json.member("expected", expectation.words.en)
            if let minimum = expectation.minimum { json.member("minimum", minimum) }
            if let maximum = expectation.maximum { json.member("maximum", maximum) }
            if let length = expectation.maxLength { json.member("max_length", Int64(length)) }
            let allowed = expectation.allowed
            guard !allowed.isEmpty else { return }
            json.name("allowed")
            json.array(allowed) { $0.value($1) }
        }
    }
}

extension JSONValue {
    /// The type of the value, in words that follow "not".
    fileprivate var words: Localized {
        switch self {
        case .null: Localized(es: "null", en: "null")
        case .bool: Localized(es: "true ni false", en: "true or false")
        case .integer, .hugeInteger: Localized(es: "un número", en: "a number")
        case .decimal: Localized(es: "un número con decimales", en: "a number with a fraction")
        case .string: Localized(es: "un texto", en: "a text")
        case .array: Localized(es: "una lista", en: "a list")
        case .object: Localized(es: "un objeto", en: "an object")
        }
    }
}

extension FieldError.Place {
    /// A member of the body. A name that contains a card number is not repeated.
    static func member(_ name: String) -> FieldError.Place {
        .pointer("#/" + JSONPointer.fragment(of: CardNumber.isIn(name) ? CardNumber.mask : name))
    }
}

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

    init(_ code: Code, _ place: Place) {
        self.code = code
        self.place = place
    }

    /// An error in a member of the body. Escapes the name, because unknown names come from the client.
    static func member(_ name: String, _ code: Code) -> FieldError {
        FieldError(code, .pointer("#/" + JSONPointer.fragment(of: name)))
    }

    /// The explanation that the response shows to people.
    var detail: Localized {
        switch code {
        case .required: Localized(es: "Este campo es obligatorio.", en: "This field is required.")
        case .type: Localized(es: "El tipo del valor no es el esperado.", en: "The value is of the wrong type.")
        case .format: Localized(es: "El formato del valor no es válido.", en: "The value has the wrong format.")
        case .range: Localized(es: "El valor está fuera del rango permitido.", en: "The value is out of range.")
        case .length: Localized(es: "El largo del texto no es válido.", en: "The text has the wrong length.")
        case .enum: Localized(es: "El valor no es uno de los permitidos.", en: "The value is not one of those allowed.")
        case .unknownField: Localized(es: "Este campo no existe.", en: "There is no such field.")
        case .unknownParameter: Localized(es: "Este parámetro no existe.", en: "There is no such parameter.")
        case .duplicate: Localized(es: "Este parámetro está repetido.", en: "This parameter is repeated.")
        case .invalidCursor:
            Localized(es: "El cursor no es válido para esta lista.", en: "The cursor is not valid for this list.")
        }
    }
}

/// The body of a login. Its lengths are bounds on work, not rules: a password that is too short is just wrong.
struct LoginBody {
    let email: String
    let password: String

    init(reading body: inout BodyReader) {
        email = body.requiredSecret("email", length: 1...255)
        password = body.requiredSecret("password", length: 1...128)
    }
}

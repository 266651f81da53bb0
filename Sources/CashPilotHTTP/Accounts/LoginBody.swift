/// The body of a login. Its length limits only bound the work; a too short password is simply wrong.
struct LoginBody {
    let email: String
    let password: String

    init(reading body: inout BodyReader) {
        email = body.requiredSecret("email", length: 1...255)
        password = body.requiredSecret("password", length: 1...128)
    }
}

import CashPilot
import HummingbirdCore
import JSON

/// The credentials of the caller, and, for administrators, of any user.
struct CredentialRoutes {
    let service: CredentialService

    /// `POST /v1/auth/logout` → 204. Revokes the login of the request. 403 for an API key.
    func logOut(_ request: Request, context: APIContext) async throws -> Response {
        _ = try await request.readFields(context, isBodyOptional: true) { _ in }
        try await service.logOut(try context.caller())
        return .done()
    }

    /// `GET /v1/me/credentials` → 200, a page of the caller's credentials.
    func listOwn(_ request: Request, context: APIContext) async throws -> Response {
        try await list(request, of: nil, context)
    }

    /// `DELETE /v1/me/credentials/{credential_id}` → 204; 404 for a credential of another user.
    func revokeOwn(_ request: Request, context: APIContext) async throws -> Response {
        try await revoke(request, of: nil, context)
    }

    /// `GET /v1/users/{user_id}/credentials` → 200, a page of a user's credentials.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        try await list(request, of: try context.user(), context)
    }

    /// `DELETE /v1/users/{user_id}/credentials/{credential_id}` → 204; 404 for a credential of another user.
    func revoke(_ request: Request, context: APIContext) async throws -> Response {
        try await revoke(request, of: try context.user(), context)
    }

    /// `DELETE /v1/users/{user_id}/credentials` → 204. Revokes all credentials of a user.
    func revokeAll(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.user()
        try QueryReader(request).check()
        _ = try await service.revokeAll(of: user, by: .user(try context.caller()))
        return .done()
    }

    private func list(_ request: Request, of user: UserID?, _ context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<Credential>?) = try query.page()
        let page = try await service.credentials(of: user, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.credential($1, current: context.principal?.credential) }
    }

    private func revoke(_ request: Request, of user: UserID?, _ context: APIContext) async throws -> Response {
        let credential = try context.credential()
        try QueryReader(request).check()
        _ = try await service.revoke(credential, by: .user(try context.caller()), of: user)
        return .done()
    }
}

extension JSONWriter {
    /// Writes a credential without its secret, which nobody but its holder has.
    ///
    /// - Parameter current: the credential of the request.
    mutating func credential(_ credential: Credential, current: CredentialID?) {
        object { json in
            json.member("id", credential.id)
            json.member("kind", credential.kind.rawValue)
            json.member("name", credential.name)
            json.member("created_at", credential.createdAt)
            json.member("expires_at", credential.expiresAt)
            json.member("last_used_at", credential.lastUsedAt)
            json.member("revoked_at", credential.revokedAt)
            json.member("current", credential.id == current)
        }
    }
}

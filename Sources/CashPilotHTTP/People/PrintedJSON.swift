import CashPilot
import JSON

/// JSON for the command line, in the API's format.
package enum PrintedJSON {
    package static func text(_ business: Business) -> String { written { $0.business(business) } }

    package static func text(_ member: StaffMember) -> String { written { $0.member(member) } }

    package static func text(_ key: Credential, bearer: Bearer? = nil) -> String {
        written { $0.key(key, bearer: bearer) }
    }

    package static func text(_ report: Preflight) -> String { written { $0.preflight(report) } }

    package static func text(_ bearer: Bearer, lifetime: Duration, _ user: User) -> String {
        written { $0.login(bearer, lifetime: lifetime, user) }
    }

    /// - Throws: ``MoneyError/overflow``, which accepted amounts never cause.
    package static func text(_ session: SessionView) throws -> String { try written { try $0.session(session) } }

    private static func written(_ write: (inout JSONWriter) throws -> Void) rethrows -> String {
        var json = JSONWriter()
        try write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension DomainError {
    /// The command line's error text: the code, the English sentence and the existing sessions.
    package var sentence: String {
        let problem = Problem(of: self)
        let text = "\(problem.code.rawValue): \(problem.sentence(in: .english))"
        let conflicts: [SessionConflict] =
            switch self {
            case .hasOpenSession(let held): held.sessions
            case .alreadyOpen(let conflict), .overlaps(let conflict): [conflict]
            default: []
            }
        guard !conflicts.isEmpty else { return text }
        let links = conflicts.map { SessionLink.one($0.existing.id, in: $0.existing.business) }
        return "\(text) (\(links.joined(separator: ", ")))"
    }
}

extension JSONWriter {
    /// Writes an API key, with the bearer only in the output that creates the key.
    mutating func key(_ key: Credential, bearer: Bearer?) {
        object { json in
            json.member("id", key.id)
            json.member("user_id", key.user)
            json.member("email", key.email)
            json.member("name", key.name)
            json.member("created_at", key.createdAt)
            json.member("expires_at", key.expiresAt)
            json.member("last_used_at", key.lastUsedAt)
            json.member("revoked_at", key.revokedAt)
            if let bearer { json.member("key", bearer.text) }
        }
    }
}

import CashPilot

extension JSONWriter {
    /// Writes a user's members without the braces, so that the caller can add more.
    mutating func members(of user: User) {
        member("id", user.id)
        member("email", user.email)
        member("name", user.name)
        member("role", user.role.rawValue)
        member("locale", user.locale.rawValue)
    }

    /// Writes a login's response: a bearer token, its lifetime in seconds, and its user.
    mutating func login(_ token: String, expiresIn: Int64, _ user: User) {
        object { json in
            json.member("access_token", token)
            json.member("token_type", "Bearer")
            json.member("expires_in", expiresIn)
            json.name("user")
            json.object { $0.members(of: user) }
        }
    }

    /// Writes a business's short form, for a list to choose from.
    mutating func summary(of business: Business) {
        object { json in
            json.member("id", business.id)
            json.member("name", business.name)
            json.member("currency", business.currency)
            json.member("time_zone", business.timeZone)
        }
    }

    /// Writes a business with its settings.
    mutating func business(_ business: Business) {
        object { json in
            json.member("id", business.id)
            json.member("name", business.name)
            json.member("currency", business.currency)
            json.member("time_zone", business.timeZone)
            json.name("day_cutoff")
            json.quoted { json in
                json.append(decimal: Int64(business.dayCutoffMinutes / 60), width: 2)
                json.append(":")
                json.append(decimal: Int64(business.dayCutoffMinutes % 60), width: 2)
            }
            json.member("stale_after_hours", Int64(business.staleAfterHours))
            json.member("edit_window_hours", Int64(business.editWindowHours))
            json.member("is_active", business.isActive)
            json.member("created_at", business.createdAt)
        }
    }
}

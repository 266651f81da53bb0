import CashPilot

extension JSONWriter {
    /// Writes who a user is; without the braces, so that more may follow.
    mutating func members(of user: User) {
        member("id", user.id)
        member("email", user.email)
        member("name", user.name)
        member("role", user.role.rawValue)
        member("locale", user.locale.rawValue)
    }

    /// Writes what a login answers: a bearer token, the seconds for which it holds, and whose it is.
    mutating func login(_ token: String, expiresIn: Int64, _ user: User) {
        object { json in
            json.member("access_token", token)
            json.member("token_type", "Bearer")
            json.member("expires_in", expiresIn)
            json.name("user")
            json.object { $0.members(of: user) }
        }
    }

    /// Writes a business for a choice among several.
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

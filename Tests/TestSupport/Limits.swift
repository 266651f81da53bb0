/// Settings for the time limits of `cashpilot`, each in the order that the program requires.
package enum Limits {
    /// Limits that no request exceeds on a busy machine. The request timeout is the largest that is accepted.
    package static let patient = settings(
        connect: 20_000, pool: 30_000, lock: 40_000, statement: 50_000, request: 60_000)

    /// The program's defaults: an empty setting counts as absent.
    package static let defaults = patient.mapValues { _ in "" }

    /// Limits for a replica whose requests are expected to exceed one.
    package static let short = settings(pool: 2_000, lock: 2_200, statement: 2_400, request: 4_000)

    /// Limits of fair use that no test reaches: few users send many requests at once, from one address.
    ///
    /// One open-session key may park a 32nd of the queue.
    package static let crowded = [
        "USER_REQUESTS_MAX": "65536", "ADDRESS_REQUESTS_MAX": "65536", "USER_WRITES_PER_SECOND": "0",
        "DATABASE_QUEUE_MAX": "16384",
    ]

    /// The program's limits of fair use.
    package static let fair = crowded.mapValues { _ in "" }

    /// All values are in milliseconds.
    package static func settings(
        connect: Int = 20_000, pool: Int, lock: Int, statement: Int, request: Int
    ) -> [String: String] {
        [
            "DATABASE_CONNECT_TIMEOUT_MILLISECONDS": "\(connect)", "DATABASE_POOL_WAIT_MILLISECONDS": "\(pool)",
            "DATABASE_LOCK_TIMEOUT_MILLISECONDS": "\(lock)", "DATABASE_STATEMENT_TIMEOUT_MILLISECONDS": "\(statement)",
            "DATABASE_REQUEST_TIMEOUT_MILLISECONDS": "\(request)",
        ]
    }
}

/// The address of the database, and its connection limits and timeouts.
///
/// Timeouts are nested: pool wait < lock timeout < statement timeout < the caller's own deadline. So the layer with the
/// most context gives up first.
package struct DatabaseConfiguration: Sendable {
    /// A libpq connection string or URL, with one or more hosts. Secret, because it may contain a password.
    package var connectionString: String
    /// The role for statements, instead of the login role. Letters, digits and `_`. Administration does not use it.
    package var role: String?
    /// Read connections, each with many reads in flight; at least 1.
    package var readConnections = 2
    /// Connections for ``Database/list(_:_:)``, the reads that may be slow; at least 1.
    package var listConnections = 2
    /// Connections for writes and transactions, one at a time each; at least 1.
    package var writeConnections = 8
    /// Additional connections for group commits; 0 makes every write exclusive. See
    /// ``Database/write(_:conflictKey:_:)``.
    package var groupConnections = 0
    /// Maximum number of waiting reads, of waiting lists and of waiting writes. The pool rejects further requests of
    /// the kind at once.
    ///
    /// Anonymous requests have their own places, a quarter of this number. One conflict key may use a 32nd, but always
    /// 32 places.
    package var queueMax = 1024
    /// Maximum wait for a connection, after which the pool rejects the request.
    package var poolWait = Duration.seconds(1)
    /// Maximum wait for a lock, after which the server cancels the statement (SQLSTATE 55P03).
    package var lockTimeout = Duration.milliseconds(1_500)
    /// The lock timeout for reads, if shorter than `lockTimeout`.
    ///
    /// A read waits only for DDL or an explicit table lock. The other reads in its group wait with it.
    package var readLockTimeout = Duration.milliseconds(300)
    /// The lock timeout in a group commit, if shorter than `lockTimeout`. The pool retries the writes one at a time.
    package var groupLockTimeout = Duration.milliseconds(25)
    /// Maximum run time, after which the server cancels the statement (57014). The driver closes the connection 1 s
    /// later.
    package var statementTimeout = Duration.seconds(3)
    /// Maximum time for an attempt to connect.
    package var connectTimeout = Duration.seconds(2)
    /// Maximum time that a transaction may use its connection.
    package var transactionTimeout = Duration.seconds(5)
    /// Interval at which a busy server checks that its client is still connected.
    ///
    /// The server then cancels a waiting statement of a dead client, instead of committing it later.
    package var clientConnectionCheckInterval = Duration.milliseconds(500)
    /// The name in `pg_stat_activity`.
    package var applicationName = "cashpilot"

    /// The total number of configured connections.
    package var connections: Int { readConnections + listConnections + writeConnections + groupConnections }

    package init(connectionString: String) { self.connectionString = connectionString }
}

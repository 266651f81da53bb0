/// Where the database is and how long anything about it may take.
///
/// The times are meant in this order: pool wait < lock timeout < statement timeout < the caller's own deadline. Then
/// who gives up first is the one who knows most.
package struct DatabaseConfiguration: Sendable {
    /// A libpq connection string or URL. Secret: it may hold a password. It may name several hosts.
    package var connectionString: String
    /// The role that statements run as, instead of the user's own; not for administration. Letters, digits and `_`.
    package var role: String?
    /// Connections that carry reads, many at a time. At least 1.
    package var readConnections = 2
    /// Connections that share all reads that may take long: ``Database/list(_:_:)``. At least 1.
    package var listConnections = 2
    /// Connections that carry writes and transactions, one at a time each. At least 1.
    package var writeConnections = 8
    /// Further connections, on which writes that came together share one commit; 0 gives each write its own. See
    /// ``Database/write(_:lane:_:)``.
    package var groupConnections = 0
    /// Requests that may wait for a connection; one more is refused at once. Writes of one lane may take half of it.
    package var queueMax = 1024
    /// How long a request waits for a connection before it is refused.
    package var poolWait = Duration.seconds(1)
    /// After this wait for a lock the server refuses the statement (SQLSTATE 55P03).
    package var lockTimeout = Duration.milliseconds(1_500)
    /// The same for reads, if it is shorter. They wait only for who changes a table itself, and who shares a Sync with
    /// one that waits, waits with it.
    package var readLockTimeout = Duration.milliseconds(300)
    /// The same for writes that share a commit, if it is shorter. One that must wait longer goes again alone.
    package var groupLockTimeout = Duration.milliseconds(25)
    /// After this the server cancels a statement (57014). One second later the driver gives up the connection.
    package var statementTimeout = Duration.seconds(3)
    /// How long an attempt to connect may take.
    package var connectTimeout = Duration.seconds(2)
    /// How long a transaction may hold its connection.
    package var transactionTimeout = Duration.seconds(5)
    /// How often a busy server looks whether its client is still there, so that the waiting statement of a dead client
    /// is given up and not committed later.
    package var clientConnectionCheckInterval = Duration.milliseconds(500)
    /// Shown in `pg_stat_activity`.
    package var applicationName = "cashpilot"

    /// All the connections that there should be.
    package var connections: Int { readConnections + listConnections + writeConnections + groupConnections }

    package init(connectionString: String) { self.connectionString = connectionString }
}

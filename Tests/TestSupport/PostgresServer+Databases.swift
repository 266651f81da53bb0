import Foundation
import Postgres

extension PostgresServer {
    /// A connection string of the superuser.
    package func connectionString(database: String = "postgres") -> String {
        "host=\(directory) user=postgres dbname=\(database)"
    }

    /// Runs SQL as the superuser.
    package func execute(_ sql: String, database: String = "postgres") throws {
        guard database == "postgres" else { return try connect(database: database).execute(sql) }
        try owner.use { try $0.execute(sql) }
    }

    /// A new connection of the superuser.
    package func connect(database: String = "postgres") throws -> BlockingConnection {
        try .patient(connectionString(database: database))
    }

    /// Creates a database, passes its connection string to `body`, and drops it afterwards, also if `body` throws.
    package func withDatabase<Result>(
        template: String = "template1", _ body: (_ connectionString: String) async throws -> Result
    ) async throws -> Result {
        let database = try await makeDatabase(template: template)
        defer { dropDatabase(database) }
        return try await body(database)
    }

    /// Creates a database. It exists until ``dropDatabase(_:)``.
    ///
    /// - Returns: its connection string.
    package func makeDatabase(template: String = "template1") async throws -> String {
        let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        // Copying the files takes half the time of the default strategy, which writes each page to the log.
        try await offExecutor {
            try self.execute("create database \(name) template \(template) strategy file_copy")
        }
        return connectionString(database: name)
    }

    /// Drops a database with its connections, in the background: the next test does not wait for it.
    ///
    /// A server that was stopped or killed keeps the database; its directory is removed with it.
    ///
    /// - Parameter connectionString: from ``makeDatabase(template:)``.
    package func dropDatabase(_ connectionString: String) {
        guard let name = connectionString.split(separator: "=").last else { return }
        Thread.detachNewThread { try? self.execute("drop database if exists \(name) with (force)") }
    }
}

extension String {
    /// This connection string, for a superuser who changes audited rows without audit events.
    ///
    /// Another user's stays as it is: only a superuser may do that.
    package var unaudited: String {
        contains("user=postgres") ? self + " options='-c session_replication_role=local'" : self
    }
}

extension BlockingConnection {
    /// Connects with limits that a busy machine does not exceed.
    package static func patient(_ connectionString: String) throws -> BlockingConnection {
        try BlockingConnection(try ConnectionString(connectionString), .patient(connectionString))
    }
}

extension DatabaseConfiguration {
    /// A configuration whose time limits a busy machine does not exceed.
    package static func patient(_ connectionString: String) -> DatabaseConfiguration {
        var configuration = DatabaseConfiguration(connectionString: connectionString)
        configuration.connectTimeout = .seconds(120)
        configuration.poolWait = .seconds(30)
        configuration.lockTimeout = .seconds(30)
        configuration.readLockTimeout = .seconds(30)
        configuration.statementTimeout = .seconds(60)
        configuration.transactionTimeout = .seconds(60)
        return configuration
    }
}

/// Runs blocking `work` on a new thread instead of one of Swift's.
package func offExecutor<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
    }
}

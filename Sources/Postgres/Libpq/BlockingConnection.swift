import CLibPQ
import Glibc

/// A connection with blocking calls, for migrations and administration.
///
/// Use it on a thread of its own, never on the reactor. Its errors contain the server's primary message of every class.
/// They are for the operator who ran the command, not for a log.
package final class BlockingConnection {
    private let handle: OpaquePointer
    /// Receives each message that SQL reports with `raise notice`, `info` or `warning`.
    var onRaise: ((String) -> Void)?

    /// Connects.
    ///
    /// - Parameter toAnyHost: whether to accept a read-only host, to find out why no host accepts writes.
    /// - Throws: ``DatabaseError`` with libpq's message, which may name hosts and users but no password.
    package init(
        _ string: ConnectionString, _ configuration: DatabaseConfiguration, toAnyHost: Bool = false
    ) throws(DatabaseError) {
        var settings = string.settings(for: .administration, configuration)
        if toAnyHost { settings["target_session_attrs"] = "any" }
        let seconds = (configuration.connectTimeout.wholeMilliseconds + 999) / 1_000
        settings["connect_timeout"] = settings["connect_timeout"] ?? "\(max(2, seconds))"  // libpq raises 1 to 2.
        guard let handle = ConnectionString.withCArrays(settings, { PQconnectdbParams($0, $1, 0) }) else {
            throw DatabaseError(statement: "connect", reason: .connectionLost, message: "out of memory")
        }
        self.handle = handle
        let receiver: PQnoticeReceiver = { argument, result in
            // PostgreSQL's own notices, such as "does not exist, skipping", come from other functions of the server.
            guard let argument, let source = PQresultErrorField(result, CLIBPQ_DIAG_SOURCE_FUNCTION),
                strcmp(source, "exec_stmt_raise") == 0,
                let message = PQresultErrorField(result, CLIBPQ_DIAG_MESSAGE_PRIMARY)
            else { return }
            Unmanaged<BlockingConnection>.fromOpaque(argument).takeUnretainedValue().onRaise?(String(cString: message))
        }
        PQsetNoticeReceiver(handle, receiver, Unmanaged.passUnretained(self).toOpaque())
        guard PQstatus(handle) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: "; ")
            throw DatabaseError(statement: "connect", reason: .connectionLost, message: message)
        }
    }

    deinit { PQfinish(handle) }

    /// Whether the connection uses TLS.
    package var isEncrypted: Bool { PQsslInUse(handle) == 1 }

    /// libpq's version as a number: 150018 is 15.18.
    package static var libpqVersion: Int { Int(PQlibVersion()) }

    /// Whether a transaction is open without an error.
    var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// Runs SQL without parameters and discards the result. Several statements in one text are one transaction.
    package func execute(_ text: String) throws(DatabaseError) {
        PQclear(try check(PQexec(handle, text)))
    }

    package func query(_ text: String, _ parameters: [Value] = []) throws(DatabaseError) -> Rows {
        var buffer = ParameterBuffer()
        let result = buffer.withEncoded(parameters) { count, values, lengths, formats in
            PQexecParams(handle, text, count, nil, values, lengths, formats, 1)
        }
        return Rows(QueryResult(owning: try check(result), of: "query"))
    }

    /// Waits for a notification on the channels that it listens to.
    ///
    /// - Parameter limit: the longest wait, in milliseconds.
    /// - Returns: whether a notification arrived.
    /// - Throws: ``DatabaseError`` if the connection is lost.
    func hasNotification(within limit: Int32) throws(DatabaseError) -> Bool {
        var socket = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        _ = poll(&socket, 1, limit)
        guard PQconsumeInput(handle) == 1, PQstatus(handle) == CONNECTION_OK else {
            throw DatabaseError(statement: "listen", reason: .connectionLost)
        }
        var isNotified = false
        while let notification = PQnotifies(handle) {
            isNotified = true
            PQfreemem(notification)
        }
        return isNotified
    }

    private func check(_ result: OpaquePointer?) throws(DatabaseError) -> OpaquePointer {
        guard let result else {
            throw DatabaseError(statement: "query", outcome: .unknown, reason: .connectionLost)
        }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return result
        default:
            defer { PQclear(result) }
            throw DatabaseError(reading: result, of: "query", commits: true, quoting: true)
        }
    }
}

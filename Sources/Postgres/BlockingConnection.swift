import CLibPQ
import Glibc

/// A connection whose calls wait: for migrations and administration, on a thread of their own. Never on the reactor.
///
/// Its errors quote the server's primary message whatever its class. They are for the operator who ran the command.
package final class BlockingConnection {
    private let handle: OpaquePointer

    /// Connects.
    ///
    /// - Parameter toAnyHost: take a host that only reads too, to learn why none writes.
    /// - Throws: ``DatabaseError`` with what libpq says, which may name hosts and users but no password.
    package init(
        _ string: ConnectionString, _ configuration: DatabaseConfiguration, toAnyHost: Bool = false
    ) throws(DatabaseError) {
        var settings = string.settings(for: .administration, configuration)
        if toAnyHost { settings["target_session_attrs"] = "any" }
        let seconds = (configuration.connectTimeout.wholeMilliseconds + 999) / 1_000
        settings["connect_timeout"] = settings["connect_timeout"] ?? "\(max(2, seconds))"  // libpq takes 1 for 2.
        guard let handle = ConnectionString.withCArrays(settings, { PQconnectdbParams($0, $1, 0) }) else {
            throw DatabaseError(statement: "connect", reason: .connectionLost, message: "out of memory")
        }
        self.handle = handle
        let ignoringNotices: PQnoticeReceiver = { _, _ in }
        PQsetNoticeReceiver(handle, ignoringNotices, nil)
        guard PQstatus(handle) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: "; ")
            throw DatabaseError(statement: "connect", reason: .connectionLost, message: message)
        }
    }

    deinit { PQfinish(handle) }

    /// Whether TLS protects it.
    package var isEncrypted: Bool { PQsslInUse(handle) == 1 }

    /// libpq's own version: 150018 is 15.18.
    package static var libpqVersion: Int { Int(PQlibVersion()) }

    /// Whether a transaction is open and has not failed.
    var isInTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INTRANS }

    /// Runs SQL without parameters and ignores what it answers. Several statements in one text are one transaction.
    package func execute(_ text: String) throws(DatabaseError) {
        PQclear(try check(PQexec(handle, text)))
    }

    /// Runs one statement.
    package func query(_ text: String, _ parameters: [Value] = []) throws(DatabaseError) -> Rows {
        var buffer = ParameterBuffer()
        let result = buffer.withEncoded(parameters) { count, values, lengths, formats in
            PQexecParams(handle, text, count, nil, values, lengths, formats, 1)
        }
        return Rows(QueryResult(owning: try check(result), of: "query"))
    }

    /// Waits until something is notified on a channel that it listens to.
    ///
    /// - Parameter limit: in milliseconds.
    /// - Returns: whether anything was.
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

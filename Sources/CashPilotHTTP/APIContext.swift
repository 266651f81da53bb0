import CashPilot
import NIOCore

/// What is known about a request besides the request itself.
package struct APIContext: Sendable {
    /// Names the request in its answer, in the log and in the audit trail.
    package var requestID = ""
    /// What it is in a trace; `nil` if spans are not exported.
    var span: RequestSpan?
    /// Who asks; `nil` where anyone may.
    var identity: TokenIdentity?
    /// What the `{…}` of the endpoint's path stand for, in their order: a business comes first, then a session.
    var pathValues: [Substring] = []
    /// `nil` in tests.
    private let connection: (any Channel)?

    package init(_ connection: any Channel) { self.connection = connection }

    /// A context without a connection, for tests.
    package init() { connection = nil }

    /// Tells a client that waits with its body (`Expect: 100-continue`) to send it.
    func askForBody() { connection?.triggerUserOutboundEvent(BodyWanted(), promise: nil) }

    /// Calls `done` when the client hangs up before the answer to this request has ended.
    func whenHungUp(_ done: @escaping @Sendable () -> Void) {
        connection?.triggerUserOutboundEvent(HangUpWatched(onHangUp: done), promise: nil)
    }

    /// Ends the connection at once, whatever is on its way.
    var cut: @Sendable () -> Void {
        let connection = connection
        return { connection?.close(promise: nil) }
    }

    /// Who is at the other end of the connection: the client, or a proxy.
    var peer: IPAddress? { connection?.remoteAddress?.ipAddress.flatMap { IPAddress($0) } }

    /// The one who asks, as the domain and the audit trail name them.
    ///
    /// - Throws: a ``Problem``, 401, where the endpoint lets anyone ask.
    func caller() throws(Problem) -> Caller {
        guard let identity else { throw .noToken }
        return Caller(id: identity.userID, requestID: requestID)
    }

    /// The business in the path.
    ///
    /// - Throws: a ``Problem``, 404: what is no id is no business's.
    func business() throws(Problem) -> BusinessID { try id(at: 0) }

    /// The user in the path, who always comes last.
    func user() throws(Problem) -> UserID { try id(at: pathValues.indices.last ?? 0) }

    /// The session in the path.
    func session() throws(Problem) -> SessionID { try id(at: 1) }

    private func id<Entity>(at place: Int) throws(Problem) -> ID<Entity> {
        guard place < pathValues.count, let id = ID<Entity>(pathValues[place]) else { throw Problem(.notFound) }
        return id
    }
}

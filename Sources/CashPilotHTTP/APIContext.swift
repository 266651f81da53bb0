import CashPilot
import HTTPServer
import Telemetry

/// Everything known about a request apart from the request itself.
package struct APIContext: Sendable {
    /// The service's own id of the request, for the log and the audit trail.
    var requestID = ""
    /// The id that the client gave the request; `nil` if it gave none, or an invalid one.
    var clientRequestID: String?
    /// The request's span; `nil` if spans are not exported.
    var span: RequestSpan?
    /// The bearer of an authenticated request; `nil` on endpoints that need no authentication.
    var bearer: BearerHash?
    /// The principal of the bearer. It decides nothing: each statement reads the credential again.
    var principal: Principal?
    /// The bearer of a request to an endpoint for terminals. The statement of the endpoint checks it.
    var terminal: BearerHash?
    /// The values of the path's `{…}` placeholders, in order. A business precedes a session.
    var pathValues: [Substring] = []
    let connection: RequestConnection

    init(_ connection: RequestConnection) { self.connection = connection }

    /// The remote address of the connection: the client's, or a proxy's.
    var peer: IPAddress? { connection.peer }

    /// The caller, in the form that the domain and the audit trail use.
    ///
    /// - Throws: a ``Problem``, 401, if the request is not authenticated.
    func caller() throws(Problem) -> Caller {
        guard let bearer, let principal else { throw .noToken }
        return Caller(id: principal.user, bearer: bearer, requestID: requestID, clientRequestID: clientRequestID)
    }

    /// The bearer of a request of a terminal.
    ///
    /// - Throws: a ``Problem``, 401, if the endpoint is not for terminals.
    func terminalBearer() throws(Problem) -> BearerHash {
        guard let terminal else { throw .noToken }
        return terminal
    }

    /// The id of the request in its response: the client's own, if it gave one.
    var shownRequestID: String { clientRequestID ?? requestID }

    /// The business in the path.
    ///
    /// - Throws: a ``Problem``, 404, if the path segment is not a valid id.
    func business() throws(Problem) -> BusinessID { try id(at: 0) }

    /// The user in the path.
    ///
    /// - Parameter place: the index of the placeholder.
    func user(at place: Int = 0) throws(Problem) -> UserID { try id(at: place) }

    /// The credential in the path, which is always the last placeholder.
    func credential() throws(Problem) -> CredentialID { try id(at: pathValues.indices.last ?? 0) }

    /// The session in the path.
    func session() throws(Problem) -> SessionID { try id(at: 1) }

    /// The movement in the path.
    ///
    /// - Throws: a ``Problem``, 404, if the path segment is not a valid id.
    func movement() throws(Problem) -> MovementID { try id(at: 2) }

    private func id<Entity>(at place: Int) throws(Problem) -> ID<Entity> {
        guard place < pathValues.count, let id = ID<Entity>(pathValues[place]) else { throw Problem(.notFound) }
        return id
    }
}

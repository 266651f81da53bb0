import NIOPosix

/// A service elsewhere said no, or nothing: the reason goes to standard error, and the exit status is 1.
struct ServiceFault: Error, CustomStringConvertible {
    let description: String
    /// Whether the same request may do better a little later.
    let mayPass: Bool

    private static let passing = [429, 502, 503, 504]

    init(unreachable address: String, _ error: any Error) {
        let refused = (error as? NIOConnectionError)?.connectionErrors.first?.error ?? error
        description = "\(address) does not answer: \(refused)"
        mayPass = true
    }

    /// It answered, and that is all.
    init(status: Int, at address: String) {
        description = "\(address) answered \(status)"
        mayPass = Self.passing.contains(status)
    }

    /// - Parameter problem: the document of the answer (RFC 9457), if it is one.
    init(status: Int, problem: JSONTree, at address: String) {
        mayPass = Self.passing.contains(status) || problem["code"] == .string("REQUEST_IN_FLIGHT")
        guard case .string(let code) = problem["code"] else {
            description = "\(address) answered \(status), and not as CashPilot does. Is this its address?"
            return
        }
        let faults = problem["errors"].items.map { fault in
            let place = ["pointer", "parameter", "header"].map { fault[$0] }.first { $0 != .null } ?? .null
            return "\n  \(place.text): \(fault["detail"].text)"
        }
        description = "\(code): \(problem["detail"].text)\(faults.joined())"
    }
}

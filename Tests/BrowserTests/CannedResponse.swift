/// HTTP responses for a ``ServiceLine`` that the service itself does not give.
enum CannedResponse {
    static let badGateway = text("502 Bad Gateway", "text/html", "<html><h1>502</h1><p>nginx</p></html>")

    static func json(_ status: String, _ body: String) -> String {
        text(status, status.hasPrefix("2") ? "application/json" : "application/problem+json", body)
    }

    private static func text(_ status: String, _ type: String, _ body: String) -> String {
        """
        HTTP/1.1 \(status)\r
        Content-Type: \(type)\r
        Content-Language: es-PY\r
        Content-Length: \(body.utf8.count)\r
        Connection: close\r
        \r
        \(body)
        """
    }

    /// A 409 with these actions.
    ///
    /// - Parameter retry: the URL to send the refused request to again.
    static func conflict(
        title: String = "No se puede abrir una nueva sesión", retry: String? = nil, _ actions: String
    ) -> String {
        json(
            "409 Conflict",
            #"""
            {"type":"/problems/session-already-open","title":"\#(title)","status":409,
             "detail":"Tenés una sesión abierta desde las 14:15","code":"SESSION_ALREADY_OPEN",
             "existing_session":{"id":"s","session_number":1042,"stale":false,"cashier_name":"Ana Benítez",
              "business_name":"Farmacia Centro","opened_by_name":"Ana Benítez","terminal":null,"terminal_id":"till-2",
              "same_terminal":false,"opened_time":"14:15","currency":"PYG","currency_minor_units":0,
              "initial_cash":150000,"handed_over_from":null},
             "actions":[\#(actions)]\#(retry.map { #","retry":{"method":"POST","href":"\#($0)"}"# } ?? "")}
            """#)
    }
}

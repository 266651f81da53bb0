import Foundation
import TestSupport

/// A headless Chromium, controlled by the W3C WebDriver protocol. All tests share one and are serialized.
///
/// A supervising shell kills the driver and the browser when this test process ends.
struct Browser: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let driver: CashPilotProcess
    /// Sends the commands.
    private let client: Person
    private let session: String

    static func shared() async throws -> Browser { try await sharedStart.value }
    private static let sharedStart = Task { try await start() }

    private static func start() async throws -> Browser {
        for program in ["/usr/bin/chromium", "/usr/bin/chromedriver"]
        where !FileManager.default.isExecutableFile(atPath: program) {
            throw Failure(
                description: "\(program) is missing. Run scripts/install --with-tests, or install Debian's packages "
                    + "chromium and chromium-driver.")
        }
        // Its profile is in its working directory.
        let driver = try CashPilotProcess(
            [
                "-c",
                #"export HOME="$PWD" TMPDIR="$PWD"; exec setsid /usr/bin/chromedriver --port=0 --log-level=SEVERE"#,
            ],
            environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"], executable: URL(filePath: "/bin/sh"))
        let port = try await eventually("chromedriver listens", within: patience) {
            if let status = driver.status {
                throw Failure(description: "chromedriver ended with \(status): \(driver.errors)\(driver.output)")
            }
            return driver.output.firstMatch(of: #/started successfully on port (\d+)/#).map { String($0.1) }
        }
        let client = Person.nobody(at: "http://127.0.0.1:\(port)")
        let reply = try await client.send("POST", "/session", capabilities, within: patience)
        guard let session = try reply.json["value"]["sessionId"].string else {
            throw Failure(description: "the browser does not start: \(reply.text)")
        }
        return Browser(driver: driver, client: client, session: session)
    }

    private static var capabilities: String {
        let sandbox = getuid() == 0 ? #""--no-sandbox", "# : ""
        return """
            {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"script": 120000},
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "args": [\(sandbox)"--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
                    "--disable-crash-reporter", "--disable-background-networking", "--disable-extensions", "--hide-scrollbars"],
                "prefs": {"intl.accept_languages": "es-PY", "credentials_enable_service": false}}}}}
            """
    }

    /// Sends a command.
    ///
    /// - Returns: the value of the response.
    @discardableResult
    func command(_ method: String, _ path: String, _ body: [String: JSON]? = nil) async throws -> JSON {
        let reply = try await client.send(
            method, "/session/\(session)\(path)", body.map { JSON.object($0).text } ?? (method == "POST" ? "{}" : nil),
            within: Self.patience)
        let value = try reply.json["value"]
        guard reply.status == 200 else {
            throw Failure(
                description: "\(method) \(path): \(value["error"].string ?? "") \(value["message"].string ?? "")")
        }
        return value
    }

    /// Runs a function's body in the page. Its result must be JSON without fractions.
    @discardableResult
    func run(_ script: String, _ arguments: JSON...) async throws -> JSON {
        try await command("POST", "/execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    /// Runs a function's body that returns its result by calling `arguments[arguments.length - 1]`.
    func runAsync(_ script: String) async throws -> JSON {
        try await command("POST", "/execute/async", ["script": .string(script), "args": .array([])])
    }
}

extension JSON {
    /// The JSON text.
    var text: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.key)):\($0.value.text)" }.joined(separator: ",") + "}"
        case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
        case .string(let value): Self.quoted(value)
        case .integer(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .null: "null"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\u{0}"..."\u{1F}": "\\u" + String(scalar.value + 0x10000, radix: 16).dropFirst()
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

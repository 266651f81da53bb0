import Foundation
import TestSupport
import Testing

@Suite("Client input in the log")
struct LogInjectionTests {
    @Test("Client input stays within one JSON log line, whatever its bytes, and long texts are not logged")
    func oneLine() async throws {
        try await withShop(settings: ["LOG_LEVEL": "trace"]) { shop in
            let nasty = [
                #"\r\n{\"message\":\"forged\"}"#, #"\u001b[2J\u001b]0;x\u0007"#, #"\"}\n{\"message\":\"forged\"}"#,
                #"\u2028\u2029\u0085\u202e"#, #"\\"#, #"😀"#,
            ]
            for text in nasty {
                _ = try await shop.ana.open(
                    in: shop.centro, #"{"initial_cash": 1, "terminal_id": "\#(text)", "notes": "\#(text)"}"#)
                _ = try await shop.ana.open(in: shop.centro)
                _ = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 1, "\#(text)": 1}"#)
                _ = try await shop.stranger.post("/v1/auth/token", #"{"email": "\#(text)", "password": "\#(text)"}"#)
                _ = try await shop.administrator.post(
                    "/v1/businesses", #"{"name": "\#(text)", "currency": "PYG", "time_zone": "\#(text)"}"#)
            }
            let long = String(repeating: "x", count: 60_000)
            _ = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 1, "notes": "\#(long)"}"#)
            // A database error, whose log line has the request id.
            try shop.execute("revoke insert on cash_sessions from cashpilot_app")
            _ = try await shop.bruno.open(in: shop.centro, headers: ["X-Request-Id": "a\"b"])
            try await sendRaw(to: shop)
            _ = try await shop.stranger.get("/livez", headers: ["X-Request-Id": "the-last"])
            try await eventually("the log has them") {
                try shop.services[0].log("request").contains { $0["client_request_id"] == "the-last" } ? true : nil
            }
            let lines = shop.services[0].process.errors.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines.dropLast() {
                let json = try JSON(parsing: Data(line.utf8))
                #expect(json["message"].string != nil && json["message"] != "forged", "\(line)")
                #expect(!line.contains(long.prefix(129)), "\(line)")
                let isPlain = line.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value)
                        && ![0x2028, 0x2029, 0x202e].contains($0.value)
                }
                #expect(isPlain, "\(line)")
            }
        }
    }

    /// Sends requests that no HTTP client would send.
    private func sendRaw(to shop: Shop) async throws {
        let port = shop.stranger.address.split(separator: ":").last.map(String.init) ?? ""
        let requests = [
            #"GET /livez%0d%0a%7b%22message%22:%22forged%22%7d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"#,
            #"GET /livez?a=\x1b[2J HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"#,
            #"GET /v1/me HTTP/1.1\r\nHost: x\r\nUser-Agent: \x1b]0;forged\x07\xff\xfe\r\nConnection: close\r\n\r\n"#,
            #"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Request-Id: {"message":"forged"}\r\nConnection: close\r\n\r\n"#,
            #"GET /v1/me HTTP/1.1\r\nHost: x\r\ntraceparent: 00-"\x1b-01\r\nConnection: close\r\n\r\n"#,
            #"BREW\x1b /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"#,
            #"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\n{"message":"forged"}\r\nConnection: close\r\n\r\n"#,
            #"PROPFIND /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"#,
        ]
        for request in requests {
            // `timeout` limits it; the response does not matter.
            _ = try await Shell.output(
                #"timeout 60 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"; printf "%b" "$2" >&3; cat <&3' bash "$1" "$2" || true"#,
                [port, request])
        }
    }
}

import TestSupport
import Testing

@Suite("Below a path")
struct BelowPathTests {
    private static let base = "/cashpilot"

    @Test(
        "A shift works below a path behind haproxy and nginx, which compress responses",
        arguments: ReverseProxy.Program.allCases)
    func shift(program: ReverseProxy.Program) async throws {
        try await withShop(settings: ["PUBLIC_BASE_PATH": Self.base]) { shop in
            let proxy = try await ReverseProxy(program, to: shop.services[0])
            var ana = shop.stranger
            ana.address = proxy.address
            let credentials = #"{"email": "\#(shop.ana.email)", "password": "\#(shop.ana.password)"}"#
            let login = try await ana.post("\(Self.base)/v1/auth/token", credentials)
            #expect(login.status == 200)
            ana.token = try login.json["access_token"].string

            let sessions = "\(Self.base)/v1/businesses/\(shop.centro)/sessions"
            let opened = try await ana.post(sessions, #"{"initial_cash": 150000}"#)
            #expect(opened.status == 201, "\(opened.text)")
            let location = try #require(opened[header: "Location"])
            #expect(location.hasPrefix("\(sessions)/"))

            let compressed = try await ana.get(location, headers: ["Accept-Encoding": "gzip"])
            #expect(compressed.status == 200 && compressed[header: "Content-Encoding"] == "gzip")
            let tag = try #require(compressed[header: "ETag"])
            #expect(tag.contains("1"))
            let unchanged = try await ana.get(location, headers: ["If-None-Match": tag, "Accept-Encoding": "gzip"])
            #expect(unchanged.status == 304)

            let conflict = try await ana.post(sessions, #"{"initial_cash": 1}"#)
            #expect(conflict.status == 409)
            let problem = try conflict.json
            let actions = problem["actions"].items
            let view = try #require(actions.first { $0["name"] == "view" }?["href"].string)
            let close = try #require(actions.first { $0["name"] == "close" }?["href"].string)
            #expect(view == location && problem["retry"]["href"].string == sessions)
            #expect(try await ana.get(view).status == 200)
            let closed = try await ana.post(close, #"{"final_cash": 150000}"#, headers: ["If-Match": tag])
            #expect(closed.status == 200, "\(closed.text)")

            let type = try #require(problem["type"].string)
            #expect(type.hasPrefix("\(Self.base)/problems/"))
            for page in [type, "\(Self.base)/till", "\(Self.base)/docs", "\(Self.base)/openapi.yaml"] {
                #expect(try await ana.get(page).status == 200, "\(page)")
            }
            for root in [Self.base, "\(Self.base)/"] {
                let reply = try await ana.get(root)
                #expect(reply.status == 302 && reply[header: "Location"] == "\(Self.base)/till", "\(root)")
            }

            #expect(try await ana.post(sessions, #"{"initial_cash": 1}"#).status == 201)
            let list = try await ana.get("\(sessions)?limit=1")
            let next = try #require(list[header: "Link"]).dropFirst().prefix { $0 != ">" }
            #expect(next.hasPrefix("\(sessions)?limit=1&cursor="))
            #expect(try await ana.get(String(next)).json["items"].items.count == 1)
            #expect(try await ana.get("/v1/me").status == 404, "other paths of the host are not CashPilot's")
        }
    }
}

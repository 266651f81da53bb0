import TestSupport
import Testing

@Suite("What the 409 of an open says and offers")
struct DialogTests {
    private func forAna(_ shop: Shop, _ more: String = "") -> String {
        #"{"initial_cash": 1, "cashier_id": "\#(shop.ana.id)"\#(more)}"#
    }

    @Test("The 409 has what, where, who, how much and in which currency, and which till, of the existing session")
    func facts() async throws {
        try await withShop { shop in
            let body = #"{"initial_cash": 1000, "terminal_id": "till-1"}"#
            let first = try await shop.ana.open(in: shop.centro, body).json
            let existing = try Dialog(try await shop.ana.open(in: shop.centro)).existing
            #expect(
                existing.members.keys.sorted() == [
                    "business_date", "business_id", "business_name", "cashier_id", "cashier_name", "currency",
                    "currency_minor_units", "handed_over_from", "href", "id", "initial_cash", "opened_at",
                    "opened_by_name", "opened_time", "same_terminal", "session_number", "stale", "status", "terminal",
                    "terminal_id", "time_zone", "version",
                ])
            for member in [
                "id", "session_number", "status", "business_id", "cashier_id", "opened_at", "business_date",
                "time_zone", "stale", "version", "currency", "currency_minor_units", "initial_cash", "terminal_id",
            ] {
                #expect(existing[member] == first[member], "\(member)")
            }
            #expect(existing["currency"] == "PYG" && existing["currency_minor_units"] == 0)
            #expect(existing["cashier_name"].string == shop.ana.name)
            #expect(existing["opened_by_name"].string == shop.ana.name)
            #expect(existing["business_name"] == "Farmacia Centro")
            #expect(existing["terminal"] == .null && existing["handed_over_from"] == .null)
            #expect(existing["href"].string == Person.path(of: first))
            let dollars = try await shop.carla.open(in: shop.corner).json
            let other = try Dialog(try await shop.carla.open(in: shop.corner)).existing
            #expect(other["id"] == dollars["id"])
            #expect(other["currency"] == "USD" && other["currency_minor_units"] == 2)
            #expect(other["business_name"] == "Corner Drugstore")
        }
    }

    @Test("same_terminal says whether the request names the session's terminal, and is null if either has none")
    func sameTerminal() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 1, "terminal_id": "till-1"}"#)
            _ = try await shop.bruno.open(in: shop.centro, #"{"initial_cash": 1}"#)
            let (here, there) = (#", "terminal_id": "till-1""#, #", "terminal_id": "till-2""#)
            for (more, expected) in [(here, true), (there, false), ("", .null)] as [(String, JSON)] {
                let own = try Dialog(try await shop.ana.open(in: shop.centro, #"{"initial_cash": 1\#(more)}"#))
                #expect(own.existing["same_terminal"] == expected, "\(more)")
                let other = try Dialog(try await shop.administrator.open(in: shop.centro, forAna(shop, more)))
                #expect(other.existing["same_terminal"] == expected, "\(more)")
            }
            let without = try Dialog(try await shop.bruno.open(in: shop.centro, #"{"initial_cash": 1\#(here)}"#))
            #expect(without.existing["same_terminal"] == .null)
        }
    }

    @Test("The 409 says which handover and whom the existing session comes from")
    func handedOver() async throws {
        try await withShop { shop in
            let first = try await shop.bruno.open(in: shop.centro).json
            let next = try await shop.bruno.change(
                "handover", first, #"{"to_cashier_id": "\#(shop.ana.id)", "final_cash": 7}"#
            ).json
            let existing = try Dialog(try await shop.ana.open(in: shop.centro)).existing
            #expect(existing["id"] == next["id"])
            #expect(existing["opened_by_name"].string == shop.bruno.name)
            let link: [String: JSON] = [
                "id": first["id"], "session_number": first["session_number"],
                "href": .string(Person.path(of: first)), "by": next["opened_by"],
            ]
            #expect(existing["handed_over_from"] == .object(link))
        }
    }

    @Test("The actions of the cashier are view, close, end and resume, and retry is the refused request")
    func cashiersActions() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let (path, all) = (Person.path(of: first), "/v1/businesses/\(shop.centro)/sessions")
            for (language, titles) in [
                ("es-PY", ["Ver Sesión", "Cerrar", "Terminar sin contar", "Seguir con esta sesión"]),
                ("en", ["View session", "Close session", "End without counting", "Continue with it"]),
            ] {
                let reply = try await shop.ana.open(in: shop.centro, headers: ["Accept-Language": language])
                let dialog = try Dialog(reply)
                #expect(dialog.names == ["view", "close", "end", "resume"])
                #expect(dialog.actions.map { $0["title"].string } == titles)
                #expect(dialog.actions.map { $0["style"] } == ["default", "primary", "default", "default"])
                #expect(dialog.actions.map { $0["method"] } == ["GET", "POST", "POST", "POST"])
                #expect(
                    dialog.actions.map { $0["href"].string }
                        == [path, "\(path)/close", "\(path)/end", "\(all)?on_conflict=resume"])
                #expect(dialog.actions.map { $0["type"] } == [.null, "application/json", .null, .null])
                #expect(dialog.actions.map { $0["if_match"] } == [.null, #""1""#, #""1""#, .null])
                #expect(dialog.retryTarget == "POST \(all)")
            }
        }
    }

    @Test("An administrator who opens for a cashier is offered force_close too, and reads the cashier's name")
    func administratorsActions() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            for (language, title, start) in [
                ("es-PY", "Forzar cierre", "Ana tiene una sesión abierta desde "),
                ("en", "Force close", "Ana has an open session from "),
            ] {
                let reply = try await shop.administrator.open(
                    in: shop.centro, forAna(shop), headers: ["Accept-Language": language])
                let dialog = try Dialog(reply)
                #expect(dialog.names == ["view", "close", "end", "resume", "force_close"])
                #expect(dialog.detail.hasPrefix(start), "\(dialog.detail)")
                let force = try dialog.action("force_close")
                #expect(force["title"].string == title)
                #expect(force["style"] == "danger" && force["method"] == "POST" && force["if_match"] == #""1""#)
                #expect(force["href"].string == "\(Person.path(of: first))/force-close")
                #expect(force["type"] == "application/json")
                #expect(dialog.retryTarget == "POST /v1/businesses/\(shop.centro)/sessions")
            }
        }
    }

    @Test(
        "close and force_close list exactly the fields that their endpoints accept, with their limits",
        arguments: ["close", "force_close"])
    func fields(name: String) async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            let dialog = try Dialog(try await shop.administrator.open(in: shop.centro, forAna(shop)))
            let fields = try dialog.action(name)["fields"].items
            let unknown = try await dialog.take(name, as: shop.administrator, #"{"no_such_field": 1}"#).json["errors"]
            let refusal = try #require(unknown.items.first { $0["code"] == "UNKNOWN_FIELD" })
            let listed = try dialog.fields(of: name)
            #expect(Set(listed) == Set(refusal["allowed"].items.compactMap(\.string)))
            var needed: [String] = []
            for field in fields where field["required"] == true { needed.append("#/\(field["name"].string ?? "")") }
            let missing = unknown.items.filter { $0["code"] == "REQUIRED" }.compactMap { $0["pointer"].string }
            #expect(missing == needed, "\(fields)")
            for field in fields {
                #expect(field["title"].string?.isEmpty == false, "\(field)")
                let isMoney = field["type"] == "integer"
                #expect(field["format"] == (isMoney ? "money" : .null), "\(field)")
                #expect(field["currency"] == (isMoney ? "PYG" : .null), "\(field)")
                #expect(field["currency_minor_units"] == (isMoney ? 0 : .null), "\(field)")
            }
            func body(beyondLimits excess: Int) throws -> String {
                let members = try fields.map { field in
                    let name = try #require(field["name"].string)
                    if let maximum = field["maximum"].integer { return "\"\(name)\": \(maximum + Int64(excess))" }
                    let length = try #require(field["max_length"].integer)
                    return "\"\(name)\": \"\(String(repeating: "a", count: Int(length) + excess))\""
                }
                return "{\(members.joined(separator: ", "))}"
            }
            let tooMuch = try await dialog.take(name, as: shop.administrator, try body(beyondLimits: 1))
            #expect(tooMuch.status == 422)
            #expect(try tooMuch.json["errors"].items.count == fields.count, "\(tooMuch.text)")
            let taken = try await dialog.take(name, as: shop.administrator, try body(beyondLimits: 0))
            #expect(taken.status == 200, "\(taken.text)")
            #expect(try taken.json["status"] == "CLOSED")
        }
    }
}

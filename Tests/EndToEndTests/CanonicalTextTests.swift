import TestSupport
import Testing

@Suite("Texts in their canonical form")
struct CanonicalTextTests {
    @Test("A login ignores white space around the e-mail address, invisible characters, and full-width letters")
    func login() async throws {
        try await withShop { shop in
            for email in [
                "\(shop.ana.email) ", " \(shop.ana.email)", "\(shop.ana.email)\\t", "\(shop.ana.email)\u{A0}",
                "\u{200B}\(shop.ana.email.uppercased())\u{3000}", "ａｎａ@demo.example",
            ] {
                let reply = try await shop.stranger.post(
                    "/v1/auth/token", #"{"email": "\#(email)", "password": "\#(shop.ana.password)"}"#)
                #expect(reply.status == 200, "\(email)")
                #expect(try reply.json["user"]["email"].string == shop.ana.email)
            }
            let spaced = try await shop.stranger.post(
                "/v1/auth/token", #"{"email": "\#(shop.ana.email)", "password": "\#(shop.ana.password) "}"#)
            #expect(spaced.status == 401, "a password is compared as it is typed")
        }
    }

    @Test("A name or address that differs in case, white space or Unicode form only is taken")
    func taken() async throws {
        try await withShop { shop in
            func business(_ name: String) async throws -> Reply {
                try await shop.administrator.post(
                    "/v1/businesses", #"{"name": "\#(name)", "currency": "PYG", "time_zone": "UTC"}"#)
            }
            let made = try await business("  Farmacia\u{A0} N\u{303}andu\u{301}\u{200B} ")
            #expect(made.status == 201)
            #expect(try made.json["name"] == "Farmacia Ñandú")
            for name in ["farmacia ñandú", "FARMACIA ÑANDÚ", "Farmacia  Ñandu\u{301}", "\u{3000}Farmacia\u{2003}Ñandú"]
            {
                let reply = try await business(name)
                #expect(reply.status == 409, "\(name)")
                #expect(try reply.json["code"] == "NAME_TAKEN")
            }
            for email in ["ANA@DEMO.EXAMPLE ", "ana@demo.example\u{200B}", "ａｎａ@demo.example"] {
                let reply = try await shop.administrator.post(
                    "/v1/users", #"{"email": "\#(email)", "name": "Otra", "password": "otra clave"}"#)
                #expect(reply.status == 409, "\(email)")
                #expect(try reply.json["code"] == "EMAIL_TAKEN")
            }
        }
    }

    @Test("A card number is refused in every text, key and reason, and is in no log line and no row")
    func cardNumbers() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            for card in ["4111 1111 1111 1111", "4111.1111.1111.1111", "４１１１１１１１１１１１１１１１"] {
                let edited = try await shop.ana.edit(session, #"{"notes": "pagó con \#(card)"}"#)
                #expect(edited.status == 422)
                #expect(
                    try edited.json["errors"][0]["detail"].string?.contains("parece un número de tarjeta") == true)
                #expect(try await shop.ana.edit(session, #"{"terminal_id": "\#(card)"}"#).status == 422)
            }
            let headers = ["Idempotency-Key": "4111-1111-1111-1111", "X-Request-Id": "4111-1111-1111-1111"]
            let closed = try await shop.ana.close(session, headers: headers)
            #expect(closed.status == 422)
            #expect(try closed.json["errors"][0]["header"] == "Idempotency-Key")
            #expect(closed[header: "X-Request-Id"] != "4111-1111-1111-1111")
            for harmless in ["EAN 7840058006226", "IMEI 490154203237518", "Gs 1.500.000"] {
                #expect(try await shop.ana.edit(session, #"{"notes": "\#(harmless)"}"#).status == 200)
            }
            #expect(try await shop.ana.edit(session, #"{"terminal_id": "1548138160707"}"#).status == 200)
            #expect(!shop.services[0].process.errors.contains("4111-1111-1111"))
        }
    }

    @Test("The command line takes names and addresses in their canonical form, and refuses card numbers")
    func commandLine() async throws {
        try await withShop { shop in
            let zone = ["--currency", " PYG", "--time-zone", "America/Asuncion "]
            let made = try await shop.run(["business", "create", "--name", " Farmacia \u{A0}Este ", "--json"] + zone)
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.output.contains(#""name":"Farmacia Este""#))
            let again = try await shop.run(["business", "create", "--name", "FARMACIA\tESTE"] + zone)
            #expect(again.status == 1)
            #expect(again.errors.contains("NAME_TAKEN"))
            let listed = try await shop.run(["sessions", "list", "--as", " ADMIN@demo.example\u{200B}"])
            #expect(listed.status == 0, "\(listed.errors)")
            let card = try await shop.run(["business", "create", "--name", "Caja 4111-1111-1111-1111"] + zone)
            #expect(card.status == 64)
            #expect(card.errors.contains("looks like a card number"))
        }
    }
}

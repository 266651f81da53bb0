import TestSupport
import Testing

extension TillTests {
    @Suite("Network and server errors")
    struct FaultTests {
        @Test("After a lost response the page offers a retry with the same key, which opens one session")
        func lostAnswer() async throws {
            try await withLine { till, line in
                let browser = till.browser
                line.become(.losesAnswers)
                try await till.openSession("150.000")
                #expect(try await browser.text("[role=alert] strong") == "No sabemos si se guardó")
                #expect(try await browser.isFocused("#retry"))
                try await browser.takePicture("lost-es-1024")
                try await eventually("the session whose response was lost") {
                    try till.shop.query("select count(*)::text from cash_sessions") == "1" ? true : nil
                }
                line.become(.whole)
                try await browser.click("#retry")
                try await browser.find("[data-status=OPEN]")
                #expect(try await browser.text("[role=status]") == "La sesión está abierta. ¡Buen turno!")
                let opens = try await till.sent("POST", ending: "/sessions")
                try #require(opens.count == 2)
                #expect(opens[0]["key"] == opens[1]["key"])
                #expect(opens[1]["replayed"] == "true")
                #expect(try till.shop.query("select count(*)::text from cash_sessions") == "1")
                #expect(
                    try await till.sent("GET", ending: Person.path(of: try await current(till))).count == 1,
                    "a replayed response may be outdated, so the page loads the session")
            }
        }

        @Test("A request on a silent connection times out after 8 s, and its retry has one effect")
        func silence() async throws {
            try await withLine { till, line in
                line.become(.swallowsAnswers)
                let begin = ContinuousClock.now
                try await till.openSession("150.000")
                #expect(try await till.browser.text("[role=alert] strong") == "No sabemos si se guardó")
                #expect(begin.duration(to: .now) >= .seconds(8))
                line.become(.whole)
                try await till.browser.click("#retry")
                try await till.browser.find("[data-status=OPEN]")
                let opens = try await till.sent("POST", ending: "/sessions")
                try #require(opens.count == 2)
                #expect(opens[0]["key"] == opens[1]["key"])
                #expect(try till.shop.query("select count(*)::text from cash_sessions") == "1")
            }
        }

        private func current(_ till: Till) async throws -> JSON {
            try await till.shop.ana.get("/v1/businesses/\(till.shop.centro)/sessions/current").json
        }

        @Test("A close whose response is lost is retried with its own key, and takes effect once")
        func lostClose() async throws {
            try await withLine { till, line in
                let browser = till.browser
                try await till.openSession("150.000")
                try await browser.click("#close")
                try await browser.fill("#field-final_cash", "150.099")
                line.become(.losesAnswers)
                try await browser.click("button[type=submit]")
                try await browser.find("#retry")
                line.become(.whole)
                // The event stream may report the close first, and the page then removes the button.
                try? await browser.click("#retry")
                try await browser.find("[data-status=CLOSED]")
                let closes = try await till.sent("POST", ending: "/close")
                #expect((1...2).contains(closes.count))
                let key = try #require(closes.first?["key"])
                #expect(closes.allSatisfy { $0["key"] == key })
                let opens = try await till.sent("POST", ending: "/sessions")
                #expect(try #require(opens.first)["key"] != key)
                let closeEvents = "select count(*)::text from audit_events where action = 'session.close'"
                #expect(try till.shop.query(closeEvents) == "1")
            }
        }

        @Test("A throttled login shows the waiting time in both languages, and succeeds afterwards")
        func tooManyLogins() async throws {
            try await withTill { till in
                let browser = till.browser
                let ana = till.shop.ana
                for _ in 0..<5 {
                    let guess = try await till.shop.stranger.post(
                        "/v1/auth/token", #"{"email": "\#(ana.email)", "password": "wrong"}"#)
                    #expect(guess.status == 401)
                }
                // Stops the throttle's clock, however slow the machine is.
                try till.shop.execute("update login_failures set last_at = now() + interval '90 s'")
                try await browser.fill("#field-email", ana.email)
                try await browser.fill("#field-password", ana.password)
                try await browser.click("button[type=submit]")
                let notice = try await browser.text("[role=alert] p")
                #expect(
                    notice.contains(#/^Hubo demasiados intentos fallidos\. Probá de nuevo en \d\d segundos\.$/#),
                    "\(notice)")
                #expect(try await browser.isFocused("#retry"))
                try await browser.takePicture("throttled-es-1024")
                try await till.speakEnglish()
                try await browser.click("#retry")
                try await eventually("the message in English", within: Browser.patience) {
                    let notice = try await browser.text("[role=alert] p")
                    return notice.contains(#/^There were too many failed attempts\. Try again in \d\d seconds\.$/#)
                        ? true : nil
                }
                try till.shop.execute("update login_failures set last_at = now() - interval '1 min'")
                try await browser.click("#retry")
                try await browser.untilGone("[data-screen=login]")
            }
        }

        @Test("A response that is not JSON shows a clear error, and submitting the form again reuses the key")
        func notJSON() async throws {
            try await withLine { till, line in
                let browser = till.browser
                line.become(.answers(CannedResponse.badGateway))
                try await till.openSession("150.000")
                #expect(
                    try await browser.text("[role=alert] strong") == "El servidor respondió algo inesperado (502)")
                try await browser.takePicture("unread-es-1024")
                try await browser.click("#language")
                #expect(
                    try await browser.text("[role=alert] strong") == "The server gave an unexpected answer (502)")
                line.become(.whole)
                try await browser.click("button[type=submit]")
                try await browser.find("[data-status=OPEN]")
                let opens = try await till.sent("POST", ending: "/sessions")
                #expect(opens.count == 2 && opens[0]["key"] == opens[1]["key"])
            }
        }

        @Test("A different request has a new key")
        func newKey() async throws {
            try await withLine { till, line in
                let browser = till.browser
                line.become(.answers(CannedResponse.badGateway))
                try await till.openSession("150.000")
                try await browser.find("#retry")
                line.become(.whole)
                try await till.openSession("160.000")
                try await browser.click("#close")
                try await browser.fill("#field-final_cash", "160.000")
                try await browser.click("button[type=submit]")
                try await browser.click("#next")
                try await till.openSession("160.000")
                try await browser.find("[data-status=OPEN]")
                let keys = try await till.sent("POST", ending: "/sessions").compactMap { $0["key"].string }
                #expect(keys.count == 3)
                #expect(Set(keys).count == 3)
                #expect(keys.allSatisfy { $0.contains(#/^till-[0-9a-f]{32}$/#) })
            }
        }

        @Test("An expired token leads back to the login with a message, and a logout discards what the page keeps")
        func expired() async throws {
            try await withLine { till, line in
                let browser = till.browser
                let expired = #"{"title":"Falta","code":"UNAUTHENTICATED"}"#
                line.become(.answers(CannedResponse.json("401 Unauthorized", expired)))
                try await till.openSession("150.000")
                try await browser.find("[data-screen=login]")
                #expect(try await browser.text("[role=alert] strong") == "Tenés que entrar de nuevo")
                #expect(try await browser.isFocused("#field-password"))
                line.become(.whole)
                try await browser.fill("#field-password", "wrong")
                try await browser.click("button[type=submit]")
                try await eventually("the error message") {
                    try await browser.text("[role=alert] strong") == "Datos de acceso incorrectos" ? true : nil
                }
                try await browser.fill("#field-password", till.shop.ana.password)
                try await browser.click("button[type=submit]")
                try await browser.find("[data-screen=businesses]")
                let kept = "return localStorage.length + ' ' + sessionStorage.length + ' ' + document.cookie.length"
                #expect(try await browser.run(kept) == "0 1 0")
                try await browser.click("#log-out")
                try await browser.find("[data-screen=login]")
                #expect(try await browser.run(kept) == "0 0 0")
            }
        }

        @Test("Markup in a response is shown as text")
        func markup() async throws {
            try await withLine { till, line in
                let browser = till.browser
                let title = "<img src=x onerror=document.title=1><b>x</b>"
                let view = #"{"name":"view","title":"<i>V</i>","method":"GET","href":"/"}"#
                line.become(.answers(CannedResponse.conflict(title: title, view)))
                try await till.openSession("1")
                #expect(try await browser.text("#dialog-title") == title)
                #expect(try await browser.text("[data-action=view]") == "<i>V</i>")
                #expect(!(try await browser.has(".dialog img, .dialog b, .dialog i")))
            }
        }
    }
}

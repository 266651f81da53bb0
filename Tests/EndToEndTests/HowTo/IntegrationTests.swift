import Foundation
import TestSupport
import Testing

@Suite("docs/howto/integrate-a-till.md")
struct IntegrationTests {
    private let guide: Guide

    init() throws { guide = try Guide("docs/howto/integrate-a-till.md") }

    /// A reader with the page's blocks in `till.py`.
    private func reader(_ shop: Shop) throws -> GuideReader {
        let reader = try GuideReader(["CASHPILOT_URL": shop.services[0].address])
        try reader.write(guide.code("python"), to: "till.py")
        return reader
    }

    @Test("The how-to's till opens, and resolves a 409 by closing, viewing, ending or resuming the existing session")
    func follows() async throws {
        try await withShop { shop in
            let reader = try reader(shop)
            let run = guide.code(under: "Run it")
            #expect(try await reader.run(run, input: "150.000\n").hasSuffix("Session No. 1 is OPEN\n"))
            let refused = try await reader.run(run, input: "200.000\n2\n480.000\nn\n")
            #expect(refused.contains("Can't open a new session\nYou have an open session from "))
            #expect(refused.contains("\n  1  View session\n  2  Close session\n"))
            #expect(refused.hasSuffix("Session No. 2 is OPEN\n"))
            let counted = "select final_cash::text from cash_sessions where status = 'CLOSED'"
            #expect(try shop.query(counted) == "480000")
            let viewed = try await reader.run(run, input: "200000\n1\n")
            #expect(viewed.hasSuffix("> Session No. 2 is OPEN\n"))
            let ended = try await reader.run(run, input: "200000\n3\n")
            #expect(ended.hasSuffix("> Session No. 3 is OPEN\n"))
            let resumed = try await reader.run(run, input: "200000\n4\n")
            #expect(resumed.contains("\nSession No. 2 is left to count\n"))
            #expect(resumed.hasSuffix("> Session No. 3 is OPEN\n"))
        }
    }

    @Test("The how-to's till closes the worked example of the rules with its whole count")
    func wholeCount() async throws {
        try await withShop { shop in
            let reader = try reader(shop)
            let run = guide.code(under: "Run it")
            _ = try await reader.run(run, input: "500000\n")
            let amounts = ["960000", "300000", "50000", "100000", "", "", "", "", ""].joined(separator: "\n")
            let closed = try await reader.run(run, input: "200000\n2\n1200000\ny\n\(amounts)\n")
            #expect(closed.hasSuffix("Session No. 2 is OPEN\n"))
            #expect(
                try shop.query(
                    """
                    select concat_ws(' ', final_cash, declared_cash_sales, envelope_amount, expenses,
                        credit_payments_collected, card_total)
                    from cash_sessions where status = 'CLOSED'
                    """) == "1200000 960000 300000 50000 100000 0")
        }
    }

    @Test("The how-to shows the dialog exactly as its till prints it")
    func shownAsItIs() async throws {
        try await withShop { shop in
            let reader = try reader(shop)
            let run = guide.code(under: "Run it")
            _ = try await reader.run(run, input: "150.000\n")
            let said = try await reader.run(run, input: "200.000\n2\n480.000\nn\n")
            let shown = try #require(guide.blocks.last { $0.language == "text" }?.text)
            // The input is not echoed; the time and the name of her first business vary.
            let typed = shown.replacing(#/(?m)(: |> |\? )([\d.]+|n)\n/#) { $0.output.1 }
            let changing = #/\d{1,2}:\d{2} [AP]M|Farmacia .*/#
            #expect(typed.replacing(changing, with: "…") == said.replacing(changing, with: "…"))
        }
    }

    @Test("The how-to's till resends a lost request with its key, and opens one session")
    func losesAnswers() async throws {
        try await withShop { shop in
            let reader = try reader(shop)
            try reader.write(
                """
                import till
                import urllib.request

                whole = urllib.request.urlopen
                lost = []

                def losing(request, timeout):
                    answer = whole(request, timeout=timeout)
                    if request.full_url.endswith("/sessions") and len(lost) < 2:
                        lost.append(request.get_header("Idempotency-key"))
                        answer.close()
                        raise TimeoutError()
                    return answer

                urllib.request.urlopen = losing
                till.main()
                assert len(lost) == 2 and lost[0] == lost[1], lost
                """, to: "losing.py")
            let run = guide.code(under: "Run it").replacing("till.py", with: "losing.py")
            #expect(try await reader.run(run, input: "150000\n").hasSuffix("Session No. 1 is OPEN\n"))
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }

    @Test("The how-to's till reads amounts as people type them, and never guesses the decimal point")
    func amounts() async throws {
        let reader = try GuideReader([:])
        try reader.write(guide.code("python"), to: "till.py")
        try reader.write(
            """
            import till

            def amount(text, currency, digits):
                try:
                    return till.read_amount(text, {"currency": currency, "currency_minor_units": digits})
                except ValueError:
                    return None

            for text, expected in {
                "150000": 150000, "150.000": 150000, "150,000": 150000, " 1.500.000 ": 1500000, "0": 0,
                "100.50": None, "1.500,75": None, "15.0000": None, "1.5": None, "-5": None, "": None, "1e5": None,
            }.items():
                assert amount(text, "PYG", 0) == expected, text
            for text, expected in {
                "150": 15000, "100.50": 10050, "100,50": 10050, "1.500,75": 150075, "1,500.75": 150075,
                "1.500": 150000, "1.234.567": 123456700, "1.5": None, "1,000,00": None, "12.34.56": None, ".50": None,
            }.items():
                assert amount(text, "USD", 2) == expected, text
            for text, expected in {"1.500": 1500, "150": 150000, "1,500.250": 1500250, "1.5": None}.items():
                assert amount(text, "KWD", 3) == expected, text
            """, to: "amounts.py")
        _ = try await reader.run("python3 amounts.py")
        try await withShop { shop in
            let run = guide.code(under: "Run it")
            let asked = try await self.reader(shop).run(run, input: "100.50\n150.000\n")
            #expect(asked.contains("100.50 is not an amount in PYG\n"))
            #expect(asked.hasSuffix("Session No. 1 is OPEN\n"))
            #expect(try shop.query("select initial_cash::text from cash_sessions") == "150000")
        }
    }

    @Test("The how-to's till prints the service's messages for a wrong password and a wrong amount")
    func refusals() async throws {
        try await withShop { shop in
            let reader = try reader(shop)
            let run = guide.code(under: "Run it")
            for (script, input, words) in [
                (run.replacing("cashpilot-demo", with: "wrong"), "1\n", "The e-mail or the password is wrong"),
                (run, "9999999999999\n", "#/initial_cash"),
            ] {
                // The till waits a few seconds for a response. Retry on a busy machine.
                let failure = try await eventually("the service answers the till") {
                    let failure = await #expect(throws: CashPilotProcess.Failure.self) {
                        try await reader.run(script, input: input)
                    }
                    return failure?.description.contains("No answer") == true ? nil : failure
                }
                #expect(failure.description.contains(words), "\(failure.description)")
            }
        }
    }
}

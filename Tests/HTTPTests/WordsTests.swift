import CashPilot
import Glibc
import Testing

@testable import CashPilotHTTP
@testable import JSON

@Suite("Words for people")
struct WordsTests {
    /// Everything that the service says to people, in one language.
    private func texts(in locale: Locale) -> [String] {
        let catalog = ProblemCode.allCases.map { $0.words(in: locale) }.flatMap { [$0.title, $0.detail, $0.advice] }
        let fields = ExpectationTests.all.flatMap { expectation in
            FieldError.Code.allCases.map { FieldError($0, .parameter("x"), expectation, found: .string("x")).detail }
        }
        let problems: [Problem] = [
            .tooManyInFlight, .unavailable(.notApplied, retryAfter: 1), .unavailable(.unknown, retryAfter: 1),
            Problem(of: .tooManyAttempts(seconds: 1)), Problem(of: .tooManyAttempts(seconds: 600)),
            Problem(of: .tooManyStreams), Problem(of: .wrongPassword), Problem(of: .alreadyOpen(Sample.conflict())),
            Problem(of: .overlaps(Sample.conflict(isOwn: false))), Problem(describing: JSONError(offset: 3)),
        ]
        return catalog + fields.map { $0[locale] } + problems.map { $0.sentence(in: locale) } + titles(in: locale)
    }

    /// The titles of all buttons and their fields.
    private func titles(in locale: Locale) -> [String] {
        let conflict = Sample.conflict(isOwn: false)
        return ConflictAction.allCases.flatMap { action in
            var json = JSONWriter()
            json.action(action, of: conflict, ConflictLinks(conflict), in: locale)
            let text = String(decoding: json.bytes, as: UTF8.self)
            return text.matches(of: #/"title":"([^"]*)"/#).map { String($0.1) }
        }
    }

    @Test("No text for people has a word of the API, a currency code for an amount, or the word for an order of goods")
    func forbidden() {
        let words = #/(?i)\b(pedidos?|PYG|stale|force-close|endpoint|slots?|null|timeout|(?-i:OPEN|ENDED|CLOSED))\b/#
        let spanish = #/(?i)\b(end|close|open|request|cerrar (la )?sesión|iniciar sesión|queda libre)\b/#
        // These name a value to type.
        let typed = [", como PYG o USD", ", such as PYG or USD", ", como session.open"]
        for locale in Locale.allCases {
            let texts = texts(in: locale)
            #expect(texts.count > 200)
            for text in texts {
                let rest = typed.reduce(text) { $0.replacing($1, with: "") }
                #expect(rest.firstMatch(of: words) == nil, "\(text)")
                if locale == .spanish { #expect(rest.firstMatch(of: spanish) == nil, "\(text)") }
                #expect(!text.contains { $0.isWhitespace && $0 != " " }, "\(text)")
            }
        }
    }

    @Test("Every example of a problem in openapi.yaml has the title that the service sends")
    func examples() throws {
        let yaml = Contract.embedded.yaml
        let examples = yaml.matches(of: #/type: \/problems\/([a-z-]+)\n +title: (.+)\n +status: (\d+)\n/#)
        #expect(examples.count >= ProblemCode.allCases.count)
        for example in examples {
            let code = try #require(ProblemCode(slug: example.1))
            #expect(Locale.allCases.contains { code.words(in: $0).title == example.2 }, "\(example.0)")
            #expect(String(code.status.code) == example.3)
        }
    }

    @Test("A number of one is singular, and a large number has the language's separators")
    func numbers() {
        #expect(ClockText.wait(seconds: 1) == Localized(es: "1 segundo", en: "1 second"))
        #expect(ClockText.wait(seconds: 119) == Localized(es: "119 segundos", en: "119 seconds"))
        #expect(ClockText.wait(seconds: 120) == Localized(es: "2 minutos", en: "2 minutes"))
        #expect(NumberText.grouped(0) == Localized(es: "0", en: "0"))
        #expect(NumberText.grouped(-150_000) == Localized(es: "-150.000", en: "-150,000"))
        #expect(NumberText.grouped(1_500_000) == Localized(es: "1.500.000", en: "1,500,000"))
        for (count, es, en) in [
            (2, ", y hay 1 más sin cerrar", ", and 1 more is not closed"),
            (3, ", y hay 2 más sin cerrar", ", and 2 more are not closed"),
        ] {
            let held = HeldSessions((0..<count).map { _ in Sample.conflict(isOwn: false) })
            let text = held.map(ProblemWords.held)
            #expect(text?.es.hasSuffix(es) == true && text?.en.hasSuffix(en) == true)
        }
    }
}

@Suite("Problem pages")
struct ProblemPageTests {
    @Test("The page of a problem begins with one sentence for the cashier", arguments: ProblemCode.allCases)
    func cashierFirst(_ code: ProblemCode) throws {
        for locale in Locale.allCases {
            let advice = code.words(in: locale).advice
            #expect(advice.hasSuffix(".") && !advice.dropLast().contains(". "), "one sentence: \(advice)")
            let html = ProblemPage.html(code, in: locale)
            let lead = try #require(html.firstRange(of: "<p class=\"advice\">\(advice)</p>"))
            let developers = try #require(html.firstRange(of: "<section>"))
            #expect(lead.upperBound < developers.lowerBound)
            // Nothing before the developers' part is for developers.
            let forCashiers = html[try #require(html.firstRange(of: "<main>")).upperBound..<developers.lowerBound]
            #expect(!forCashiers.contains("<code>") && !forCashiers.contains("_"))
        }
    }

    @Test("The page of a problem has its status, its code, what a client does, and all its members with an example")
    func developersPart() throws {
        for (code, locale) in ProblemCode.allCases.flatMap({ code in Locale.allCases.map { (code, $0) } }) {
            let guide = try #require(ProblemGuide.catalog[code], "\(code)")
            #expect(guide.es.hasSuffix(".") && guide.en.hasSuffix(".") && guide.es != guide.en)
            let html = ProblemPage.html(code, in: locale)
            #expect(html.contains("HTTP <code>\(code.status.code)</code>") && html.contains(guide[locale]))
            let example = ProblemExample(code, in: locale)
            #expect(example.members.starts(with: ["type", "title", "status", "detail", "instance", "code"]))
            for name in example.members {
                let meaning = try #require(ProblemGuide.members[name], "\(name)")
                #expect(html.contains("<code>\(name)</code></th><td>\(meaning[locale])</td>"))
            }
            #expect(html.contains("<pre>{\n  \"type\": \"/problems/\(code.slug)\",\n"))
        }
    }

    @Test("The example of a problem page is the document of that problem with line breaks")
    func example() {
        let example = ProblemExample(.unavailable, in: .english)
        #expect(
            example.text == """
                {
                  "type": "/problems/unavailable",
                  "title": "Service unavailable",
                  "status": 503,
                  "detail": "We cannot tell whether it was saved. Check before you do it again.",
                  "instance": "urn:uuid:0197f4a0-8a2b-7c33-8d41-6f0e5b6a7cff",
                  "code": "UNAVAILABLE",
                  "request_id": "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7cff",
                  "outcome": "unknown"
                }
                """)
        let conflict = ProblemExample(.sessionAlreadyOpen, in: .spanish)
        #expect(conflict.members.suffix(3) == ["existing_session", "actions", "retry"])
        #expect(conflict.text.contains("\"detail\": \"Tenés una sesión abierta desde las 14:15\",\n"))
        #expect(conflict.text.contains("\n  \"existing_session\": {\n    \"id\": \""))
        #expect(conflict.text.hasSuffix("\n  }\n}"))
        #expect(ProblemExample(.hasOpenSession, in: .english).members.contains("sessions"))
        #expect(ProblemExample(.handedOver, in: .english).members.suffix(2) == ["successor", "actions"])
    }

    @Test("The page of a problem has colors for light and for dark, and each pair has a contrast of 7:1")
    func colors() throws {
        let html = ProblemPage.html(.unavailable, in: .spanish)
        #expect(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"))
        #expect(html.contains("@media (prefers-color-scheme: dark)"))
        let texts = html.matches(of: #/body \{ color: #(\w+); background: #(\w+); \}/#)
        let boxes = html.matches(of: #/code, pre \{ background: #(\w+);/#)
        #expect(texts.count == 2 && boxes.count == 2)
        for (text, box) in zip(texts, boxes) {
            for background in [text.2, box.1] {
                let (a, b) = try (luminance(of: text.1), luminance(of: background))
                #expect((max(a, b) + 0.05) / (min(a, b) + 0.05) >= 7)
            }
        }
    }

    /// The relative luminance of a gray, `eee` or `121212` (WCAG 2.2).
    private func luminance(of color: Substring) throws -> Double {
        let digits = color.count == 3 ? String(color.prefix(1)) + String(color.prefix(1)) : String(color.prefix(2))
        let channel = Double(try #require(Int(digits, radix: 16))) / 255
        return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4)
    }
}

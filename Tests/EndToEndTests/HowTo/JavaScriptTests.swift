import Foundation
import TestSupport
import Testing

/// The JavaScript of two how-tos runs in Node, if it is installed.
@Suite(
    "The how-tos in JavaScript and TypeScript",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/node"), "needs /usr/bin/node"))
struct JavaScriptTests {
    @Test("The TypeScript till reads amounts, opens, and closes the existing session of a 409")
    func till() async throws {
        let guide = try Guide("docs/howto/integrate-a-till-in-typescript.md")
        try await withShop { shop in
            let reader = try GuideReader(["CASHPILOT_URL": shop.services[0].address])
            try reader.write(Self.withoutTypes(guide.code("typescript")) + Self.shift, to: "till.js")
            #expect(try await reader.run("/usr/bin/node till.js").hasSuffix("done\n"))
            let closed = "select final_cash::text from cash_sessions where status = 'CLOSED'"
            #expect(try shop.query(closed) == "480000")
        }
    }

    @Test("The event stream that fetch reads has what happens next, and continues after the last event")
    func events() async throws {
        let guide = try Guide("docs/howto/read-the-event-stream.md")
        let till = try Guide("docs/howto/integrate-a-till-in-typescript.md")
        try await withShop { shop in
            let reader = try GuideReader(["CASHPILOT_URL": shop.services[0].address])
            let code = guide.code("javascript") + Self.withoutTypes(till.code("typescript"))
            try reader.write(code + Self.following, to: "events.js")
            #expect(try await reader.run("/usr/bin/node events.js") == "session.open session.end not handled\n")
        }
    }

    /// Removes the annotations that the page uses: type aliases, declarations of fields, and `: Type`.
    private static func withoutTypes(_ code: String) -> String {
        let type = #/: (?:string|number|boolean|any|object|Unit|Request|Function|Promise<\w+>)(?=[,)]| [={])/#
        return code.replacing(#/(?m)^type .*\n/#, with: "").replacing(#/(?m)^  \w+: \w+;\n/#, with: "")
            .replacing(type, with: "")
    }

    private static let start = """

        const till = new Till(process.env.CASHPILOT_URL, 'en');
        async function begin() {
          await till.logIn('ana@demo.example', 'cashpilot-demo');
          const me = (await till.carryOut({ method: 'GET', href: '/v1/me' })).document;
          return `/v1/businesses/${me.businesses[0].id}/sessions`;
        }

        """

    private static let shift =
        start + """
            const assert = require('node:assert');
            function amount(text, digits) {
              try { return readAmount(text, { currency: 'X', currency_minor_units: digits }); } catch { return null; }
            }
            assert.deepEqual(
              ['150.000', '100.50', '1.500,75', '-5', ''].map((text) => amount(text, 0)),
              [150000, null, null, null, null]);
            assert.deepEqual(
              ['150', '100.50', '1.500,75', '1.500', '1.5', '1,000,00'].map((text) => amount(text, 2)),
              [15000, 10050, 150075, 150000, null, null]);
            (async () => {
              const href = await begin();
              const first = await till.openSession(href, { initial_cash: 150000 }, null);
              assert.equal(first.status, 201);
              const second = await till.openSession(href, { initial_cash: 200000 }, (problem) => ({
                action: problem.actions.find((action) => action.name === 'close'), values: { final_cash: 480000 } }));
              assert.equal(second.status, 201);
              assert.notEqual(second.document.id, first.document.id);
              console.log('done');
            })();
            """

    private static let following =
        start + """
            (async () => {
              const href = await begin();
              const end = (await till.carryOut({ method: 'GET', href: '/v1/events' })).document.next_after;
              const { document } = await till.openSession(href, { initial_cash: 150000 }, null);
              const types = [];
              let position = String(end);
              for (const next of [null, { method: 'POST', href: `${href}/${document.id}/end`, body: {} }]) {
                if (next) await till.carryOut(next);
                const stopped = new AbortController();
                await follow(till.url, till.token, position, (event) => {
                  types.push(event.type);
                  position = String(event.position);
                  stopped.abort();
                }, stopped.signal);
              }
              const fail = () => { throw new TypeError('not handled'); };
              const failure = await follow(till.url, till.token, String(end), fail, new AbortController().signal)
                .catch((error) => error.message);
              console.log([...types, failure].join(' '));
            })();
            """
}

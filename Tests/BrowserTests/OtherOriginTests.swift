import TestSupport
import Testing

extension TillTests {
    @Suite("Pages of another origin")
    struct OtherOriginTests {
        @Test("A page of an allowed origin works a whole shift with fetch, and another page can read nothing")
        func shift() async throws {
            try await withShop { shop in
                let page = shop.services[0]
                let service = try await Service(
                    database: shop.connectionString, settings: ["CORS_ALLOWED_ORIGINS": page.address])
                let browser = try await Browser.shared()
                // No policy of this response limits the requests of its page.
                try await browser.open("\(page.address)/livez")
                let seen = try await browser.runAsync(script(to: service, as: shop.ana, in: shop.centro))
                let session = try #require(try shop.query("select id::text from cash_sessions"))
                let path = "/v1/businesses/\(shop.centro)/sessions/\(session)"
                let expected: [String: JSON] = [
                    "login": 200, "opened": 201, "location": .string(path), "tag": "\"1\"", "replayed": "true",
                    "conflict": 409, "language": "es-PY", "title": "No se puede abrir una nueva sesión",
                    "request": "page-1", "closed": 200, "closedTag": "\"2\"", "event": true, "wrongMethod": 405,
                    "noPath": "NOT_FOUND", "noToken": 401,
                ]
                #expect(seen == .object(expected), "\(seen)")

                try await browser.open("\(page.managementAddress)/livez")
                let refused = try await browser.runAsync(
                    """
                    var done = arguments[arguments.length - 1];
                    fetch('\(service.address)/livez').then(
                      function (answer) { done(answer.status); }, function (error) { done(error.name); });
                    """)
                #expect(refused == "TypeError")
                #expect(service.process.status == nil)
            }
        }

        /// Logs in, follows the events, opens, gets a 409, closes with its action, and collects what the page can read.
        private func script(to service: Service, as person: Person, in business: String) -> String {
            """
            var done = arguments[arguments.length - 1];
            async function send(method, href, token, body, headers) {
              var all = Object.assign({
                'Accept-Language': 'es-PY', 'X-Request-Id': 'page-1',
                'traceparent': '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
              }, headers);
              if (token) all.Authorization = 'Bearer ' + token;
              if (body) all['Content-Type'] = 'application/json';
              return fetch(new URL(href, '\(service.address)'), {
                method: method, headers: all, body: body ? JSON.stringify(body) : undefined
              });
            }
            async function shift() {
              var seen = {};
              var login = await send('POST', '/v1/auth/token', null, {
                email: '\(person.email)', password: '\(person.password)'
              });
              seen.login = login.status;
              var token = (await login.json()).access_token;
              var stream = await send('GET', '/v1/events', token, null, {
                'Accept': 'text/event-stream', 'Last-Event-ID': '0'
              });
              var sessions = '/v1/businesses/\(business)/sessions';
              var opened = await send('POST', sessions, token, {initial_cash: 150000}, {'Idempotency-Key': 'page'});
              seen.opened = opened.status;
              seen.location = opened.headers.get('Location');
              seen.tag = opened.headers.get('ETag');
              var again = await send('POST', sessions, token, {initial_cash: 150000}, {'Idempotency-Key': 'page'});
              seen.replayed = again.headers.get('Idempotent-Replayed');
              var conflict = await send('POST', sessions, token, {initial_cash: 1});
              seen.conflict = conflict.status;
              seen.language = conflict.headers.get('Content-Language');
              seen.request = conflict.headers.get('X-Request-Id');
              var problem = await conflict.json();
              seen.title = problem.title;
              var close = problem.actions.find(function (action) { return action.name === 'close'; });
              var closed = await send(close.method, close.href, token, {final_cash: 150000}, {'If-Match': close.if_match});
              seen.closed = closed.status;
              seen.closedTag = closed.headers.get('ETag');
              var reader = stream.body.getReader(), decoder = new TextDecoder(), text = '', part = {};
              while (!part.done && text.indexOf('session.close') < 0) {
                part = await reader.read();
                if (!part.done) text += decoder.decode(part.value, {stream: true});
              }
              await reader.cancel();
              seen.event = text.indexOf('session.close') >= 0;
              seen.wrongMethod = (await send('PUT', '/v1/me', token)).status;
              seen.noPath = (await (await send('DELETE', '/v1/nothing', token)).json()).code;
              seen.noToken = (await send('GET', '/v1/me', 'cps_nothing')).status;
              return seen;
            }
            shift().then(done, function (error) { done(String(error)); });
            """
        }
    }
}

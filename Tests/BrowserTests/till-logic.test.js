// Tests of the till page's logic without a page, for an ES5 engine: `mujs till-logic.test.js FOLDER`, with the folder of
// words.js and the other scripts. Prints the failures and the number of checks.

var folder = scriptArgs[0];
['words', 'amounts', 'answers', 'intentions', 'forms', 'feed'].forEach(function (name) { load(folder + '/' + name + '.js'); });

var checks = 0;
var failures = 0;

function same(found, expected, what) {
  checks += 1;
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  failures += 1;
  print('FAILED ' + what + ': ' + JSON.stringify(found) + ' instead of ' + JSON.stringify(expected));
}

// MARK: Words

(function () {
  function names(words, prefix) {
    var found = [];
    for (var name in words) {
      if (typeof words[name] === 'object') found = found.concat(names(words[name], name + '.'));
      else found.push(prefix + name);
    }
    return found.sort();
  }

  function texts(words) {
    var found = [];
    for (var name in words) found = found.concat(typeof words[name] === 'object' ? texts(words[name]) : [words[name]]);
    return found;
  }

  same(names(TillWords['es-PY'], ''), names(TillWords.en, ''), 'both languages have the same words');
  texts(TillWords['es-PY']).concat(texts(TillWords.en)).forEach(function (text) {
    same(text !== '' && !/[\u00a0\u202f]/.test(text), true, 'plain spaces in: ' + text);
    same(/cerrar (la )?sesión/i.test(text), false, 'no "log out" in: ' + text);
  });
  same(['es', 'es-PY', 'gn', 'pt-BR', '', undefined].map(TillWords.languageFor),
    ['es-PY', 'es-PY', 'es-PY', 'es-PY', 'es-PY', 'es-PY'], 'Spanish for all others');
  same(['en', 'en-US', 'EN-GB', 'eng'].map(TillWords.languageFor), ['en', 'en', 'en', 'es-PY'], 'English for English');
}());

// MARK: Amounts

(function () {
  [
    [1500000, 'PYG', 'es-PY', 'Gs 1.500.000'], [1500000, 'PYG', 'en', 'PYG 1,500,000'], [0, 'PYG', 'es-PY', 'Gs 0'],
    [999, 'PYG', 'es-PY', 'Gs 999'], [999999999999, 'PYG', 'es-PY', 'Gs 999.999.999.999'],
    [-10000, 'PYG', 'es-PY', 'Gs -10.000'], [123456, 'USD', 'es-PY', 'USD 1.234,56'],
    [123456, 'USD', 'en', 'USD 1,234.56'], [5, 'USD', 'en', 'USD 0.05'], [0, 'USD', 'es-PY', 'USD 0,00'],
    [1234, 'KWD', 'en', 'KWD 1.234'], [7, 'CLF', 'en', 'CLF 0.0007'], [1500, 'JPY', 'en', 'JPY 1,500'],
    [1500, 'toString', 'en', 'toString 15.00']
  ].forEach(function (row) { same(TillAmounts.show(row[0], row[1], row[2]), row[3], 'shown ' + row); });

  [
    ['150000', 'PYG', 'es-PY', { minor: 150000 }], ['150.000', 'PYG', 'es-PY', { minor: 150000 }],
    ['150,000', 'PYG', 'es-PY', { minor: 150000 }], ['1.500.000', 'PYG', 'en', { minor: 1500000 }],
    [' 1 500 000 ', 'PYG', 'es-PY', { minor: 1500000 }], ['0', 'PYG', 'es-PY', { minor: 0 }],
    ['007', 'PYG', 'es-PY', { minor: 7 }], ['1.500,00', 'PYG', 'es-PY', { fault: 'UNREAD' }],
    ['15.00', 'PYG', 'es-PY', { fault: 'UNREAD' }], ['1.5000', 'PYG', 'es-PY', { fault: 'UNREAD' }],
    ['-1', 'PYG', 'es-PY', { fault: 'UNREAD' }], ['1e6', 'PYG', 'es-PY', { fault: 'UNREAD' }],
    ['0x10', 'PYG', 'es-PY', { fault: 'UNREAD' }], ['Gs 5', 'PYG', 'es-PY', { fault: 'UNREAD' }],
    ['\u0661', 'PYG', 'es-PY', { fault: 'UNREAD' }], ['', 'PYG', 'es-PY', { fault: 'MISSING' }],
    ['  ', 'PYG', 'es-PY', { fault: 'MISSING' }], ['999999999999', 'PYG', 'es-PY', { minor: 999999999999 }],
    ['1000000000000', 'PYG', 'es-PY', { fault: 'TOO_LARGE' }],
    ['99999999999999999999999', 'PYG', 'es-PY', { fault: 'TOO_LARGE' }],
    ['150,5', 'USD', 'es-PY', { minor: 15050 }], ['150.50', 'USD', 'en', { minor: 15050 }],
    ['1.234,56', 'USD', 'es-PY', { minor: 123456 }], ['1,234.56', 'USD', 'en', { minor: 123456 }],
    ['1.234', 'USD', 'es-PY', { minor: 123400 }], ['1.234', 'USD', 'en', { fault: 'UNREAD' }],
    ['1,234', 'USD', 'es-PY', { fault: 'UNREAD' }], ['1.50', 'USD', 'es-PY', { fault: 'UNREAD' }],
    ['.5', 'USD', 'en', { fault: 'UNREAD' }], ['5.', 'USD', 'en', { fault: 'UNREAD' }],
    ['9999999999.99', 'USD', 'en', { minor: 999999999999 }], ['10000000000', 'USD', 'en', { fault: 'TOO_LARGE' }]
  ].forEach(function (row) { same(TillAmounts.read(row[0], row[1], row[2]), row[3], 'read ' + row.slice(0, 3)); });

  same(TillAmounts.offset(-180), 'UTC-03:00', 'offset');
  same(TillAmounts.offset(330), 'UTC+05:30', 'offset');
  same(TillAmounts.time('nonsense', 'America/Asuncion', 'en'), '', 'no time');
  // Like IE11, this engine has no time zones: times use the device's clock and offset.
  same(/^23\/11\/2026 \d\d:15 \(UTC[+-]\d\d:00\)$/.test(
    TillAmounts.time('2026-11-23T17:15:00.000Z', 'America/Asuncion', 'es-PY')) || new Date().getTimezoneOffset() % 60 !== 0,
  true, 'the device\'s clock');
}());

// MARK: Responses

(function () {
  var problem = '{"title":"T","code":"C","detail":"D"}';

  function kind(status, text) {
    return TillAnswers.read(status, text, 'en', false).kind;
  }

  [
    [0, '', 'lost'], [200, '{"id":"1"}', 'done'], [201, '{}', 'done'], [204, '', 'done'],
    [200, '<html>log in to the network</html>', 'unread'], [200, '[1]', 'unread'], [200, 'null', 'unread'],
    [302, '', 'unread'], [304, problem, 'unread'], [409, problem, 'refused'], [422, problem, 'refused'],
    [404, '<html>404</html>', 'unread'], [413, '', 'unread'], [400, '{"error":{"message":"x"}}', 'unread'],
    [401, problem, 'expired'], [401, 'no', 'unread'], [500, '<h1>500</h1>', 'unread'], [502, '', 'unread'],
    [503, problem, 'passing'], [500, problem, 'passing'], [409, '{"title":"T","code":"REQUEST_IN_FLIGHT"}', 'passing'],
    [429, '{"title":"T","code":"TOO_MANY_REQUESTS"}', 'passing'], [408, '{"title":"T","code":"REQUEST_TIMEOUT"}', 'passing']
  ].forEach(function (row) { same(kind(row[0], row[1]), row[2], 'kind of ' + row[0] + ' ' + row[1]); });

  ['done', 'refused', 'expired'].forEach(function (name) {
    same(TillAnswers.isSettled({ kind: name }), true, name + ' settles');
  });
  ['lost', 'unread', 'passing'].forEach(function (name) {
    same(TillAnswers.isSettled({ kind: name }), false, name + ' does not');
  });
  same(TillAnswers.read(204, '', '', true).body, {}, 'a body even where there is none');
  same(TillAnswers.read(200, '{}', '', true).isReplay, true, 'a replay');

  ['/v1/a', '/v1/a?b=c', '/'].forEach(function (href) { same(TillAnswers.isOwn(href), true, href); });
  ['//evil.example/', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)', 'v1/a', '', null, 7, '/a b']
    .forEach(function (href) { same(TillAnswers.isOwn(href), false, 'not ours: ' + href); });
}());

// MARK: The dialog of a 409

(function () {
  var view = { name: 'view', title: 'Ver Sesión', method: 'GET', href: '/v1/s' };
  var close = {
    name: 'close', title: 'Cerrar', method: 'POST', href: '/v1/s/close', type: 'application/json',
    fields: [{ name: 'final_cash', type: 'integer', required: true, title: 'Efectivo contado' }]
  };
  var end = { name: 'end', title: 'Terminar turno', method: 'POST', href: '/v1/s/end' };

  function conflict(changes) {
    var body = {
      title: 'No se puede', code: 'SESSION_ALREADY_OPEN', detail: 'Tenés una sesión',
      existing_session: { id: '1', session_number: 1042, stale: true }, actions: [end, view, close]
    };
    for (var name in changes) body[name] = changes[name];
    return TillAnswers.read(409, JSON.stringify(body), 'es-PY', false);
  }

  function names(changes) {
    var model = TillAnswers.dialog(conflict(changes));
    return model && model.actions.map(function (action) { return action.name; });
  }

  var model = TillAnswers.dialog(conflict({}));
  same([model.title, model.detail, model.language, model.number, model.isStale, model.code],
    ['No se puede', 'Tenés una sesión', 'es-PY', 1042, true, 'SESSION_ALREADY_OPEN'], 'its words are the answer\'s');
  same(model.actions.map(function (action) { return action.title; }), ['Ver Sesión', 'Cerrar', 'Terminar turno'],
    'what the page does not know comes after');
  same(model.actions[1].fields,
    [{ name: 'final_cash', type: 'integer', isRequired: true, title: 'Efectivo contado' }], 'the fields of close');
  same(model.actions[2].href, '/v1/s/end', 'where an unknown action leads');

  same(names({ actions: [close, view] }), ['close', 'view'], 'the order of the answer');
  same(names({ actions: [view, { name: 'x', title: 'X', method: 'POST', href: '/x', fields: [{ name: 'f', required: true }] }] }),
    ['view'], 'an unknown action that needs input is left out');
  same(names({ actions: [view, { name: 'x', title: 'X', method: 'POST', href: '/x', fields: [{ name: 'f' }] }] }),
    ['view', 'x'], 'one that needs none is not');
  same(names({ actions: [view, { name: 'x', title: 'X', method: 'POST', href: '//evil.example/' }] }), ['view'], 'elsewhere');
  same(names({ actions: [view, { name: 'x', title: 'X', method: 'TRACE', href: '/x' }] }), ['view'], 'another method');
  same(names({ actions: [view, { name: 'x', title: '', method: 'GET', href: '/x' }, null, 'x', 7] }), ['view'], 'no title');
  same(names({ actions: [] }), null, 'no actions, no dialog');
  same(names({ actions: 'x' }), null, 'no list, no dialog');
  same(names({ existing_session: null }), null, 'no session, no dialog');
  same(TillAnswers.dialog(TillAnswers.read(422, '{"title":"T","code":"C"}', '', false)), null, 'another problem');
  same(TillAnswers.dialog(conflict({ existing_session: {}, detail: 7 })).number, null, 'what is missing is left out');
  same(TillAnswers.dialog(conflict({ code: 'SESSION_ALREADY_CLOSED' })).code, 'SESSION_ALREADY_CLOSED', 'any 409 with a session');
}());

// MARK: Faults and forms

(function () {
  var answer = TillAnswers.read(422, JSON.stringify({
    title: 'T', code: 'VALIDATION_FAILED', errors: [
      { code: 'RANGE', pointer: '#/initial_cash', detail: 'Fuera de rango.' },
      { code: 'LENGTH', header: 'Idempotency-Key', detail: 'Largo.' }, null, { detail: 7 }
    ]
  }), 'es-PY', false);
  same(TillAnswers.faults(answer, ['initial_cash']), {
    fields: { initial_cash: { text: 'Fuera de rango.', language: 'es-PY' } }, others: ['Idempotency-Key: Largo.']
  }, 'faults');
  same(TillAnswers.faults(TillAnswers.read(409, '{"title":"T","code":"C"}', '', false), ['a']), { fields: {}, others: [] },
    'no faults');

  var words = TillWords['es-PY'];
  var cash = [{ name: 'cash', isRequired: true, isAmount: true }, { name: 'note' }];
  same(TillForms.read(cash, { cash: '1.000', note: '' }, 'PYG', 'es-PY', words), { values: { cash: 1000 }, faults: null },
    'an empty field that may be empty is not sent');
  same(TillForms.read(cash, { cash: '', note: ' x ' }, 'PYG', 'es-PY', words).faults,
    { cash: { text: 'Escribí un monto, por ejemplo 150.000' } }, 'a missing amount');
  same(TillForms.read(cash, { cash: 'x' }, 'USD', 'en', TillWords.en).faults,
    { cash: { text: 'That amount cannot be read. Write it like this: 150,000.00' } }, 'an unread amount');
  same(TillForms.read([{ name: 'a', isRequired: true }, { name: 'b', isRequired: true, isSecret: true }],
    { a: ' x ', b: ' y ' }, null, 'en', TillWords.en).values, { a: 'x', b: ' y ' }, 'a password is sent as it was typed');
  same(TillForms.understood('1.500.000', 'PYG', 'es-PY', words), 'Se entiende: Gs 1.500.000', 'read back');
  same(TillForms.understood('abc', 'PYG', 'es-PY', words), '', 'not read back');
  same(TillAnswers.addressOf({ business_id: 'b', id: 's' }), '/v1/businesses/b/sessions/s', 'address');
  same(TillAnswers.isSession({ id: '1', status: 'OPEN', business_id: '2' }), true, 'a session');
  same(TillAnswers.isSession({ id: '1' }), false, 'no session');
}());

// MARK: Keys

(function () {
  var made = 0;
  var keeper = TillIntentions.keeper(function () {
    made += 1;
    return 'key-' + made;
  });
  same(keeper.keyFor('POST', '/a', '{}'), 'key-1', 'a key');
  same(keeper.keyFor('POST', '/a', '{}'), 'key-1', 'the same for the same');
  same(keeper.keyFor('POST', '/a', '{"x":1}'), 'key-2', 'another for another body');
  same(keeper.keyFor('POST', '/b', '{"x":1}'), 'key-3', 'another for another place');
  keeper.settle();
  same(keeper.keyFor('POST', '/b', '{"x":1}'), 'key-4', 'another once the first is settled');

  var zeros = { getRandomValues: function (bytes) { for (var i = 0; i < bytes.length; i += 1) bytes[i] = i; } };
  var random = function () { return 0.999999; };
  var hasBytes = typeof Uint8Array !== 'undefined';
  if (!hasBytes) Uint8Array = function (length) { this.length = length; };
  same(TillIntentions.makeKey(zeros, random), 'till-000102030405060708090a0b0c0d0e0f', 'from the browser\'s generator');
  if (!hasBytes) Uint8Array = undefined;
  same(TillIntentions.makeKey(undefined, random), 'till-ffffffffffffffffffffffffffffffff', 'without one');
  same(/^till-[0-9a-f]{32}$/.test(TillIntentions.makeKey(null, Math.random)), true, 'fit for the header');
}());

// MARK: The event log

(function () {
  var begin = 'retry: 1000\nid: 41\n\n';
  var event = 'id: 44\nevent: session.close\ndata: {"position":44,"text":"a\\nb"}\n\n';
  same(TillFeed.read('', 0), { events: [], position: null, end: 0 }, 'nothing yet');
  same(TillFeed.read(begin, 0), { events: [], position: 41, end: begin.length }, 'where it begins');
  var text = begin + ':\n\n' + event + 'id: 45\nevent: x\ndata: {"pos';
  var found = TillFeed.read(text, 0);
  same(found.position, 44, 'half an event is none');
  same(found.events, [{ position: 44, text: 'a\nb' }], 'an event, its text in one line');
  same(text.substring(found.end), 'id: 45\nevent: x\ndata: {"pos', 'goes on where the half one begins');
  same(TillFeed.read(text + 'ition":45}\n\n', found.end).events, [{ position: 45 }], 'the rest of it');
  same(TillFeed.read('id: 9x\ndata: {\n\n', 0), { events: [], position: null, end: 16 }, 'what is no event');
}());

print(checks + ' checks, ' + failures + ' failures');
quit(failures ? 1 : 0);

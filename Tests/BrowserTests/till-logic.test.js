// Tests of the till page's logic without a page, for an ES5 engine: `mujs till-logic.test.js FOLDER`, with the folder of
// words.js and the other scripts. Prints the failures and the number of checks.

var folder = scriptArgs[0];
[
  'words', 'english', 'addresses', 'amounts', 'typing', 'times', 'answers', 'intentions', 'forms', 'actions', 'summary',
  'translations', 'idle', 'storage', 'feed'
].forEach(function (name) { load(folder + '/' + name + '.js'); });

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
    same(/\bpedido|\bPYG\b|\bstale\b|force-close/i.test(text), false, 'no developer\'s word in: ' + text);
  });
  same(['es', 'es-PY', 'gn', 'pt-BR', '', undefined].map(TillWords.languageFor),
    ['es-PY', 'es-PY', 'es-PY', 'es-PY', 'es-PY', 'es-PY'], 'Spanish for all others');
  same(['en', 'en-US', 'EN-GB', 'eng'].map(TillWords.languageFor), ['en', 'en', 'en', 'es-PY'], 'English for English');
}());

// MARK: Amounts

(function () {
  // Amounts in the units that the service names. `null`: a service that does not say the minor units.
  var MINOR_UNITS = { PYG: 0, JPY: 0, USD: 2, KWD: 3, UYW: 4, OLD: null };

  function unit(code) {
    return MINOR_UNITS[code] === null ? { currency: code } : { currency: code, currency_minor_units: MINOR_UNITS[code] };
  }

  [
    [1500000, 'PYG', 'es-PY', 'Gs 1.500.000'], [1500000, 'PYG', 'en', 'Gs 1,500,000'], [0, 'PYG', 'es-PY', 'Gs 0'],
    [999, 'PYG', 'es-PY', 'Gs 999'], [999999999999, 'PYG', 'es-PY', 'Gs 999.999.999.999'],
    [-10000, 'PYG', 'es-PY', 'Gs -10.000'], [123456, 'USD', 'es-PY', 'US$ 1.234,56'],
    [123456, 'USD', 'en', 'US$ 1,234.56'], [5, 'USD', 'en', 'US$ 0.05'], [0, 'USD', 'es-PY', 'US$ 0,00'],
    [1234, 'KWD', 'en', 'KWD 1.234'], [7, 'UYW', 'en', 'UYW 0.0007'], [1500, 'JPY', 'en', 'JPY 1,500'],
    [1500, 'OLD', 'en', 'OLD 1,500']
  ].forEach(function (row) { same(TillAmounts.show(row[0], unit(row[1]), row[2]), row[3], 'shown ' + row); });

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
    ['9999999999.99', 'USD', 'en', { minor: 999999999999 }], ['10000000000', 'USD', 'en', { fault: 'TOO_LARGE' }],
    ['150000', 'OLD', 'es-PY', { fault: 'UNREAD' }], ['1.234', 'KWD', 'en', { minor: 1234 }]
  ].forEach(function (row) { same(TillAmounts.read(row[0], unit(row[1]), row[2]), row[3], 'read ' + row.slice(0, 3)); });

}());

// MARK: Digits grouped while they are typed

(function () {
  var guaranies = { currency: 'PYG', currency_minor_units: 0 };
  var dollars = { currency: 'USD', currency_minor_units: 2 };

  // Types keys one by one. `<` is Backspace, `>` Delete, `[` and `]` move the caret to the left and right.
  function type(keys, unit, language, text) {
    var state = { text: text || '', caret: (text || '').length };
    keys.split('').forEach(function (key) {
      var before = state.text;
      var at = state.caret;
      if (key === '[') state.caret = Math.max(0, at - 1);
      else if (key === ']') state.caret = Math.min(before.length, at + 1);
      else if (key === '<') state = { text: before.slice(0, Math.max(0, at - 1)) + before.slice(at), caret: Math.max(0, at - 1) };
      else if (key === '>') state = { text: before.slice(0, at) + before.slice(at + 1), caret: at };
      else state = { text: before.slice(0, at) + key + before.slice(at), caret: at + 1 };
      if (state.text !== before) {
        state = TillTyping.format(before, state.text, state.caret, unit, language, key === '>');
      }
    });
    return state.text.slice(0, state.caret) + '|' + state.text.slice(state.caret);
  }

  [
    ['150000', guaranies, 'es-PY', '150.000|'], ['1500000', guaranies, 'en', '1,500,000|'],
    ['150.000', guaranies, 'es-PY', '150.000|'], ['1.500.000', guaranies, 'es-PY', '1.500.000|'],
    ['150,000', guaranies, 'es-PY', '150.000|'], ['15.00', guaranies, 'es-PY', '15.00|'],
    ['15.00<<<0000', guaranies, 'es-PY', '150.000|'], ['x5', guaranies, 'es-PY', 'x5|'],
    ['150000<', guaranies, 'es-PY', '15.000|'], ['150000<<<<<<', guaranies, 'es-PY', '|'],
    ['150000[[[<', guaranies, 'es-PY', '150|.000'], ['150000[[[<<', guaranies, 'es-PY', '15|.000'],
    ['1500000[[[[[[[[[9', guaranies, 'es-PY', '9|1.500.000'], ['150000[[[[9', guaranies, 'es-PY', '1.509|.000'],
    ['150000[[[[>', guaranies, 'es-PY', '150.|000'], ['150000[[[[>>', guaranies, 'es-PY', '15.0|00'],
    ['123456,78', dollars, 'es-PY', '123.456,78|'], ['123456.78', dollars, 'en', '123,456.78|'],
    ['1234,5<<', dollars, 'es-PY', '1.234|'], ['1234,50[[[9', dollars, 'es-PY', '12.349|,50'],
    ['1234,567', dollars, 'es-PY', '1.234,567|'], ['1.50', dollars, 'es-PY', '1.50|'],
    ['0,5', dollars, 'es-PY', '0,5|'], ['1234', { currency: 'OLD' }, 'es-PY', '1234|']
  ].forEach(function (row) { same(type(row[0], row[1], row[2]), row[3], 'typed ' + row[0] + ' ' + row[2]); });
  same(TillTyping.format('', '1500000', 7, guaranies, 'es-PY', false), { text: '1.500.000', caret: 9 }, 'pasted');
  same(TillTyping.format('', '1 500 000', 9, guaranies, 'es-PY', false), { text: '1.500.000', caret: 9 }, 'pasted with spaces');
  same(TillTyping.format('', '1.500,5', 7, dollars, 'es-PY', false), { text: '1.500,5', caret: 7 }, 'pasted with a fraction');
}());

// MARK: Times

(function () {
  same(TillTimes.offset(-180), 'UTC-03:00', 'offset');
  same(TillTimes.offset(330), 'UTC+05:30', 'offset');
  same(TillTimes.show('nonsense', 'America/Asuncion', 'en'), '', 'no time');
  // Like IE11, this engine has no time zones: times use the device's clock and offset.
  same(/^23\/11\/2026 \d\d:15 \(UTC[+-]\d\d:00\)$/.test(
    TillTimes.show('2026-11-23T17:15:00.000Z', 'America/Asuncion', 'es-PY')) || new Date().getTimezoneOffset() % 60 !== 0,
  true, 'the device\'s clock');

  [
    ['14:15', 'desde las 14:15', 'from 2:15 PM'], ['2:15 PM', 'desde las 14:15', 'from 2:15 PM'],
    ['13:05', 'desde las 13:05', 'from 1:05 PM'], ['01:15', 'desde la 01:15', 'from 1:15 AM'],
    ['22/11/2026 01:15', 'desde el 22/11/2026 a la 01:15 de la madrugada', 'from Nov 22, 2026, 1:15 AM'],
    ['22/11/2026 04:59', 'desde el 22/11/2026 a las 04:59 de la madrugada', 'from Nov 22, 2026, 4:59 AM'],
    ['22/11/2026 05:00', 'desde el 22/11/2026 a las 05:00', 'from Nov 22, 2026, 5:00 AM'],
    ['12:30 AM', 'desde las 00:30', 'from 12:30 AM'], ['12:30 PM', 'desde las 12:30', 'from 12:30 PM'],
    ['22/11/2026 21:34', 'desde el 22/11/2026 a las 21:34', 'from Nov 22, 2026, 9:34 PM'],
    ['22/11/2026 a las 21:34', 'desde el 22/11/2026 a las 21:34', 'from Nov 22, 2026, 9:34 PM'],
    ['Nov 22, 2026, 9:34 PM', 'desde el 22/11/2026 a las 21:34', 'from Nov 22, 2026, 9:34 PM'],
    ['', '', ''], [undefined, '', ''], ['soon', '', '']
  ].forEach(function (row) {
    same([TillTimes.since(row[0], TillWords['es-PY']), TillTimes.since(row[0], TillWords.en)], row.slice(1), 'since ' + row[0]);
  });
}());

// MARK: Addresses

(function () {
  [['/till', ''], ['/till/', ''], ['/cashpilot/till', '/cashpilot'], ['/a/b/till', '/a/b'], ['/tilly', '/tilly']]
    .forEach(function (row) { same(TillAddresses.baseOf(row[0]), row[1], 'base of ' + row[0]); });
  same(TillAddresses.session({ business_id: 'b', id: 's' }), '/v1/businesses/b/sessions/s', 'address');
  TillAddresses.start('/cashpilot/till');
  same([TillAddresses.of('/v1/me'), TillAddresses.inBusiness('b/1', '/sessions'), TillAddresses.session({ business_id: 'b', id: 's' })],
    ['/cashpilot/v1/me', '/cashpilot/v1/businesses/b%2F1/sessions', '/cashpilot/v1/businesses/b/sessions/s'], 'under a prefix');
  TillAddresses.start('/till');
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
    [401, problem, 'expired'], [401, '{"title":"T","code":"INVALID_CREDENTIALS"}', 'refused'], [401, 'no', 'unread'], [500, '<h1>500</h1>', 'unread'], [502, '', 'unread'],
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
    name: 'close', title: 'Cerrar', method: 'POST', href: '/v1/s/close', style: 'primary', type: 'application/json',
    if_match: '"3"', fields: [
      {
        name: 'final_cash', type: 'integer', required: true, title: 'Efectivo contado', format: 'money', currency: 'PYG',
        currency_minor_units: 0, minimum: 0, maximum: 999999999999
      },
      { name: 'notes', type: 'string', required: false, title: 'Notas', max_length: 1000 }
    ]
  };
  var end = { name: 'end', title: 'Terminar turno', method: 'POST', href: '/v1/s/end' };
  var resume = { name: 'resume', title: 'Seguir', method: 'POST', href: '/v1/s?on_conflict=resume' };
  var retry = { method: 'POST', href: '/v1/s' };

  // An action that needs one field, with these members.
  function needing(field) {
    return { name: 'x', title: 'X', method: 'POST', href: '/x', fields: [field] };
  }

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
  same(model.actions.map(function (action) { return action.title; }), ['Terminar turno', 'Ver Sesión', 'Cerrar'],
    'the order of the answer, whatever the names');
  same(model.actions.map(function (action) { return action.style; }), ['default', 'default', 'primary'], 'the styles');
  same(model.actions.map(function (action) { return action.ifMatch; }), [null, null, '"3"'], 'the versions');
  same(model.actions[2].fields, [
    {
      name: 'final_cash', type: 'integer', title: 'Efectivo contado', isRequired: true,
      unit: { currency: 'PYG', currency_minor_units: 0 }
    },
    { name: 'notes', type: 'string', title: 'Notas', isRequired: false, unit: null, maxLength: 1000 }
  ], 'the fields of close');
  same(model.actions[0].href, '/v1/s/end', 'where an action leads');
  same(model.actions.map(function (action) { return action.language; }), ['es-PY', 'es-PY', 'es-PY'], 'their language');

  same(names({ actions: [close, view] }), ['close', 'view'], 'the order of the answer');
  same(names({ actions: [view] }), ['view'], 'one action is enough');
  same(names({ actions: [view, needing({ name: 'f', type: 'string', required: true })] }), ['view', 'x'],
    'an unknown action with a field that can be drawn');
  same(names({ actions: [view, needing({ name: 'f', type: 'boolean', required: true })] }), ['view'],
    'an action with a required field that cannot be drawn is left out');
  same(names({ actions: [view, needing({ name: 'f', type: 'boolean' })] }), ['view', 'x'],
    'an optional field that cannot be drawn is left out');

  same(TillAnswers.dialog(conflict({})).retry, null, 'no retry');
  same(TillAnswers.dialog(conflict({ retry: { method: 'POST', href: '//evil.example/' } })).retry, null, 'no retry elsewhere');
  same(TillAnswers.dialog(conflict({ retry: { method: 'GET', href: '/v1/s' } })).retry, null, 'a retry changes something');
  model = TillAnswers.dialog(conflict({ actions: [view, end, resume], retry: retry }));
  same(model.retry, retry, 'a retry');
  same(model.actions.map(function (action) { return action.repeats; }), [false, false, true],
    'only the same request with other parameters takes the body of the refused request');
  var ended = { name: 'restore_ended', title: 'Como terminada', method: 'POST', href: '/v1/s', fields: [
    { name: 'as', type: 'string', required: true, title: 'Como', allowed: ['ENDED'] },
    { name: 'why', type: 'string', title: 'Por qué', allowed: ['A', 'B'] }
  ] };
  var restoring = TillAnswers.dialog(conflict({ actions: [ended], retry: retry })).actions[0];
  same([restoring.repeats, restoring.replaces], [false, true], 'the same request with fields replaces the refused one');
  same(restoring.fields.map(function (field) { return [field.type, field.constant, field.options]; }),
    [['choice', 'ENDED', [{ id: 'ENDED', name: 'ENDED' }]], ['choice', undefined, [{ id: 'A', name: 'A' }, { id: 'B', name: 'B' }]]],
    'a field with one allowed value is a constant, one with several a choice');
  same(restoring.fields.filter(TillForms.isDrawn).map(function (field) { return field.name; }), ['why'], 'a constant is not drawn');
  same(TillForms.read(restoring.fields, {}, 'es-PY').values, { as: 'ENDED' }, 'a constant is sent');
  same(TillAnswers.resend(model.retry, { body: { a: 1 }, text: '{"a":1}', key: 'k' }),
    { method: 'POST', href: '/v1/s', body: { a: 1 }, text: '{"a":1}', key: 'k' }, 'the same body and key');
  same(TillAnswers.resend(null, { body: {}, text: '{}', key: 'k' }), null, 'nothing to send again');
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

// MARK: The sentence about the existing session

(function () {
  var session = {
    session_number: 1042, cashier_name: 'Ana', opened_by_name: 'Ana', business_name: 'Farmacia Centro', terminal: null,
    terminal_id: 'till-2', same_terminal: false, opened_time: '14:15', initial_cash: 150000, currency: 'PYG',
    currency_minor_units: 0, handed_over_from: null
  };

  function summary(changes, language) {
    var changed = {};
    for (var name in session) changed[name] = session[name];
    for (name in changes) changed[name] = changes[name];
    return TillAnswers.summary(changed, TillWords[language || 'es-PY']);
  }

  same(summary({}),
    'Sesión N.º 1042 de Ana en Farmacia Centro, en otra caja (till-2), desde las 14:15, con Gs 150.000 de fondo.',
    'what, who, where, since when, how much');
  same(summary({ opened_time: '2:15 PM' }, 'en'),
    'Session No. 1042 of Ana at Farmacia Centro, at another till (till-2), from 2:15 PM, with a float of Gs 150,000.',
    'in English');
  same(summary({ same_terminal: true, opened_time: '01:05' }),
    'Sesión N.º 1042 de Ana en Farmacia Centro, en esta caja, desde la 01:05, con Gs 150.000 de fondo.', 'this till');
  same(summary({ same_terminal: null, terminal: { id: 't', name: 'Mostrador' }, opened_time: '22/11/2026 21:34' }),
    'Sesión N.º 1042 de Ana en Farmacia Centro, en la caja Mostrador, desde el 22/11/2026 a las 21:34, con Gs 150.000 de fondo.',
    'a registered terminal, and another day');
  same(summary({ same_terminal: null, terminal_id: null, opened_by_name: 'Eva', handed_over_from: { session_number: 7 } }),
    'Sesión N.º 1042 de Ana en Farmacia Centro, desde las 14:15, con Gs 150.000 de fondo, la abrió Eva, ' +
    'viene de la sesión N.º 7.', 'opened by somebody else, after a handover');
  same(TillAnswers.summary({ id: 's', session_number: 7 }, TillWords.en), 'Session No. 7.', 'unknown parts are left out');
  same(TillAnswers.summary({}, TillWords['es-PY']), 'Sesión.', 'a session of which nothing is known');
}());

// MARK: The service's texts in the other language

(function () {
  var es = TillWords['es-PY'];
  var en = TillWords.en;
  var model = TillAnswers.dialog(TillAnswers.read(409, JSON.stringify({
    title: 'No se puede', code: 'SESSION_ALREADY_OPEN', detail: 'Tenés una sesión abierta desde las 14:15',
    existing_session: { id: 's', cashier_id: 'ana', cashier_name: 'Ana', opened_time: '14:15' },
    actions: [
      {
        name: 'force_close', title: 'Forzar', method: 'POST', href: '/v1/s', fields: [
          { name: 'reason', type: 'string', required: true, title: 'Motivo' },
          { name: 'pin', type: 'string', title: 'Clave' }, { name: 'x', type: 'string', title: 'Equis' }
        ]
      },
      { name: 'dance', title: 'Bailar', method: 'POST', href: '/v1/d' }
    ]
  }), 'es-PY', false));

  function texts(words, user) {
    return [TillTranslations.title(model, words).text, TillTranslations.detail(model, user, words).text].concat(
      model.actions.map(function (action) { return TillTranslations.action(action, words).text; }));
  }

  same(texts(es, { id: 'ana' }), ['No se puede', 'Tenés una sesión abierta desde las 14:15', 'Forzar', 'Bailar'],
    'as they came, in their own language');
  same(texts(en, { id: 'ana' }),
    ['Can\'t open a new session', 'You have an open session from 2:15 PM', 'Force close', 'Bailar'],
    'in the page\'s words after a switch, and as they came where it has none');
  same(texts(en, { id: 'eva' })[1], 'Ana has an open session from 2:15 PM', 'somebody else\'s session');
  same(TillTranslations.action(model.actions[1], en), { text: 'Bailar', language: 'es-PY' }, 'with the language that it is in');
  same(model.actions[0].fields.map(function (field) { return TillTranslations.field(field, 'es-PY', en).text; }),
    ['Reason', 'PIN', 'Equis'], 'the labels of fields');
  model.code = 'SOMETHING_NEW';
  same(texts(en, { id: 'ana' }).slice(0, 2), ['No se puede', 'Tenés una sesión abierta desde las 14:15'], 'another 409');

  var answer = TillAnswers.read(422, JSON.stringify({
    title: 'T', code: 'VALIDATION_FAILED', errors: [
      { code: 'RANGE', pointer: '#/initial_cash', detail: 'Fuera de rango.' },
      { code: 'NEW', pointer: '#/notes', detail: 'Otra cosa.' },
      { code: 'LENGTH', header: 'Idempotency-Key', detail: 'Largo.' }, null, { detail: 7 }
    ]
  }), 'es-PY', false);
  var found = TillAnswers.faults(answer, ['initial_cash', 'notes']);
  same(found.others, ['Idempotency-Key: Largo.'], 'faults of no field');
  same(TillTranslations.fault(found.fields.initial_cash, es), { text: 'Fuera de rango.', language: 'es-PY' }, 'a fault');
  same(TillTranslations.fault(found.fields.initial_cash, en), { text: 'This value is out of range.', language: 'en' },
    'a fault after a switch');
  same(TillTranslations.fault(found.fields.notes, en), { text: 'Otra cosa.', language: 'es-PY' }, 'a fault without other words');
  same(TillAnswers.faults(TillAnswers.read(409, '{"title":"T","code":"C"}', '', false), ['a']), { fields: {}, others: [] },
    'no faults');
}());

// MARK: Forms

(function () {
  var words = TillWords['es-PY'];
  var guaranies = { currency: 'PYG', currency_minor_units: 0 };
  var dollars = { currency: 'USD', currency_minor_units: 2 };

  function cash(unit) {
    return [{ name: 'cash', isRequired: true, unit: unit }, { name: 'note' }, { name: 'many', type: 'integer' }];
  }

  function complaint(fields, typed, language) {
    var faults = TillForms.read(fields, typed, language).faults;
    var found = {};
    for (var name in faults) found[name] = TillTranslations.fault(faults[name], TillWords[language]).text;
    return found;
  }

  same(TillForms.read(cash(guaranies), { cash: '1.000', note: '', many: ' ' }, 'es-PY'),
    { values: { cash: 1000 }, faults: null }, 'an empty field that may be empty is not sent');
  same(complaint(cash(guaranies), { cash: '', note: ' x ' }, 'es-PY'),
    { cash: 'Escribí un monto, por ejemplo 150.000' }, 'a missing amount');
  same(complaint(cash(dollars), { cash: 'x' }, 'en'),
    { cash: 'That amount cannot be read. Write it like this: 150,000.00' }, 'an unread amount');
  same(TillForms.read(cash(dollars), { cash: '1.234,56' }, 'es-PY').values, { cash: 123456 }, 'in minor units');
  same(TillForms.read(cash(guaranies), { cash: '1', many: ' 15 ' }, 'es-PY').values, { cash: 1, many: 15 },
    'a whole number that is no amount');
  same(complaint(cash(guaranies), { cash: '1', many: '1.5' }, 'es-PY'),
    { many: 'Escribí un número entero, por ejemplo 15.' }, 'no whole number');
  same(TillForms.read([{ name: 'a', isRequired: true }, { name: 'b', isRequired: true, isSecret: true }],
    { a: ' x ', b: ' y ' }, 'en').values, { a: 'x', b: ' y ' }, 'a password is sent as it was typed');
  same(TillForms.understood('1.500.000', guaranies, words), 'Se entiende: Gs 1.500.000', 'read back');
  same(TillForms.understood('abc', guaranies, words), '', 'not read back');
  same(TillForms.respelled('1.234,5', dollars, 'es-PY', 'en'), '1,234.50', 'the same amount in the other language');
  same(TillForms.respelled('1.5', dollars, 'es-PY', 'en'), '1.5', 'what cannot be read stays');
  same(TillForms.requiredFirst([{ name: 'a' }, { name: 'b', isRequired: true }])[0].name, 'b', 'required fields first');

  ['12345', '1234567890123', '12345a', ''].forEach(function (pin) {
    same(TillForms.read([TillForms.pinField('pin')], { pin: pin }, 'en').values, null, 'no PIN: ' + pin);
  });
  same(TillForms.read([TillForms.pinField('pin')], { pin: '135790' }, 'en').values, { pin: '135790' }, 'a PIN is a text');

  var shift = { initial_cash: 150000, currency: 'PYG', currency_minor_units: 0 };
  same(TillForms.lowCount({ final_cash: 34000 }, shift, words), 'Contaste Gs 34.000; el fondo era Gs 150.000. ¿Cerrar?',
    'a count below the float is asked about');
  same(TillForms.lowCount({ final_cash: 34000 }, shift, TillWords.en),
    'You counted Gs 34,000; the float was Gs 150,000. Close?', 'in English');
  same([{ final_cash: 150000 }, { final_cash: 150001 }, { reason: 'x' }, null].map(function (values) {
    return TillForms.lowCount(values, shift, words);
  }), [null, null, null, null], 'another count is not');
  same(TillForms.lowCount({ final_cash: 1 }, null, words), null, 'nor an edit');
  same(TillForms.lowCount({ final_cash: 1 }, { initial_cash: null }, words), null, 'nor one without a known float');
}());

// MARK: Actions on a session

(function () {
  var session = {
    id: 's', business_id: 'b', cashier_id: 'ana', status: 'OPEN', currency: 'PYG', currency_minor_units: 0,
    initial_cash: 150000, notes: 'x', final_cash: null,
    allowed_actions: ['view', 'close', 'end', 'edit', 'handover', 'force-close', 'delete', 'flag', 'unflag', 'reopen', 'restore', 'dance']
  };

  function names(action) {
    return action.fields.map(function (field) { return field.name + (field.isRequired ? '!' : ''); });
  }

  function closed(changes) {
    var changed = { status: 'CLOSED', final_cash: 34000, card_total: 0, declared_cash_sales: 5, closing_ticket: null };
    for (var name in session) if (!changed.hasOwnProperty(name)) changed[name] = session[name];
    for (name in changes || {}) changed[name] = changes[name];
    return changed;
  }

  same(TillActions.namesFor(session),
    ['close', 'end', 'handover', 'edit', 'reopen', 'flag', 'unflag', 'force-close', 'delete', 'restore'],
    'every allowed action that the page knows, and only these');
  same(TillActions.namesFor({ allowed_actions: ['view', 'record', 'reconcile', 'end'] }),
    ['paid-in', 'paid-out', 'drop', 'no-sale', 'end'], 'a form for each movement that a till records');
  ['paid-in', 'paid-out', 'drop', 'no-sale'].forEach(function (name) {
    var made = TillActions.make(name, session, []);
    same(made.method + ' ' + made.href, 'POST /v1/businesses/b/sessions/s/movements', 'the request of ' + name);
    same([TillActions.records(name), TillActions.records('end')], [true, false], name + ' records');
    ['es-PY', 'en'].forEach(function (language) {
      var words = TillWords[language];
      same(typeof words.actionOf[name.replace(/-/g, '_')], 'string', 'the button of ' + name);
      same(typeof words.helpOf[name.replace(/-/g, '_')], 'string', 'the help of ' + name);
      made.fields.forEach(function (field) {
        same(typeof words.titleOf[field.name], 'string', 'the label of ' + field.name);
        (field.options || []).forEach(function (one) {
          same(typeof words[one.word][one.id], 'string', 'the option ' + one.id);
        });
      });
    });
  });
  same(TillForms.read(TillActions.make('paid-out', session).fields, {
    category: 'EXPENSE', amount: '35.000', reason: 'Delivery'
  }, 'es-PY').values, { type: 'PAID_OUT', category: 'EXPENSE', amount: 35000, reason: 'Delivery' }, 'an expense');
  same(TillForms.read(TillActions.make('no-sale', session).fields, { reason: 'Cambio' }, 'es-PY').values,
    { type: 'NO_SALE', reason: 'Cambio' }, 'an opened drawer');
  same(TillActions.namesFor({ allowed_actions: ['view'] }), [], 'nothing to do');
  same(TillActions.namesFor({}), [], 'nothing is allowed');
  TillActions.namesFor(session).forEach(function (name) {
    ['es-PY', 'en'].forEach(function (language) {
      same(typeof TillWords[language].actionOf[name.replace(/-/g, '_')], 'string', 'the button of ' + name);
      TillActions.make(name, session, []).fields.forEach(function (field) {
        same(typeof TillWords[language].titleOf[field.name], 'string', 'the label of ' + field.name);
      });
    });
  });
  same(['close', 'end', 'handover', 'edit', 'reopen', 'flag', 'unflag', 'force-close', 'delete', 'restore'].map(function (name) {
    var made = TillActions.make(name, session, []);
    return made.method + ' ' + made.href.replace('/v1/businesses/b/sessions/s', '…');
  }), [
    'POST …/close', 'POST …/end', 'POST …/handover', 'PATCH …', 'POST …/reopen', 'PUT …/flag', 'DELETE …/flag',
    'POST …/force-close', 'POST …/delete', 'POST …/restore'
  ], 'their requests');
  same(TillActions.make('dance', session), null, 'an unknown action');

  var amounts = [
    'declared_cash_sales', 'envelope_amount', 'expenses', 'credit_payments_collected', 'card_total', 'bank_transfer_total',
    'credit_sales_total', 'closing_ticket', 'notes'
  ];
  same(names(TillActions.make('close', session)), ['final_cash!'].concat(amounts), 'the whole count');
  same(names(TillActions.make('handover', session, [])), ['to_cashier_id!', 'final_cash!'].concat(amounts), 'a handover counts too');
  same(names(TillActions.make('force-close', session)), ['reason!', 'final_cash'].concat(amounts), 'a count that may be missing');
  same(names(TillActions.make('end', session)), [], 'nothing to enter');
  same(TillActions.make('handover', session, [{ id: 'eva', name: 'Eva' }]).fields[0].options, [{ id: 'eva', name: 'Eva' }], 'who takes over');
  same(TillActions.colleagues([
    { id: 'ana', name: 'Ana', is_active: true }, { id: 'eva', name: 'Eva', is_active: true },
    { id: 'leo', name: 'Leo', is_active: false }, null
  ], session).map(function (one) { return one.id; }), ['eva'], 'active colleagues');

  // The worked example of the shop's rules.
  same(TillForms.read(TillActions.make('close', session).fields, {
    final_cash: '1.200.000', envelope_amount: '300.000', expenses: '50.000', credit_payments_collected: '100.000',
    declared_cash_sales: '960.000', card_total: ''
  }, 'es-PY').values, {
    final_cash: 1200000, declared_cash_sales: 960000, envelope_amount: 300000, expenses: 50000,
    credit_payments_collected: 100000
  }, 'the worked example');

  var edit = TillActions.make('edit', session);
  same(names(edit), ['initial_cash!', 'notes', 'reason'], 'an open session has no count to edit');
  same(TillForms.initial(edit.fields, 'es-PY'), { initial_cash: '150.000', notes: 'x', reason: '' }, 'what it has now');
  same(TillForms.read(edit.fields, { initial_cash: '150.000', notes: 'x' }, 'es-PY').values, {}, 'only changes are sent');
  same(TillForms.read(edit.fields, { initial_cash: '160.000', notes: '', reason: 'why' }, 'es-PY').values,
    { initial_cash: 160000, notes: null, reason: 'why' }, 'a value, and one that is removed');
  edit = TillActions.make('edit', closed());
  same(names(edit).slice(-1), ['reason!'], 'a closed session needs a reason');
  same(TillForms.initial(edit.fields, 'en').final_cash, '34,000', 'its count');
  same(TillForms.read(edit.fields, { initial_cash: '150000', final_cash: '', card_total: '0', notes: 'x', reason: 'why' }, 'en').faults.final_cash.fault,
    'MISSING', 'a count cannot be removed');
  same(TillForms.read(edit.fields, { initial_cash: '150000', final_cash: '35,000', card_total: '0', notes: 'x', reason: 'why' }, 'en').values,
    { final_cash: 35000, declared_cash_sales: null, reason: 'why' }, 'a corrected count');
}());

// MARK: What a session says

(function () {
  var words = TillWords['es-PY'];
  var shift = {
    id: 's', business_id: 'b', status: 'CLOSED', session_number: 1042, currency: 'PYG', currency_minor_units: 0,
    totals: { over_short: -10000, expected_cash: 1210000 }, opening_difference: -5000, initial_cash: 500000,
    final_cash: 1200000, card_total: 0, expenses: 50000, opened_at: null, notes: null
  };

  function facts(session, own) {
    return TillSummary.facts(session, own).map(function (fact) { return fact[1] + ' ' + fact[2]; });
  }

  same(facts(shift, words), [
    'Estado Cerrada', 'Efectivo inicial Gs 500.000', 'Efectivo contado Gs 1.200.000', 'Gastos pagados de la caja Gs 50.000',
    'Efectivo esperado Gs 1.210.000', 'Faltante Gs 10.000'
  ], 'a closed session that is short');
  shift.totals.over_short = 10000;
  same(facts(shift, words).slice(-1), ['Sobrante Gs 10.000'], 'over');
  same(facts(shift, TillWords.en).slice(-1), ['Over Gs 10,000'], 'over, in English');
  shift.totals.over_short = 0;
  same(facts(shift, words).slice(-1), ['Diferencia Sin diferencia'], 'neither');
  same(words.openedAt + ' ' + words.closedAt, 'Apertura Cierre', 'no state\'s name for a time');
  same(TillSummary.closed(shift, true, words), 'La sesión quedó cerrada. Sin diferencia. Ya se puede abrir otra.', 'after a close');
  shift.totals.over_short = -10000;
  same(TillSummary.closed(shift, true, words), 'La sesión quedó cerrada. Faltante: Gs 10.000. Ya se puede abrir otra.', 'after a close');
  same(TillSummary.closed({ totals: {} }, true, words), 'La sesión quedó cerrada. Ya se puede abrir otra.', 'nothing is known of it');
  same(TillSummary.closed({ totals: {} }, false, words), 'La sesión quedó cerrada.', 'while another session is open');
  same(TillSummary.outcome(shift, words), 'La sesión N.º 1042 quedó cerrada. Faltante: Gs 10.000.', 'closed, and short');
  same(TillSummary.outcome({ status: 'CLOSED', session_number: 7 }, TillWords.en), 'Session No. 7 is closed.', 'closed');
  same(TillSummary.outcome({ status: 'ENDED', session_number: 7 }, words),
    'Te falta contar la sesión N.º 7. Contala cuando puedas.', 'ended');
  same(TillSummary.openingDifference(shift, words),
    'El fondo tiene Gs 5.000 de menos que el último conteo de esta caja.', 'a float that is lower');
  same(TillSummary.openingDifference({ currency: 'PYG', currency_minor_units: 0, opening_difference: 5000 }, TillWords.en),
    'The float is Gs 5,000 more than the last count at this till.', 'a float that is higher');
  same([null, 0, undefined].map(function (difference) {
    return TillSummary.openingDifference({ currency: 'PYG', opening_difference: difference }, words);
  }), [null, null, null], 'no difference');
  shift.corrections = 2;
  shift.at_close = { final_cash: 1100000, expected_cash: 1210000, over_short: -110000 };
  same(TillSummary.corrections(shift, words), 'Corregido 2 veces · al cerrar: Gs 1.100.000 (Faltante: Gs 110.000)',
    'corrected, with the figures at the close');
  same(TillSummary.corrections({
    corrections: 1, currency: 'PYG', currency_minor_units: 0,
    at_close: { final_cash: 5, expected_cash: null, over_short: null }
  }, TillWords.en), 'Corrected once · at the close: Gs 5', 'corrected once, with no declared sales');
  same([0, null, undefined].map(function (times) {
    return TillSummary.corrections({ corrections: times, at_close: null }, words);
  }), [null, null, null], 'never corrected');

  same(TillAnswers.isUncounted({ status: 'ENDED', final_cash: null }), true, 'an ended session without a count');
  same(TillAnswers.isUncounted({ status: 'ENDED', final_cash: 0 }), false, 'a count of zero');
  same(TillAnswers.isUncounted({ status: 'OPEN', final_cash: null }), false, 'an open session');
  same(TillAnswers.isSession({ id: '1', status: 'OPEN', business_id: '2' }), true, 'a session');
  same(TillAnswers.isSession({ id: '1' }), false, 'no session');
}());

// MARK: The time without input

(function () {
  // A clock that stands until it is moved.
  function makeClock() {
    var timers = [];
    var clock = { time: 0 };
    clock.now = function () { return clock.time; };
    clock.start = function (action, milliseconds) {
      timers.push({ at: clock.time + milliseconds, action: action });
      return timers[timers.length - 1];
    };
    clock.stop = function (timer) { timers = timers.filter(function (one) { return one !== timer; }); };
    clock.pass = function (milliseconds) {
      clock.time += milliseconds;
      var due = timers.filter(function (one) { return one.at <= clock.time; });
      timers = timers.filter(function (one) { return one.at > clock.time; });
      due.forEach(function (one) { one.action(); });
    };
    return clock;
  }

  var MINUTE = 60000;
  var clock = makeClock();
  var ends = 0;
  function end() { ends += 1; }

  same(TillIdle.MILLISECONDS, 10 * MINUTE, 'ten minutes');
  var idle = TillIdle.watch(clock, TillIdle.MILLISECONDS, end);
  clock.pass(9 * MINUTE);
  idle.touch();
  clock.pass(9 * MINUTE);
  same(ends, 0, 'ten minutes from the last input, not from the login');
  clock.pass(1 * MINUTE);
  same(ends, 1, 'the end');
  clock.pass(60 * MINUTE);
  idle.touch();
  same(ends, 1, 'once');

  idle = TillIdle.watch(clock, TillIdle.MILLISECONDS, end);
  clock.time += 8 * 60 * MINUTE;
  idle.touch();
  same(ends, 2, 'the first touch after a sleep, in which no timer ran');

  idle = TillIdle.watch(clock, TillIdle.MILLISECONDS, end);
  idle.end();
  clock.pass(60 * MINUTE);
  same(ends, 2, 'nobody waits after a logout');

  same([[0, 10 * MINUTE], [0, 10 * MINUTE - 1], [undefined, 0], ['x', 0]].map(function (row) {
    return TillIdle.isOver(row[0], row[1], TillIdle.MILLISECONDS);
  }), [true, false, true, true], 'a login that was kept');
}());

// MARK: What is kept

(function () {
  function makeStore(refuses) {
    var texts = {};
    return {
      texts: texts,
      getItem: function (name) { return texts.hasOwnProperty(name) ? texts[name] : null; },
      setItem: function (name, text) {
        if (refuses) throw new Error('full');
        texts[name] = text;
      },
      removeItem: function (name) { delete texts[name]; }
    };
  }

  function storage(local, session, base) {
    return TillStorage.around(function () { return local; }, function () { return session; }, base || '');
  }

  var local = makeStore();
  var session = makeStore();
  var kept = storage(local, session);
  same([kept.terminal.read(), kept.login.read()], [null, null], 'nothing yet');
  kept.terminal.keep({ secret: 'cpt_1' });
  kept.login.keep({ token: 'cps_1', business: 'b', at: 7 });
  same(Object.keys(local.texts), ['cashpilot.terminal'], 'the terminal outlives the tab, and the login does not');
  same(Object.keys(session.texts), ['cashpilot.login'], 'the login');
  kept = storage(local, session);
  same([kept.terminal.read(), kept.login.read()], [{ secret: 'cpt_1' }, { token: 'cps_1', business: 'b', at: 7 }], 'after a reload');
  same(storage(local, session, '/other').terminal.read(), null, 'another service of the origin');
  kept.terminal.forget();
  kept.login.forget();
  same([Object.keys(local.texts), Object.keys(session.texts)], [[], []], 'forgotten');
  local.texts['cashpilot.terminal'] = '{"secret":7}';
  session.texts['cashpilot.login'] = 'x';
  same([kept.terminal.read(), kept.login.read()], [null, null], 'what cannot be read is none');

  [
    storage(makeStore(true), makeStore(true)), storage(null, undefined),
    TillStorage.around(function () { throw new Error('denied'); }, function () { throw new Error('denied'); }, '')
  ].forEach(function (refused) {
    refused.terminal.keep({ secret: 'cpt_1' });
    same(refused.terminal.read(), { secret: 'cpt_1' }, 'without a store, in memory');
    refused.terminal.forget();
    same(refused.terminal.read(), null, 'and forgotten there');
  });
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
  keeper.settle();
  keeper.restore('POST', '/a', '{}', 'key-1');
  same(keeper.keyFor('POST', '/a', '{}'), 'key-1', 'the earlier one for the refused request');

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

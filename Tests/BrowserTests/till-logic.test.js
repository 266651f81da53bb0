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
  // Amounts in the units that the service names. `null`: a service that does not say the minor units.
  var MINOR_UNITS = { PYG: 0, JPY: 0, USD: 2, KWD: 3, UYW: 4, OLD: null };

  function unit(code) {
    return MINOR_UNITS[code] === null ? { currency: code } : { currency: code, currency_minor_units: MINOR_UNITS[code] };
  }

  [
    [1500000, 'PYG', 'es-PY', 'Gs 1.500.000'], [1500000, 'PYG', 'en', 'PYG 1,500,000'], [0, 'PYG', 'es-PY', 'Gs 0'],
    [999, 'PYG', 'es-PY', 'Gs 999'], [999999999999, 'PYG', 'es-PY', 'Gs 999.999.999.999'],
    [-10000, 'PYG', 'es-PY', 'Gs -10.000'], [123456, 'USD', 'es-PY', 'USD 1.234,56'],
    [123456, 'USD', 'en', 'USD 1,234.56'], [5, 'USD', 'en', 'USD 0.05'], [0, 'USD', 'es-PY', 'USD 0,00'],
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
    'Session No. 1042 of Ana at Farmacia Centro, at another till (till-2), since 2:15 PM, with a float of PYG 150,000.',
    'in English');
  same(summary({ same_terminal: true, opened_time: '01:05' }),
    'Sesión N.º 1042 de Ana en Farmacia Centro, en esta caja, desde la 01:05, con Gs 150.000 de fondo.', 'this till');
  same(summary({ same_terminal: null, terminal: { id: 't', name: 'Mostrador' }, opened_time: '22/11/2026 21:34' }),
    'Sesión N.º 1042 de Ana en Farmacia Centro, en la caja Mostrador, desde el 22/11/2026 21:34, con Gs 150.000 de fondo.',
    'a registered terminal, and another day');
  same(summary({ same_terminal: null, terminal_id: null, opened_by_name: 'Eva', handed_over_from: { session_number: 7 } }),
    'Sesión N.º 1042 de Ana en Farmacia Centro, desde las 14:15, con Gs 150.000 de fondo, abierta por Eva, ' +
    'viene de la sesión N.º 7.', 'opened by somebody else, after a handover');
  same(TillAnswers.summary({ id: 's', session_number: 7 }, TillWords.en), 'Session No. 7.', 'unknown parts are left out');
  same(TillAnswers.summary({}, TillWords['es-PY']), 'Sesión.', 'a session of which nothing is known');
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
  var guaranies = { currency: 'PYG', currency_minor_units: 0 };
  var dollars = { currency: 'USD', currency_minor_units: 2 };

  function cash(unit) {
    return [{ name: 'cash', isRequired: true, unit: unit }, { name: 'note' }, { name: 'many', type: 'integer' }];
  }

  same(TillForms.read(cash(guaranies), { cash: '1.000', note: '', many: ' ' }, 'es-PY', words),
    { values: { cash: 1000 }, faults: null }, 'an empty field that may be empty is not sent');
  same(TillForms.read(cash(guaranies), { cash: '', note: ' x ' }, 'es-PY', words).faults,
    { cash: { text: 'Escribí un monto, por ejemplo 150.000' } }, 'a missing amount');
  same(TillForms.read(cash(dollars), { cash: 'x' }, 'en', TillWords.en).faults,
    { cash: { text: 'That amount cannot be read. Write it like this: 150,000.00' } }, 'an unread amount');
  same(TillForms.read(cash(dollars), { cash: '1.234,56' }, 'es-PY', words).values, { cash: 123456 }, 'in minor units');
  same(TillForms.read(cash(guaranies), { cash: '1', many: ' 15 ' }, 'es-PY', words).values, { cash: 1, many: 15 },
    'a whole number that is no amount');
  same(TillForms.read(cash(guaranies), { cash: '1', many: '1.5' }, 'es-PY', words).faults,
    { many: { text: 'Escribí un número entero, por ejemplo 15.' } }, 'no whole number');
  same(TillForms.read([{ name: 'a', isRequired: true }, { name: 'b', isRequired: true, isSecret: true }],
    { a: ' x ', b: ' y ' }, 'en', TillWords.en).values, { a: 'x', b: ' y ' }, 'a password is sent as it was typed');
  same(TillForms.understood('1.500.000', guaranies, 'es-PY', words), 'Se entiende: Gs 1.500.000', 'read back');
  same(TillForms.understood('abc', guaranies, 'es-PY', words), '', 'not read back');
  same(TillForms.requiredFirst([{ name: 'a' }, { name: 'b', isRequired: true }])[0].name, 'b', 'required fields first');

  // The worked example of the shop's rules.
  var shift = {
    id: 's', business_id: 'b', status: 'CLOSED', session_number: 1042, currency: 'PYG', currency_minor_units: 0,
    totals: { over_short: -10000 }, opening_difference: -5000
  };
  var count = TillForms.countAction(shift, words);
  same(count.fields.map(function (field) { return field.name; }), [
    'final_cash', 'declared_cash_sales', 'envelope_amount', 'expenses', 'credit_payments_collected', 'card_total',
    'bank_transfer_total', 'credit_sales_total', 'closing_ticket', 'notes'
  ], 'the whole count');
  same(TillForms.read(count.fields, {
    final_cash: '1.200.000', envelope_amount: '300.000', expenses: '50.000', credit_payments_collected: '100.000',
    declared_cash_sales: '960.000', card_total: ''
  }, 'es-PY', words).values, {
    final_cash: 1200000, declared_cash_sales: 960000, envelope_amount: 300000, expenses: 50000,
    credit_payments_collected: 100000
  }, 'the worked example');
  same(TillForms.outcome(shift, words), 'La sesión N.º 1042 quedó cerrada. Falta Gs 10.000.', 'closed, and short');
  same(TillForms.outcome({ status: 'CLOSED', session_number: 7 }, TillWords.en), 'Session No. 7 is closed.', 'closed');
  same(TillForms.outcome({ status: 'ENDED', session_number: 7 }, words),
    'Te falta contar la sesión N.º 7. Contala cuando puedas.', 'ended');
  same(TillForms.openingDifference(shift, words),
    'El fondo tiene Gs 5.000 de menos que el último conteo de esta caja.', 'a float that is lower');
  same(TillForms.openingDifference({ currency: 'PYG', currency_minor_units: 0, opening_difference: 5000 }, TillWords.en),
    'The float is PYG 5,000 more than the last count at this till.', 'a float that is higher');
  same([null, 0, undefined].map(function (difference) {
    return TillForms.openingDifference({ currency: 'PYG', opening_difference: difference }, words);
  }), [null, null, null], 'no difference');
  shift.corrections = 2;
  shift.at_close = { final_cash: 1100000, expected_cash: 1210000, over_short: -110000 };
  same(TillForms.corrections(shift, words), 'Corregido 2 veces · al cerrar: Gs 1.100.000 (Falta Gs 110.000)',
    'corrected, with the figures at the close');
  same(TillForms.corrections({
    corrections: 1, currency: 'PYG', currency_minor_units: 0,
    at_close: { final_cash: 5, expected_cash: null, over_short: null }
  }, TillWords.en), 'Corrected once · at the close: PYG 5', 'corrected once, with no declared sales');
  same([0, null, undefined].map(function (times) {
    return TillForms.corrections({ corrections: times, at_close: null }, words);
  }), [null, null, null], 'never corrected');

  same(TillAnswers.isUncounted({ status: 'ENDED', final_cash: null }), true, 'an ended session without a count');
  same(TillAnswers.isUncounted({ status: 'ENDED', final_cash: 0 }), false, 'a count of zero');
  same(TillAnswers.isUncounted({ status: 'OPEN', final_cash: null }), false, 'an open session');
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

// The actions on the session on the screen. Its `allowed_actions` decide; this table knows the form of each.

var TillActions = (function () {
  'use strict';

  // The amounts of a count, in the order of the form.
  var AMOUNTS = [
    'final_cash', 'declared_cash_sales', 'envelope_amount', 'expenses', 'credit_payments_collected', 'card_total',
    'bank_transfer_total', 'credit_sales_total'
  ];
  // The values that an edit may remove. Any other value can only be replaced.
  var REMOVABLE = ['declared_cash_sales', 'closing_ticket', 'notes'];

  // The categories of a movement, in the order of the form. A transfer is left to the POS: it names the other cashier.
  var PAID_IN = ['CREDIT_PAYMENT', 'CHANGE', 'OTHER'];
  var PAID_OUT = ['EXPENSE', 'CHANGE', 'TIP', 'OTHER'];

  // The name of a form: its request, its look, and a function that returns its fields. It is a name of
  // `allowed_actions`, or `needs` one.
  var KNOWN = {
    close: { method: 'POST', path: '/close', style: 'primary', fields: wholeCount },
    'paid-in': { method: 'POST', path: '/movements', needs: 'record', fields: movement('PAID_IN', PAID_IN) },
    'paid-out': { method: 'POST', path: '/movements', needs: 'record', fields: movement('PAID_OUT', PAID_OUT) },
    drop: { method: 'POST', path: '/movements', needs: 'record', fields: movement('DROP') },
    'no-sale': { method: 'POST', path: '/movements', needs: 'record', fields: noSale },
    end: { method: 'POST', path: '/end', fields: none },
    handover: { method: 'POST', path: '/handover', fields: handover },
    edit: { method: 'PATCH', path: '', fields: edit },
    'force-close': { method: 'POST', path: '/force-close', style: 'danger', fields: forcedClose },
    reopen: { method: 'POST', path: '/reopen', fields: reason },
    flag: { method: 'PUT', path: '/flag', fields: reason },
    unflag: { method: 'DELETE', path: '/flag', fields: none },
    'delete': { method: 'POST', path: '/delete', style: 'danger', fields: reason },
    restore: { method: 'POST', path: '/restore', fields: none }
  };
  var ORDER = [
    'close', 'paid-in', 'paid-out', 'drop', 'no-sale', 'end', 'handover', 'edit', 'reopen', 'flag', 'unflag',
    'force-close', 'delete', 'restore'
  ];

  function none() { return []; }

  function amount(name, isRequired, session) {
    return { name: name, type: 'integer', isRequired: isRequired, unit: session };
  }

  function text(name, maxLength, isRequired) {
    return { name: name, type: 'string', isRequired: isRequired === true, maxLength: maxLength };
  }

  function reason() { return [text('reason', 500, true)]; }

  function constant(name, value) {
    return { name: name, constant: value };
  }

  // Makes the function that returns the fields of a movement. Its category, if it has any, is chosen by the person.
  function movement(type, categories) {
    return function (session) {
      var chosen = { name: 'category', type: 'choice', isRequired: true };
      if (categories) chosen.options = categories.map(function (one) { return { id: one, word: 'categoryOf' }; });
      return [constant('type', type)].concat(categories ? [chosen] : [], [
        amount('amount', true, session), text('reason', 500), text('reference', 50)
      ]);
    };
  }

  function noSale() {
    return [constant('type', 'NO_SALE')].concat(reason());
  }

  // The whole count: a form without some of it would book wrong sales.
  function count(session, isRequired) {
    return AMOUNTS.map(function (name) {
      return amount(name, name === 'final_cash' && isRequired, session);
    }).concat([text('closing_ticket', 50), text('notes', 1000)]);
  }

  function wholeCount(session) {
    return count(session, true);
  }

  function forcedClose(session) {
    return reason().concat(count(session, false));
  }

  // - colleagues: who may take over, as `{ id, name }`.
  function handover(session, colleagues) {
    var recipient = { name: 'to_cashier_id', type: 'choice', isRequired: true, options: colleagues || [] };
    return [recipient].concat(count(session, true));
  }

  // The current values of the session, to be changed. Only changed values are sent.
  //
  // A count exists once the session is closed, and every change of a closed session has a reason.
  function edit(session) {
    var isClosed = session.status === 'CLOSED';
    var fields = [amount('initial_cash', true, session)];
    fields = fields.concat(isClosed ? count(session, false) : [text('notes', 1000)]);
    fields.forEach(function (field) {
      var current = session[field.name];
      field.current = current === undefined ? null : current;
      field.isRemovable = REMOVABLE.indexOf(field.name) >= 0;
      field.isRequired = !field.isRemovable && field.current !== null;
    });
    return fields.concat([text('reason', 500, isClosed)]);
  }

  // Whether an action records a movement: its answer is no session.
  function records(name) {
    return KNOWN.hasOwnProperty(name) && KNOWN[name].needs === 'record';
  }

  // One action on a session, in the form of the actions of a 409; null if the page does not know it.
  function make(name, session, colleagues) {
    if (!KNOWN.hasOwnProperty(name)) return null;
    var known = KNOWN[name];
    return {
      name: name, method: known.method, href: TillAddresses.session(session) + known.path,
      style: known.style || 'default', ifMatch: null, fields: known.fields(session, colleagues), repeats: false,
      replaces: false
    };
  }

  // The names that the person may use now, in the order of their buttons.
  function namesFor(session) {
    var allowed = session.allowed_actions instanceof Array ? session.allowed_actions : [];
    return ORDER.filter(function (name) { return allowed.indexOf(KNOWN[name].needs || name) >= 0; });
  }

  // The colleagues of a list of cashiers who may take over from the session's cashier.
  function colleagues(items, session) {
    return (items instanceof Array ? items : []).filter(function (one) {
      return one && typeof one.id === 'string' && one.is_active !== false && one.id !== session.cashier_id;
    });
  }

  // The fields of a count, also for a summary.
  return { AMOUNTS: AMOUNTS, make: make, namesFor: namesFor, records: records, colleagues: colleagues };
}());

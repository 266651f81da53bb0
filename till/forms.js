// From what was typed to what the service wants. Nothing here touches the page.

var TillForms = (function () {
  'use strict';

  // The amounts of a count; the first is required.
  var COUNTED = [
    'final_cash', 'declared_cash_sales', 'envelope_amount', 'expenses', 'credit_payments_collected', 'card_total',
    'bank_transfer_total', 'credit_sales_total'
  ];

  // The values of a form's fields, or what is wrong with them: `{ values: {…}, faults: null }` or `{ faults: {…} }`, both
  // by the fields' names. An empty field that is not required is left out.
  //
  // - fields: name, isRequired, and what applies of unit (of an amount, see amounts.js), type and isSecret.
  // - typed: what is in the inputs, by name.
  function read(fields, typed, language, words) {
    var values = {};
    var faults = {};
    fields.forEach(function (field) {
      var text = typed[field.name] || '';
      var isEmpty = field.isSecret ? text === '' : /^\s*$/.test(text);
      if (isEmpty && !field.isRequired) return;
      var found = readOne(field, text, isEmpty, language, words);
      if (found.fault) faults[field.name] = { text: found.fault };
      else values[field.name] = found.value;
    });
    return Object.keys(faults).length ? { values: null, faults: faults } : { values: values, faults: null };
  }

  function readOne(field, text, isEmpty, language, words) {
    if (field.unit) {
      var amount = TillAmounts.read(text, field.unit, language);
      return amount.fault ? { fault: moneyFault(amount.fault, field.unit, language, words) } : { value: amount.minor };
    }
    if (isEmpty) return { fault: words.required };
    if (field.isSecret) return { value: text };
    var trimmed = text.replace(/^\s+|\s+$/g, '');
    if (field.type !== 'integer') return { value: trimmed };
    return /^-?\d{1,15}$/.test(trimmed) ? { value: Number(trimmed) } : { fault: words.integerUnread };
  }

  function moneyFault(name, unit, language, words) {
    if (name === 'TOO_LARGE') return words.amountTooLarge;
    var example = TillAmounts.figure(150000 * Math.pow(10, TillAmounts.exponent(unit)), unit, language);
    return (name === 'MISSING' ? words.amountMissing : words.amountUnread) + example;
  }

  // `Se entiende: Gs 1.500.000`, or nothing while it is no amount.
  function understood(text, unit, language, words) {
    var amount = TillAmounts.read(text, unit, language);
    return amount.fault ? '' : words.amountHint + TillAmounts.show(amount.minor, unit, language);
  }

  function isRequired(field) { return field.isRequired; }

  function isOptional(field) { return !field.isRequired; }

  function requiredFirst(fields) {
    return fields.filter(isRequired).concat(fields.filter(isOptional));
  }

  // - unit: the business or the session.
  function moneyField(name, title, isNeeded, unit) {
    return { name: name, type: 'integer', title: title, isRequired: isNeeded, unit: unit };
  }

  function openField(business, words) {
    return moneyField('initial_cash', words.initialCash, true, business);
  }

  // Closing a session that no dialog offers to close, with the whole count.
  function countAction(session, words) {
    var amounts = COUNTED.map(function (name) {
      return moneyField(name, words.titleOf[name], name === 'final_cash', session);
    });
    var fields = amounts.concat([
      { name: 'closing_ticket', type: 'string', title: words.titleOf.closing_ticket, maxLength: 50 },
      { name: 'notes', type: 'string', title: words.titleOf.notes, maxLength: 1000 }
    ]);
    return {
      name: 'close', title: words.close, method: 'POST', href: TillAnswers.addressOf(session) + '/close',
      ifMatch: null, fields: fields, repeats: false
    };
  }

  // An amount in the currency of a session; null if there is none.
  function money(minor, session, language) {
    return typeof minor === 'number' ? TillAmounts.show(minor, session, language) : null;
  }

  // `Falta Gs 10.000`, `Sobra Gs 10.000`, `Sin diferencia`; null if nobody can say.
  function overShort(session, words) {
    var minor = (session.totals || {}).over_short;
    if (typeof minor !== 'number') return null;
    if (minor === 0) return words.even;
    return (minor < 0 ? words.short : words.over) + money(Math.abs(minor), session, words.language);
  }

  // How the float differs from the last count at the same terminal; null if it does not.
  function openingDifference(session, words) {
    var minor = session.opening_difference;
    if (typeof minor !== 'number' || minor === 0) return null;
    var size = money(Math.abs(minor), session, words.language) + ' ' + (minor < 0 ? words.less : words.more);
    return TillAnswers.filled(words.openingDifference, size);
  }

  // How often a count was corrected, and what was counted first; null if it never was.
  function corrections(session, words) {
    var times = session.corrections;
    if (typeof times !== 'number' || times < 1) return null;
    var first = session.at_close || {};
    var counted = money(first.final_cash, session, words.language);
    var difference = overShort({
      totals: first, currency: session.currency, currency_minor_units: session.currency_minor_units
    }, words);
    var text = times === 1 ? words.correctedOnce : TillAnswers.filled(words.correctedTimes, String(times));
    return text + TillAnswers.filled(words.atClose, counted) + (counted && difference ? ' (' + difference + ')' : '');
  }

  // What became of a session that is not open any more: that it is closed, or that its count is missing.
  function outcome(session, words) {
    var number = String(session.session_number);
    if (session.status === 'ENDED') return TillAnswers.filled(words.endedNumber, number);
    var difference = overShort(session, words);
    return TillAnswers.filled(words.closedNumber, number) + (difference ? ' ' + difference + '.' : '');
  }

  return {
    read: read, understood: understood, isRequired: isRequired, isOptional: isOptional, requiredFirst: requiredFirst,
    openField: openField, countAction: countAction, money: money, overShort: overShort,
    openingDifference: openingDifference, corrections: corrections, outcome: outcome
  };
}());

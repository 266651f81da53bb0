// Converts typed values into request fields. Nothing here touches the page.

var TillForms = (function () {
  'use strict';

  // The values of a form's fields, or their faults: `{ values: {…}, faults: null }` or `{ faults: {…} }`,
  // both by the fields' names. An empty field that is not required is left out, as is a value that did not change.
  //
  // - fields: name, isRequired, and what applies of unit (of an amount, see amounts.js), type, isSecret, constant,
  //   pattern (with `fault`), and current with isRemovable.
  // - typed: the texts of the inputs, by name.
  function read(fields, typed, language) {
    var values = {};
    var faults = {};
    fields.forEach(function (field) {
      var text = typed[field.name] || '';
      if (field.constant !== undefined) {
        values[field.name] = field.constant;
        return;
      }
      var isEmpty = field.isSecret ? text === '' : /^\s*$/.test(text);
      if (isEmpty && !field.isRequired) {
        if (field.isRemovable && field.current !== null) values[field.name] = null;
        return;
      }
      var found = readOne(field, text, isEmpty, language);
      if (found.fault) faults[field.name] = found;
      else if (found.value !== field.current) values[field.name] = found.value;
    });
    return Object.keys(faults).length ? { values: null, faults: faults } : { values: values, faults: null };
  }

  function readOne(field, text, isEmpty, language) {
    if (field.unit) {
      var amount = TillAmounts.read(text, field.unit, language);
      return amount.fault ? { fault: amount.fault, unit: field.unit } : { value: amount.minor };
    }
    if (isEmpty) return { fault: 'REQUIRED' };
    var given = field.isSecret ? text : text.replace(/^\s+|\s+$/g, '');
    if (field.pattern && !field.pattern.test(given)) return { fault: field.fault };
    if (field.type !== 'integer') return { value: given };
    return /^-?\d{1,15}$/.test(given) ? { value: Number(given) } : { fault: 'INTEGER' };
  }

  // The sentence about a fault that `read` found.
  function complaint(found, words) {
    if (found.fault !== 'MISSING' && found.fault !== 'UNREAD') return words.complaintOf[found.fault];
    var places = TillAmounts.exponent(found.unit) || 0;
    return words.complaintOf[found.fault] +
      TillAmounts.figure(150000 * Math.pow(10, places), found.unit, words.language);
  }

  // `Se entiende: Gs 1.500.000`, or nothing while it is no amount.
  function understood(text, unit, words) {
    var amount = TillAmounts.read(text, unit, words.language);
    return amount.fault ? '' : words.amountHint + TillAmounts.show(amount.minor, unit, words.language);
  }

  // Rewrites a typed amount for the other language. An unreadable text stays as it is.
  function respelled(text, unit, from, to) {
    var amount = TillAmounts.read(text, unit, from);
    return amount.fault ? text : TillAmounts.figure(amount.minor, unit, to);
  }

  function isRequired(field) { return field.isRequired; }

  function isOptional(field) { return !field.isRequired; }

  // The fields that a person fills in.
  function isDrawn(field) { return field.constant === undefined; }

  function requiredFirst(fields) {
    var drawn = fields.filter(isDrawn);
    return drawn.filter(isRequired).concat(drawn.filter(isOptional));
  }

  // - business: its currency is the amount's.
  function openField(business) {
    return { name: 'initial_cash', type: 'integer', isRequired: true, unit: business };
  }

  function secretField(name) {
    return { name: name, isRequired: true, isSecret: true };
  }

  // The service also refuses PINs that are easy to guess.
  function pinField(name) {
    return { name: name, isRequired: true, isSecret: true, pattern: /^\d{6,12}$/, fault: 'PIN' };
  }

  // The texts of the fields before the person types, by name.
  function initial(fields, language) {
    var typed = {};
    fields.forEach(function (field) {
      var current = field.current;
      var isAmount = typeof current === 'number' && field.unit;
      typed[field.name] = isAmount ? TillAmounts.figure(current, field.unit, language) : current || '';
    });
    return typed;
  }

  // The question before a count that is lower than the float; null if there is nothing to ask.
  //
  // - float: `initial_cash` and the unit of the session that is counted.
  function lowCount(values, float, words) {
    var counted = values ? values.final_cash : null;
    if (typeof counted !== 'number' || !float || typeof float.initial_cash !== 'number') return null;
    if (counted >= float.initial_cash) return null;
    return words.lowCount.replace('{counted}', TillAmounts.show(counted, float, words.language))
      .replace('{float}', TillAmounts.show(float.initial_cash, float, words.language));
  }

  return {
    read: read, complaint: complaint, understood: understood, respelled: respelled, isRequired: isRequired,
    isOptional: isOptional, isDrawn: isDrawn, requiredFirst: requiredFirst, openField: openField,
    secretField: secretField, pinField: pinField, initial: initial, lowCount: lowCount
  };
}());

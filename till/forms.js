// From what was typed to what the service wants. Nothing here touches the page.

var TillForms = (function () {
  'use strict';

  // The values of a form's fields, or what is wrong with them: `{ values: {…}, faults: null }` or `{ faults: {…} }`, both
  // by the fields' names.
  //
  // - fields: name, isRequired, and isAmount or isSecret.
  // - typed: what is in the inputs, by name.
  function read(fields, typed, currency, language, words) {
    var values = {};
    var faults = {};
    fields.forEach(function (field) {
      var text = typed[field.name] || '';
      var isEmpty = field.isSecret ? text === '' : /^\s*$/.test(text);
      if (isEmpty && !field.isRequired) return;
      if (field.isAmount) {
        var amount = TillAmounts.read(text, currency, language);
        if (amount.fault) faults[field.name] = fault(amount.fault, currency, language, words);
        else values[field.name] = amount.minor;
      } else if (isEmpty) {
        faults[field.name] = { text: words.required };
      } else {
        values[field.name] = field.isSecret ? text : text.replace(/^\s+|\s+$/g, '');
      }
    });
    return Object.keys(faults).length ? { values: null, faults: faults } : { values: values, faults: null };
  }

  function fault(name, currency, language, words) {
    if (name === 'TOO_LARGE') return { text: words.amountTooLarge };
    var example = TillAmounts.figure(150000 * Math.pow(10, TillAmounts.exponent(currency)), currency, language);
    return { text: (name === 'MISSING' ? words.amountMissing : words.amountUnread) + example };
  }

  // `Se entiende: Gs 1.500.000`, or nothing while it is no amount.
  function understood(text, currency, language, words) {
    var amount = TillAmounts.read(text, currency, language);
    return amount.fault ? '' : words.amountHint + TillAmounts.show(amount.minor, currency, language);
  }

  return { read: read, understood: understood };
}());

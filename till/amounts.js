// Money as the shop's people read and write it. Nothing here touches the page.
//
// A `unit` is any object of the service with `currency` and `currency_minor_units`, such as a business, a session or
// the field of an action.

var TillAmounts = (function () {
  'use strict';

  // The largest amount that the service accepts, in minor units.
  var MAX = 999999999999;
  // The symbols that people write instead of a currency's code.
  var SYMBOLS = { PYG: 'Gs', USD: 'US$' };

  // The digits behind the point; null where the service does not say, as an older version does not.
  function exponent(unit) {
    return unit && typeof unit.currency_minor_units === 'number' ? unit.currency_minor_units : null;
  }

  function symbol(unit) {
    return SYMBOLS.hasOwnProperty(unit.currency) ? SYMBOLS[unit.currency] : unit.currency;
  }

  // The digits of a whole number with a separator before every three.
  function group(digits, separator) {
    return digits.replace(/(\d)(?=(\d{3})+$)/g, '$1' + separator);
  }

  // The number alone: `1.500.000` and `1.234,56` in Spanish, `1,500,000` and `1,234.56` in English.
  function figure(minor, unit, language) {
    var places = exponent(unit) || 0;
    var digits = String(Math.abs(minor));
    while (digits.length <= places) digits = '0' + digits;
    var whole = group(digits.slice(0, digits.length - places), language === 'en' ? ',' : '.');
    var rest = digits.slice(digits.length - places);
    return (minor < 0 ? '-' : '') + whole + (places ? (language === 'en' ? '.' : ',') + rest : '');
  }

  // `Gs 1.500.000` or `Gs 1,500,000`.
  function show(minor, unit, language) {
    return symbol(unit) + ' ' + figure(minor, unit, language);
  }

  // Reads a typed amount: `{ minor: 1500000 }`, or `{ fault: … }` with `MISSING`, `UNREAD`, `TOO_LARGE`.
  //
  // It never guesses. Three digits must follow a separator of thousands. In a currency without decimals, the point and
  // the comma are both such separators. If the number of decimals is unknown, no amount can be read.
  function read(text, unit, language) {
    var typed = String(text).replace(/[\s\u00a0\u202f]+/g, '');
    if (typed === '') return { fault: 'MISSING' };
    var places = exponent(unit);
    if (places === null) return { fault: 'UNREAD' };
    var point = language === 'en' ? '\\.' : ',';
    var rest = places ? '(?:' + point + '(\\d{1,' + places + '}))?' : '';
    var separators = places ? [language === 'en' ? ',' : '\\.'] : ['\\.', ','];
    var found = new RegExp('^(\\d+)' + rest + '$').exec(typed);
    for (var i = 0; !found && i < separators.length; i += 1) {
      found = new RegExp('^(\\d{1,3}(?:' + separators[i] + '\\d{3})+)' + rest + '$').exec(typed);
    }
    if (!found) return { fault: 'UNREAD' };
    var fraction = found[2] || '';
    while (fraction.length < places) fraction += '0';
    var minor = Number(found[1].replace(/[.,]/g, '') + fraction);
    return minor > MAX ? { fault: 'TOO_LARGE' } : { minor: minor };
  }

  return { exponent: exponent, symbol: symbol, group: group, figure: figure, show: show, read: read };
}());

// Money and times as the shop's people read and write them. Nothing here touches the page.
//
// A `unit` is what an amount is in: any object of the service with `currency` and `currency_minor_units`, such as a
// business, a session or the field of an action.

var TillAmounts = (function () {
  'use strict';

  // What the service takes at most, in minor units.
  var MAX = 999999999999;
  var MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

  // The digits behind the point; null where the service does not say, as an older version does not.
  function exponent(unit) {
    return unit && typeof unit.currency_minor_units === 'number' ? unit.currency_minor_units : null;
  }

  // `Gs` for guaraníes in Spanish, else the currency's code.
  function symbol(unit, language) {
    return unit.currency === 'PYG' && language !== 'en' ? 'Gs' : unit.currency;
  }

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

  // `Gs 1.500.000` or `PYG 1,500,000`.
  function show(minor, unit, language) {
    return symbol(unit, language) + ' ' + figure(minor, unit, language);
  }

  // What somebody typed, in minor units: `{ minor: 1500000 }`, or `{ fault: … }` with `MISSING`, `UNREAD`, `TOO_LARGE`.
  //
  // It never guesses. A separator of thousands must stand before three digits; a currency without a minor unit takes the
  // point and the comma for that, because there neither can mean anything else. Without minor units nothing can be read.
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

  function twoDigits(number) {
    return number < 10 ? '0' + number : String(number);
  }

  // Year, month, day, hour, minute of an instant in a zone; null where the browser knows no zones, as IE11 does not.
  function partsIn(instant, zone) {
    try {
      var text = instant.toLocaleString('en-US', {
        timeZone: zone, hour12: false, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric',
        minute: 'numeric'
      });
      var found = /^(\d+)\/(\d+)\/(\d{4}),? (\d+):(\d+)$/.exec(text);
      return found && [+found[3], +found[1], +found[2], found[4] % 24, +found[5]];
    } catch (unknownZone) {
      return null;
    }
  }

  // `23/11/2026 14:15` or `Nov 23, 2026, 2:15 PM`, in the business's zone; where the browser knows no zones, on the
  // device's clock, with its distance to UTC so that nobody is misled.
  function time(rfc3339, zone, language) {
    var instant = new Date(rfc3339);
    if (isNaN(instant.getTime())) return '';
    var parts = partsIn(instant, zone);
    var suffix = '';
    if (!parts) {
      parts = [
        instant.getFullYear(), instant.getMonth() + 1, instant.getDate(), instant.getHours(), instant.getMinutes()
      ];
      suffix = ' (' + offset(-instant.getTimezoneOffset()) + ')';
    }
    if (language === 'en') {
      return MONTHS[parts[1] - 1] + ' ' + parts[2] + ', ' + parts[0] + ', ' + (parts[3] % 12 || 12) + ':' +
        twoDigits(parts[4]) + (parts[3] < 12 ? ' AM' : ' PM') + suffix;
    }
    return twoDigits(parts[2]) + '/' + twoDigits(parts[1]) + '/' + parts[0] + ' ' + twoDigits(parts[3]) + ':' +
      twoDigits(parts[4]) + suffix;
  }

  // `UTC-03:00` for -180.
  function offset(minutes) {
    var size = Math.abs(minutes);
    return 'UTC' + (minutes < 0 ? '-' : '+') + twoDigits(Math.floor(size / 60)) + ':' + twoDigits(size % 60);
  }

  return { exponent: exponent, symbol: symbol, figure: figure, show: show, read: read, time: time, offset: offset };
}());

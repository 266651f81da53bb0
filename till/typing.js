// Groups the digits of an amount while somebody types it: `150000` becomes `150.000`. Nothing here touches the page.

var TillTyping = (function () {
  'use strict';

  function separatorOf(language) {
    return language === 'en' ? ',' : '.';
  }

  function pointOf(language) {
    return language === 'en' ? '.' : ',';
  }

  // The text without separators of thousands, if the rest is digits and a fraction that may be unfinished; else null.
  function plain(text, unit, language) {
    var places = TillAmounts.exponent(unit) || 0;
    var bare = text.split(separatorOf(language)).join('');
    var fraction = places ? '(?:\\' + pointOf(language) + '\\d{0,' + places + '})?' : '';
    return new RegExp('^\\d+' + fraction + '$').test(bare) ? bare : null;
  }

  function grouped(bare, language) {
    var parts = bare.split(pointOf(language));
    parts[0] = TillAmounts.group(parts[0], separatorOf(language));
    return parts.join(pointOf(language));
  }

  // Whether a text already has its separators where they belong.
  function isGrouped(text, unit, language) {
    var bare = plain(text, unit, language);
    return text === '' || (bare !== null && grouped(bare, language) === text);
  }

  // The part of a text that was inserted since an earlier state.
  function inserted(before, after) {
    var start = 0;
    while (start < before.length && start < after.length && before.charAt(start) === after.charAt(start)) start += 1;
    var end = 0;
    while (end < before.length - start && end < after.length - start &&
      before.charAt(before.length - 1 - end) === after.charAt(after.length - 1 - end)) end += 1;
    return after.slice(start, after.length - end);
  }

  function countDigits(text) {
    return text.replace(/[^\d]/g, '').length;
  }

  // The text with its digits grouped, and the caret behind the same digit; the text as it is if it may mean another
  // amount: somebody who types `15.00` in guaraníes must not get 1.500.
  //
  // - before: the text before this change.
  // - isForward: whether the Delete key made the change. The caret then passes the separator, where Delete would stop.
  function format(before, text, caret, unit, language, isForward) {
    var kept = { text: text, caret: caret };
    if (text === '' || TillAmounts.exponent(unit) === null) return kept;
    var bare = null;
    var digits = TillAmounts.exponent(unit) ? '0-9\\' + pointOf(language) : '0-9';
    if (isGrouped(before, unit, language) && !new RegExp('[^' + digits + ']').test(inserted(before, text))) {
      bare = plain(text, unit, language);
    } else if (!TillAmounts.read(text, unit, language).fault) {
      bare = text.replace(TillAmounts.exponent(unit) ? /[\s\u00a0\u202f]+/g : /[\s\u00a0\u202f.,]+/g, '');
      bare = plain(bare, unit, language);
    }
    if (bare === null) return kept;
    var shown = grouped(bare, language);
    return { text: shown, caret: caretIn(shown, text, caret, language, isForward) };
  }

  // Behind as many digits as before, and behind the decimal point if it was.
  function caretIn(shown, text, caret, language, isForward) {
    var ahead = text.slice(0, caret);
    var digits = countDigits(ahead);
    var hasPoint = ahead.indexOf(pointOf(language)) >= 0 && shown.indexOf(pointOf(language)) >= 0;
    var at = 0;
    for (var seen = 0; seen < digits && at < shown.length; at += 1) if (/\d/.test(shown.charAt(at))) seen += 1;
    var next = shown.charAt(at);
    if ((hasPoint && next === pointOf(language)) || (isForward && next === separatorOf(language))) at += 1;
    return at;
  }

  return { format: format };
}());

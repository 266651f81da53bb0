// The texts about a session: its facts, its difference and its outcome. Nothing here touches the page.

var TillSummary = (function () {
  'use strict';

  // An amount in the currency of a session; null if there is none.
  function money(minor, session, language) {
    return typeof minor === 'number' ? TillAmounts.show(minor, session, language) : null;
  }

  // How the count differs from the expected cash: `{ title: 'Faltante', text: 'Gs 10.000' }`; null if nobody can say.
  function difference(session, words) {
    var minor = (session.totals || {}).over_short;
    if (typeof minor !== 'number') return null;
    if (minor === 0) return { title: words.overShort, text: words.even };
    return { title: minor < 0 ? words.short : words.over, text: money(Math.abs(minor), session, words.language) };
  }

  // `Faltante: Gs 10.000`, `Sin diferencia`; null if nobody can say.
  function overShort(session, words) {
    var found = difference(session, words);
    if (!found) return null;
    return found.text === words.even ? found.text : found.title + ': ' + found.text;
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
    var differed = overShort({
      totals: first, currency: session.currency, currency_minor_units: session.currency_minor_units
    }, words);
    var text = times === 1 ? words.correctedOnce : TillAnswers.filled(words.correctedTimes, String(times));
    return text + TillAnswers.filled(words.atClose, counted) + (counted && differed ? ' (' + differed + ')' : '');
  }

  function sentence(text) {
    return text ? ' ' + text + '.' : '';
  }

  // The state of a session that is not open: closed, or ended without a count.
  function outcome(session, words) {
    var number = String(session.session_number);
    if (session.status === 'ENDED') return TillAnswers.filled(words.endedNumber, number);
    return TillAnswers.filled(words.closedNumber, number) + sentence(overShort(session, words));
  }

  // The message after a close. The difference comes first, because everybody looks for it.
  //
  // - mayOpen: whether another session may be opened now.
  function closed(session, mayOpen, words) {
    return words.closed + sentence(overShort(session, words)) + (mayOpen ? ' ' + words.mayOpen : '');
  }

  // The facts of a session that are known: a name, a title and a text each. An amount of the count that is zero says
  // nothing, except what was counted.
  function facts(session, words) {
    var language = words.language;
    var totals = session.totals || {};
    var differed = difference(session, words);

    function time(instant) {
      return instant ? TillTimes.show(instant, session.time_zone, language) : null;
    }

    function counted(name) {
      var isShown = name === 'final_cash' || session[name] !== 0;
      return [name, words.titleOf[name], isShown ? money(session[name], session, language) : null];
    }

    return [
      ['status', words.status, words.statusOf[session.status] || session.status],
      ['opened_at', words.openedAt, time(session.opened_at)],
      ['ended_at', words.endedAt, time(session.ended_at)],
      ['closed_at', words.closedAt, time(session.closed_at)],
      ['initial_cash', words.titleOf.initial_cash, money(session.initial_cash, session, language)]
    ].concat(TillActions.AMOUNTS.map(counted), [
      ['closing_ticket', words.titleOf.closing_ticket, session.closing_ticket],
      ['notes', words.titleOf.notes, session.notes],
      ['flag', words.flagged, session.flag ? session.flag.reason : null],
      ['cash_sales', words.cashSales, money(totals.cash_sales, session, language)],
      ['expected_cash', words.expectedCash, money(totals.expected_cash, session, language)],
      ['over_short', differed && differed.title, differed && differed.text]
    ]).filter(function (fact) { return fact[2]; });
  }

  return {
    money: money, overShort: overShort, openingDifference: openingDifference, corrections: corrections,
    outcome: outcome, closed: closed, facts: facts
  };
}());

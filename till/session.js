// The screen of one session: its facts, and a button for each action that the person may take. It can be printed.

TillScreens.session = (function () {
  'use strict';

  var make = TillElements.make;
  var button = TillElements.button;

  function rows(session, words) {
    return TillSummary.facts(session, words).map(function (fact) {
      return make('div', { 'class': 'fact' }, [
        make('dt', {}, [fact[1]]), make('dd', { 'data-fact': fact[0] }, [fact[2]])
      ]);
    });
  }

  // The marks that a person should see before anything else.
  function marks(session, words) {
    return [
      session.stale && [null, words.stale],
      session.count_overdue === true && [null, words.countOverdue],
      ['corrections', TillSummary.corrections(session, words)],
      ['opening_difference', TillSummary.openingDifference(session, words)]
    ].filter(function (mark) { return mark && mark[1]; }).map(function (mark) {
      return make('p', { 'class': 'stale', 'data-fact': mark[0] }, [mark[1]]);
    });
  }

  function actionButton(till, name, look, words) {
    var isCount = name === 'close' && TillAnswers.isUncounted(till.session);
    return button(isCount ? words.count : words.actionOf[name.replace(/-/g, '_')], look, function () {
      till.startOn(name);
    }, { id: name, 'data-do': name });
  }

  // To another session of the person: the open one if there is one, else a new one. Nothing beside the open one.
  function nextButton(till, isCountFirst, words) {
    var look = isCountFirst ? 'plain' : 'primary';
    var known = till.openIn(till.business);
    if (known && known.id === till.session.id) return null;
    if (!known) return button(words.openAgain, look, till.showOpen, { id: 'next' });
    return button(words.view, look, function () { till.view(TillAddresses.session(known)); }, { id: 'next' });
  }

  function screen(till, words) {
    var shown = till.session;
    var names = TillActions.namesFor(shown);
    var mayCount = names.indexOf('close') >= 0;
    var others = names.filter(function (name) { return name !== 'close'; });
    return [
      TillControls.heading(words.session + shown.session_number),
      make('p', { 'class': 'where' }, [
        [till.business.name, shown.cashier_id === till.user.id && till.user.name].filter(Boolean).join(' · ')
      ])
    ].concat(marks(shown, words), [
      !TillAnswers.isUncounted(shown) && TillScreens.uncountedNotice(till, words),
      make('dl', { 'class': 'facts', 'data-status': shown.status }, rows(shown, words)),
      make('p', { 'class': 'print-only' }, [words.notAReceipt]),
      make('div', { 'class': 'actions' }, [
        mayCount && actionButton(till, 'close', 'primary', words),
        nextButton(till, mayCount, words),
        shown.status === 'CLOSED' && button(words.print, 'plain', function () { window.print(); }, { id: 'print' })
      ]),
      others.length > 0 && make('h2', { 'class': 'more-actions' }, [words.moreActions]),
      make('div', { 'class': 'actions' }, others.map(function (name) {
        return actionButton(till, name, 'plain', words);
      }).concat([TillScreens.changeBusiness(till, words), TillScreens.ownPIN(till, words)]))
    ]);
  }

  return screen;
}());

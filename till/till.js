// The reference till: its state, and the effect of each click on sessions and the screen.

(function () {
  'use strict';

  TillAddresses.start(window.location.pathname);

  var intentions = TillIntentions.keeper(function () {
    return TillIntentions.makeKey(window.crypto || window.msCrypto, Math.random);
  });

  // The state that every screen is drawn from. TillLogin adds the terminal.
  var till = {
    language: TillWords.languageFor(navigator.language || navigator.userLanguage),
    screen: 'wait',
    token: null,
    user: null,
    businesses: [],
    openSessions: [],
    uncounted: [], // The person's ended sessions without a count, newest first.
    business: null,
    session: null,
    acting: null, // The action whose form is on the screen: `startAction` says what belongs to it.
    typed: {},
    faults: {},
    notice: null,
    isBusy: false,
    turn: 0 // Counts the logins and logouts; an answer to somebody who has left is dropped.
  };

  var page = TillPage.around(till, intentions.settle);
  var elsewhere = TillElsewhere.around(till, page, note, drop);
  var ask = TillRequests.around(till, page, intentions, function () { login.expire(); }).ask;
  var login = TillLogin.around(till, {
    page: page, elsewhere: elsewhere, ask: ask, refuse: refuse, values: values, forget: forget,
    storage: TillStorage.around(
      function () { return window.localStorage; }, function () { return window.sessionStorage; }, TillAddresses.base())
  });

  var acting = TillActing.around(till, {
    page: page, ask: ask, refuse: refuse, values: values, note: note, drop: drop, good: good, bad: bad,
    show: show, look: look,
    sendAgain: function (resend, changed) {
      intentions.restore(resend.method, resend.href, resend.text, resend.key);
      sendOpen(resend.method, resend.href, resend.body, changed);
    }
  });

  TillOwnPIN.around(till, { page: page, ask: ask, refuse: refuse, values: values, good: good });

  // MARK: Answers

  // - text: a word's name, or a function of the words.
  function good(text, others) {
    return { kind: 'good', text: typeof text === 'function' ? text : said(text), others: others };
  }

  function bad(text) {
    return { kind: 'bad', text: said(text) };
  }

  function said(name) {
    return function (words) { return words[name]; };
  }

  // Shows a refusal: in a dialog if it names a session, else in a notice and at the fields of the form.
  function refuse(answer, names) {
    var model = TillAnswers.dialog(answer);
    if (model) {
      model.resend = TillAnswers.resend(model.retry, answer.request);
      TillDialog.show(page, TillDialog.conflict(model, till.user), function (action) { acting.choose(action, model); });
      return;
    }
    var found = TillAnswers.faults(answer, names);
    page.tell(page.problem(answer, found.others));
    page.showFaults(found.fields);
  }

  // The values of the form on the screen; null, with the faults drawn, if it cannot be sent as it is.
  function values(fields) {
    if (till.isBusy) return null;
    var read = TillForms.read(fields, till.typed, till.language);
    if (read.values) return read.values;
    page.tell(null);
    page.showFaults(read.faults);
    return null;
  }

  // The fields on the screen whose texts depend on the language.
  till.units = function () {
    if (till.screen === 'open') return [TillForms.openField(till.business)];
    return till.screen === 'action' ? till.acting.action.fields : [];
  };

  function forget() {
    till.token = null;
    till.user = null;
    till.business = null;
    till.session = null;
    till.acting = null;
    till.businesses = [];
    till.openSessions = [];
    till.uncounted = [];
    till.typed = { email: till.typed.email };
    till.isBusy = false;
    till.turn += 1;
  }

  // MARK: Businesses and sessions

  // Goes to the person's open session in a business, or to the form that opens one.
  till.choose = function (business) {
    if (till.isBusy) return;
    till.business = business;
    till.typed = { email: till.typed.email };
    till.keep();
    till.showOpen();
  };

  // The person's open session in a business, as far as the page knows.
  till.openIn = function (business) {
    return till.openSessions.filter(function (session) {
      return session.business_id === business.id && session.cashier_id === till.user.id;
    })[0] || null;
  };

  // Stores the current state of a session, and shows its business from now on.
  function note(session) {
    drop(session);
    if (session.status === 'OPEN') till.openSessions.push(session);
    if (TillAnswers.isUncounted(session) && session.cashier_id === till.user.id) {
      till.uncounted.push(session);
      till.uncounted.sort(function (one, other) { return one.opened_at < other.opened_at ? 1 : -1; });
    }
    till.session = session;
    var business = till.businesses.filter(function (one) { return one.id === session.business_id; })[0];
    if (till.business && (!business || business.id === till.business.id)) return;
    till.business = business || {
      id: session.business_id, name: '', currency: session.currency, currency_minor_units: session.currency_minor_units
    };
    till.typed = { email: till.typed.email };
    till.keep();
  }

  function drop(session) {
    function isOther(one) { return one.id !== session.id; }
    till.openSessions = till.openSessions.filter(isOther);
    till.uncounted = till.uncounted.filter(isOther);
    till.session = null;
  }

  till.showOpen = function () {
    if (till.isBusy) return;
    var known = till.openIn(till.business);
    if (known) {
      note(known);
      page.go('session');
    } else {
      page.go('open', null, 'field-initial_cash');
    }
  };

  till.showUncounted = function () {
    if (till.isBusy) return;
    if (till.uncounted.length === 1) till.view(TillAddresses.session(till.uncounted[0]));
    else page.go('uncounted');
  };

  till.leaveUncounted = function () {
    if (till.business) till.showOpen();
    else till.showBusinesses();
  };

  till.open = function () {
    var given = values([TillForms.openField(till.business)]);
    if (given) sendOpen('POST', TillAddresses.inBusiness(till.business.id, '/sessions'), given, null);
  };

  // - changed: the session that prevented the open, if an open was refused before. The page shows its outcome.
  function sendOpen(method, href, body, changed) {
    ask(method, href, body, function (answer) {
      if (answer.kind !== 'done') refuse(answer, ['initial_cash']);
      else show(answer, 'opened', changed && [function (words) { return TillSummary.outcome(changed, words); }]);
    });
  }

  // The message about a session that was opened or changed; null without one.
  //
  // - done: `opened`, `resumed`, or the name of an action; null if the session was only looked at.
  function notice(done, session, others) {
    var isOpen = session.status === 'OPEN';
    if (!done) return null;
    if (done === 'opened' || done === 'resumed') return isOpen ? good(done, others) : null;
    if (done === 'handover') return good('handedOver');
    if (done === 'recorded') return good('recorded');
    if (done === 'edit' || done === 'flag' || done === 'unflag') return good('saved');
    if (isOpen) return done === 'reopen' ? good('reopened') : null;
    if (session.status === 'ENDED') return good('ended');
    var mayOpen = till.openIn(till.business) === null;
    return good(function (words) { return TillSummary.closed(session, mayOpen, words); });
  }

  // Shows the session of a response, with a message about what was done.
  //
  // An answer that was given before may be old, so its session is looked up.
  function show(answer, done, others) {
    var session = answer.body;
    if (answer.isReplay && TillAnswers.isSession(session)) {
      look(TillAddresses.session(session), done, others);
      return;
    }
    if (!TillAnswers.isSession(session)) {
      page.go('open', good('done'), 'field-initial_cash');
      return;
    }
    note(session);
    if (session.status === 'OPEN' && done) till.typed.initial_cash = '';
    page.go('session', notice(done, session, others), session.status === 'OPEN' || !done ? null : 'next');
  }

  function look(href, done, others) {
    ask('GET', href, null, function (answer) {
      answer.isReplay = false;
      if (answer.kind === 'done') show(answer, done, others);
      else refuse(answer, []);
    });
  }

  till.view = function (href) { look(href, null); };

  login.start();
}());

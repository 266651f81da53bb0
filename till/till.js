// The reference till: what it remembers, what each click does with sessions, and how that comes back to the screen.

(function () {
  'use strict';

  var CREATED = 201;
  var VERSION_MISMATCH = 412;

  TillAddresses.start(window.location.pathname);

  var intentions = TillIntentions.keeper(function () {
    return TillIntentions.makeKey(window.crypto || window.msCrypto, Math.random);
  });

  // What every screen is drawn from. TillLogin adds what it knows of the terminal.
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

  // MARK: Answers

  // - text: a word's name, or a function of the words.
  function good(text, others) {
    return { kind: 'good', text: typeof text === 'function' ? text : function (words) { return words[text]; }, others: others };
  }

  // Tells a refusal: in a dialog if it names a session, else in a notice and at the fields of the form.
  function refuse(answer, names) {
    var model = TillAnswers.dialog(answer);
    if (model) {
      model.resend = TillAnswers.resend(model.retry, answer.request);
      TillDialog.show(page, TillDialog.conflict(model, till.user), function (action) { choose(action, model); });
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
    login.keep();
    till.showOpen();
  };

  // The session that this person has open in a business, as far as the page has been told.
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
    login.keep();
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

  // What is said about a session that was opened or changed; null if there is nothing to say.
  //
  // - done: `opened`, `resumed`, or the name of an action; null if the session was only looked at.
  function notice(done, session, others) {
    var isOpen = session.status === 'OPEN';
    if (!done) return null;
    if (done === 'opened' || done === 'resumed') return isOpen ? good(done, others) : null;
    if (done === 'handover') return good('handedOver');
    if (done === 'edit' || done === 'flag' || done === 'unflag') return good('saved');
    if (isOpen) return done === 'reopen' ? good('reopened') : null;
    return session.status === 'ENDED' ? good('ended') :
      good(function (words) { return TillSummary.closed(session, words); });
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
    page.go('session', notice(done, session, others), session.status === 'OPEN' || !done ? null : 'open-again');
  }

  function look(href, done, others) {
    ask('GET', href, null, function (answer) {
      answer.isReplay = false;
      if (answer.kind === 'done') show(answer, done, others);
      else refuse(answer, []);
    });
  }

  till.view = function (href) { look(href, null); };

  // MARK: Actions

  // Carries out what was chosen in a dialog: at once, or after its form.
  function choose(action, model) {
    var resend = action.replaces ? null : model.resend;
    if (action.repeats && resend) carryOut(action, resend.body, null);
    else if (action.fields.some(TillForms.isDrawn)) startAction(action, model.session, resend);
    else carryOut(action, TillForms.read(action.fields, {}, till.language).values, resend);
  }

  // Shows the form of an action. What was typed there for the same action is kept.
  //
  // - session: the session that the action changes.
  // - resend: the refused request to send again afterwards, or null.
  function startAction(action, session, resend) {
    if (till.isBusy) return;
    var before = till.acting && till.acting.action;
    var initial = TillForms.initial(action.fields, till.language);
    var isSame = before !== null && before.href === action.href && before.name === action.name;
    for (var name in initial) if (!isSame) till.typed[name] = initial[name];
    till.acting = {
      action: action, number: typeof session.session_number === 'number' ? session.session_number : null,
      float: action.name === 'edit' ? null : session, resend: resend, from: till.screen, isUnfolded: false
    };
    var first = TillForms.requiredFirst(action.fields)[0];
    page.go('action', null, first && 'field-' + first.name);
  }

  // Begins an action on the session on the screen: the page knows what it needs.
  till.startOn = function (name) {
    var session = till.session;
    if (name !== 'handover') {
      startAction(TillActions.make(name, session), session, null);
      return;
    }
    ask('GET', TillAddresses.inBusiness(session.business_id, '/cashiers?limit=200'), null, function (answer) {
      var colleagues = TillActions.colleagues(answer.body.items, session);
      if (answer.kind !== 'done') refuse(answer, []);
      else if (colleagues.length === 0) page.tell({ kind: 'bad', text: function (words) { return words.noColleague; } });
      else startAction(TillActions.make(name, session, colleagues), session, null);
    });
  };

  till.leaveAction = function () {
    if (till.isBusy) return;
    var from = till.acting.from;
    till.acting = null;
    page.go(from);
  };

  // Sends the form, after a question if less was counted than the drawer started with.
  till.act = function () {
    var acting = till.acting;
    var given = values(acting.action.fields);
    if (!given) return;
    function send() { carryOut(acting.action, given, acting.resend); }
    if (TillForms.lowCount(given, acting.float, page.words()) === null) {
      send();
      return;
    }
    TillDialog.show(page, TillDialog.question('LOW_COUNT', function (words) {
      return {
        title: words.lowCountTitle, text: TillForms.lowCount(given, acting.float, words), no: words.countAgain,
        yes: words.lowCountYes
      };
    }), send);
  };

  // Sends an action. If the refused open can then succeed, sends it again.
  function carryOut(action, body, resend) {
    if (action.method === 'GET') return till.view(action.href);
    var before = till.session;
    ask(action.method, action.href, body, function (answer) {
      var session = answer.kind === 'done' && TillAnswers.isSession(answer.body) ? answer.body : null;
      if (resend && ((session && session.status !== 'OPEN') || answer.status === VERSION_MISMATCH)) {
        openAfter(session, resend);
      } else if (answer.kind !== 'done') {
        refuse(answer, action.fields.map(function (field) { return field.name; }));
      } else {
        if (session || before) till.acting = null;
        finish(action, answer, before);
      }
    }, { ifMatch: action.ifMatch });
  }

  // Shows what an action did. Some answer with nothing, and a handover with the colleague's session.
  //
  // - before: the session on the screen when the action was sent, or null.
  function finish(action, answer, before) {
    var isOwnForm = before !== null && action.title === undefined;
    if (isOwnForm && action.name === 'delete') {
      drop(before);
      page.go('open', good('deleted'), 'field-initial_cash');
    } else if (isOwnForm && (action.name === 'handover' || action.name === 'unflag')) {
      look(TillAddresses.session(before), action.name);
    } else if (action.repeats) {
      show(answer, answer.status === CREATED ? 'opened' : 'resumed');
    } else {
      show(answer, action.name === 'opened' || action.name === 'resumed' ? 'close' : action.name);
    }
  }

  // Sends the refused open again. It opens the session, or gets a new 409.
  //
  // - changed: the session that prevented the open; null if it has changed since the dialog was drawn.
  function openAfter(changed, resend) {
    if (changed) {
      till.acting = null;
      note(changed);
    }
    page.go('open', null, 'field-initial_cash');
    intentions.restore(resend.method, resend.href, resend.text, resend.key);
    sendOpen(resend.method, resend.href, resend.body, changed);
  }

  login.start();
}());

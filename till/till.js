// The reference till: what it remembers, what each click does, and how that comes back to the screen.
//
// The token lives in this page's memory and nowhere else: a reload logs out.

(function () {
  'use strict';

  var CREATED = 201;
  var VERSION_MISMATCH = 412;
  // What is said after a change, by the status of its session.
  var GOOD_WORDS = { ENDED: 'ended', CLOSED: 'closed' };

  var intentions = TillIntentions.keeper(function () {
    return TillIntentions.makeKey(window.crypto || window.msCrypto, Math.random);
  });

  // What every screen is drawn from.
  var till = {
    language: TillWords.languageFor(navigator.language || navigator.userLanguage),
    screen: 'login',
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
  var ask = TillRequests.around(till, page, intentions, expire).ask;

  // MARK: Answers

  function good(name, others) {
    return name && { kind: 'good', text: function (words) { return words[name]; }, others: others };
  }

  // Tells a refusal: in a dialog if it names a session, else in a notice and at the fields of the form.
  function refuse(answer, names) {
    var model = TillAnswers.dialog(answer);
    if (model) {
      model.resend = TillAnswers.resend(model.retry, answer.request);
      TillDialog.show(model, page.element, page.words(), function (action) { choose(action, model); });
      return;
    }
    var found = TillAnswers.faults(answer, names);
    page.tell(page.problem(answer, found.others));
    page.showFaults(found.fields);
  }

  // The values of the form on the screen; null, with the faults drawn, if it cannot be sent as it is.
  function values(fields) {
    if (till.isBusy) return null;
    var read = TillForms.read(fields, till.typed, till.language, page.words());
    if (read.values) return read.values;
    page.tell(null);
    page.showFaults(read.faults);
    return null;
  }

  // MARK: Logging in and out

  till.logIn = function () {
    var given = values([{ name: 'email', isRequired: true }, { name: 'password', isRequired: true, isSecret: true }]);
    if (!given) return;
    ask('POST', '/v1/auth/token', given, function (answer) {
      if (answer.kind !== 'done') {
        refuse(answer, ['email', 'password']);
        return;
      }
      till.typed.password = '';
      till.token = answer.body.access_token;
      till.turn += 1;
      elsewhere.follow(expire);
      meet();
    });
  };

  // Asks who this is and where they work.
  function meet() {
    ask('GET', '/v1/me', null, function (answer) {
      if (answer.kind !== 'done') {
        refuse(answer, []);
        return;
      }
      till.user = answer.body;
      till.businesses = answer.body.businesses || [];
      till.openSessions = answer.body.open_sessions || [];
      till.uncounted = (answer.body.uncounted_sessions || []).filter(TillAnswers.isSession);
      if (till.businesses.length === 1) till.choose(till.businesses[0]);
      else page.go('businesses');
    });
  }

  function forget() {
    elsewhere.leave();
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

  till.logOut = function () {
    // Nobody waits for the response: if it is lost, the login expires by itself.
    TillRequests.send({
      method: 'POST', href: '/v1/auth/logout', language: till.language, token: till.token, body: '{}'
    }, function () {});
    forget();
    till.typed = {};
    page.go('login', null, 'field-email');
  };

  function expire() {
    forget();
    page.go('login', {
      kind: 'bad',
      title: function (words) { return words.expired; },
      text: function (words) { return words.expiredDetail; }
    }, 'field-password');
  }

  // MARK: Businesses and sessions

  till.showBusinesses = meet;

  till.choose = function (business) {
    if (till.isBusy) return;
    till.business = business;
    till.typed = { email: till.typed.email };
    page.go('open', null, 'field-initial_cash');
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
  }

  function drop(session) {
    function isOther(one) { return one.id !== session.id; }
    till.openSessions = till.openSessions.filter(isOther);
    till.uncounted = till.uncounted.filter(isOther);
    till.session = null;
  }

  till.showOpen = function () {
    if (!till.isBusy) page.go('open', null, 'field-initial_cash');
  };

  till.showUncounted = function () {
    if (till.isBusy) return;
    if (till.uncounted.length === 1) till.view(TillAnswers.addressOf(till.uncounted[0]));
    else page.go('uncounted');
  };

  till.open = function () {
    var given = values([TillForms.openField(till.business, page.words())]);
    if (given) sendOpen('POST', '/v1/businesses/' + encodeURIComponent(till.business.id) + '/sessions', given, null);
  };

  // - changed: the session that prevented the open, if an open was refused before. The page shows its outcome.
  function sendOpen(method, href, body, changed) {
    ask(method, href, body, function (answer) {
      if (answer.kind !== 'done') refuse(answer, ['initial_cash']);
      else show(answer, 'opened', changed && [function (words) { return TillForms.outcome(changed, words); }]);
    });
  }

  // Shows the session of a response with a message of success, if the message fits its status.
  //
  // An answer that was given before may be old, so its session is looked up.
  //
  // - goodName: `opened` or `resumed` for an open session, `changed` for another, null for none.
  function show(answer, goodName, others) {
    var session = answer.body;
    if (answer.isReplay && TillAnswers.isSession(session)) {
      look(TillAnswers.addressOf(session), goodName, others);
      return;
    }
    if (!TillAnswers.isSession(session)) {
      page.go('open', good('done'), 'field-initial_cash');
      return;
    }
    var isOpen = session.status === 'OPEN';
    var fits = goodName && isOpen === (goodName !== 'changed');
    var word = goodName === 'changed' ? GOOD_WORDS[session.status] || 'done' : goodName;
    note(session);
    if (isOpen && goodName) till.typed.initial_cash = '';
    page.go('session', fits ? good(word, others) : null, isOpen || !goodName ? null : 'open-again');
  }

  function look(href, goodName, others) {
    ask('GET', href, null, function (answer) {
      answer.isReplay = false;
      if (answer.kind === 'done') show(answer, goodName, others);
      else refuse(answer, []);
    });
  }

  till.view = function (href) { look(href, null); };

  // MARK: Actions

  // Carries out what was chosen in a dialog: at once, or after its form.
  function choose(action, model) {
    if (action.repeats && model.resend) carryOut(action, model.resend.body, null);
    else if (action.fields.length > 0) startAction(action, model.number, model.resend);
    else carryOut(action, null, model.resend);
  }

  // Shows the form of an action. What was typed there for the same action is kept.
  //
  // - number: of the session.
  // - resend: the refused request to send again afterwards, or null.
  function startAction(action, number, resend) {
    if (till.isBusy) return;
    var isSame = till.acting !== null && till.acting.action.href === action.href;
    if (!isSame) action.fields.forEach(function (field) { till.typed[field.name] = ''; });
    till.acting = { action: action, number: number, resend: resend, from: till.screen, isUnfolded: false };
    page.go('action', null, 'field-' + TillForms.requiredFirst(action.fields)[0].name);
  }

  // Closing the session on the screen: the page knows what that needs.
  till.countShown = function () {
    startAction(TillForms.countAction(till.session, page.words()), till.session.session_number, null);
  };

  till.leaveAction = function () {
    if (till.isBusy) return;
    var from = till.acting.from;
    till.acting = null;
    page.go(from);
  };

  till.act = function () {
    var given = values(till.acting.action.fields);
    if (given) carryOut(till.acting.action, given, till.acting.resend);
  };

  // Sends an action. If the refused open can then succeed, sends it again.
  function carryOut(action, body, resend) {
    if (action.method === 'GET') return till.view(action.href);
    ask(action.method, action.href, body, function (answer) {
      var session = answer.kind === 'done' && TillAnswers.isSession(answer.body) ? answer.body : null;
      if (resend && ((session && session.status !== 'OPEN') || answer.status === VERSION_MISMATCH)) {
        openAfter(session, resend);
      } else if (answer.kind !== 'done') {
        refuse(answer, action.fields.map(function (field) { return field.name; }));
      } else {
        if (session) till.acting = null;
        show(answer, !action.repeats ? 'changed' : answer.status === CREATED ? 'opened' : 'resumed');
      }
    }, action.ifMatch);
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

  page.go('login', null, 'field-email');
}());

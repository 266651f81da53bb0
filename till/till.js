// The reference till: what it remembers, what each click does, and how that comes back to the screen.
//
// The token lives in this page's memory and nowhere else: a reload logs out.

(function () {
  'use strict';

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
    business: null,
    session: null,
    closing: null, // The action that closes, with the number of its session and the screen that it was chosen on.
    typed: {},
    faults: {},
    notice: null,
    isBusy: false,
    turn: 0 // Counts the logins and logouts; an answer to somebody who has left is dropped.
  };

  var page = TillPage.around(till, intentions.settle);
  var elsewhere = TillElsewhere.around(till, page, note);

  // MARK: Asking

  // Asks the service; `done` gets the answer if it says yes or no for good. All else is told here, with a way to ask the
  // very same again: same bytes, same key.
  function ask(method, href, body, done) {
    if (till.isBusy) return;
    var isChange = method !== 'GET' && href !== '/v1/auth/token';
    var text = method === 'GET' ? '' : JSON.stringify(body || {});
    var turn = till.turn;

    function take(answer) {
      if (till.turn !== turn) return;
      till.isBusy = false;
      page.drawBusy();
      page.tell(null);
      if (!TillAnswers.isSettled(answer)) {
        offerRetry(answer, isChange, function () { ask(method, href, body, done); });
        return;
      }
      if (isChange) intentions.settle();
      if (answer.kind === 'expired' && till.token) expire();
      else done(answer);
    }

    till.isBusy = true;
    page.drawBusy();
    TillRequests.send({
      method: method, href: href, language: till.language, token: till.token, body: text,
      key: isChange ? intentions.keyFor(method, href, text) : null
    }, take);
  }

  // Tells why there is no answer that can be relied on.
  function offerRetry(answer, isChange, retry) {
    if (answer.kind === 'passing') {
      page.tell(problem(answer, [], retry));
    } else {
      page.tell({
        kind: 'bad',
        title: function (words) { return words[answer.kind] + (answer.status ? ' (' + answer.status + ')' : ''); },
        text: function (words) { return words[answer.kind + (isChange ? 'Change' : 'Read')]; },
        retry: retry
      });
    }
    document.getElementById('retry').focus();
  }

  // A notice in the service's words, which stay in their language.
  function problem(answer, others, retry) {
    return {
      kind: 'bad', title: answer.body.title, text: answer.body.detail, others: others,
      language: answer.language || till.language, retry: retry
    };
  }

  function good(name) {
    return name && { kind: 'good', text: function (words) { return words[name]; } };
  }

  // Tells a refusal: in a dialog if it names a session, else in a notice and at the fields of the form.
  function refuse(answer, names) {
    var model = TillAnswers.dialog(answer);
    if (model) {
      TillDialog.show(model, page.element, page.words(), function (action) { choose(action, model); });
      return;
    }
    var found = TillAnswers.faults(answer, names);
    page.tell(problem(answer, found.others));
    page.showFaults(found.fields);
  }

  // The values of the form on the screen; null, with the faults drawn, if it cannot be sent as it is.
  function values(fields) {
    if (till.isBusy) return null;
    var currency = till.business && till.business.currency;
    var read = TillForms.read(fields, till.typed, currency, till.language, page.words());
    if (read.values) return read.values;
    page.tell(null);
    page.showFaults(read.faults);
    return null;
  }

  till.understood = function (typed, currency) {
    return TillForms.understood(typed, currency, till.language, page.words());
  };

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
    till.closing = null;
    till.businesses = [];
    till.openSessions = [];
    till.typed = { email: till.typed.email };
    till.isBusy = false;
    till.turn += 1;
  }

  till.logOut = function () {
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

  function note(session) {
    till.openSessions = till.openSessions.filter(function (other) { return other.id !== session.id; });
    if (session.status === 'OPEN') till.openSessions.push(session);
    till.session = session;
  }

  till.showOpen = function () {
    if (!till.isBusy) page.go('open', null, 'field-initial_cash');
  };

  till.open = function () {
    var given = values([{ name: 'initial_cash', isRequired: true, isAmount: true }]);
    if (!given) return;
    ask('POST', '/v1/businesses/' + encodeURIComponent(till.business.id) + '/sessions', given, function (answer) {
      if (answer.kind === 'done') show(answer, 'opened');
      else refuse(answer, ['initial_cash']);
    });
  };

  // Shows the session of an answer with a good word, which is for an open one or for one that is not open any more.
  //
  // An answer that was given before may be old, so its session is looked up.
  function show(answer, goodName) {
    var session = answer.body;
    if (answer.isReplay && TillAnswers.isSession(session)) {
      look(TillAnswers.addressOf(session), goodName);
      return;
    }
    if (!TillAnswers.isSession(session)) {
      page.go('open', good('done'), 'field-initial_cash');
      return;
    }
    var isOpen = session.status === 'OPEN';
    note(session);
    if (isOpen && goodName) till.typed.initial_cash = '';
    page.go(
      'session', isOpen === (goodName === 'opened') ? good(goodName) : null, isOpen || !goodName ? null : 'open-again');
  }

  function look(href, goodName) {
    ask('GET', href, null, function (answer) {
      answer.isReplay = false;
      if (answer.kind === 'done') show(answer, goodName);
      else refuse(answer, []);
    });
  }

  till.view = function (href) { look(href, null); };

  // MARK: What a dialog offers

  function choose(action, model) {
    if (action.name === 'view') {
      till.view(action.href);
    } else if (action.name === 'close') {
      startCount(action, model.number);
    } else {
      ask(action.method, action.href, null, function (answer) {
        if (answer.kind === 'done') show(answer, 'done');
        else refuse(answer, []);
      });
    }
  }

  function startCount(action, number) {
    if (till.isBusy) return;
    action.fields.forEach(function (field) { till.typed[field.name] = ''; });
    till.closing = {
      title: action.title, method: action.method, href: action.href, fields: action.fields, number: number,
      from: till.screen
    };
    page.go('count', null, action.fields.length ? 'field-' + action.fields[0].name : null);
  }

  // Closing the session on the screen: the page knows what that needs.
  till.countShown = function () {
    var words = page.words();
    startCount({
      title: words.close, method: 'POST', href: TillAnswers.addressOf(till.session) + '/close',
      fields: [{ name: 'final_cash', type: 'integer', isRequired: true, title: words.counted }]
    }, till.session.session_number);
  };

  till.leaveCount = function () {
    if (!till.isBusy) page.go(till.closing.from);
  };

  till.close = function () {
    var closing = till.closing;
    var given = values(closing.fields.map(function (field) {
      return { name: field.name, isRequired: field.isRequired, isAmount: field.type === 'integer' };
    }));
    if (!given) return;
    ask(closing.method, closing.href, given, function (answer) {
      if (answer.kind === 'done') show(answer, 'closed');
      else refuse(answer, closing.fields.map(function (field) { return field.name; }));
    });
  };

  page.go('login', null, 'field-email');
}());

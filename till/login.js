// Pairs the till with its terminal, and logs in and out, also after a reload.

var TillLogin = (function () {
  'use strict';

  var CLOCK = {
    now: function () { return new Date().getTime(); },
    start: function (action, milliseconds) { return setTimeout(action, milliseconds); },
    stop: function (timer) { clearTimeout(timer); }
  };

  function saying(kind, title, text) {
    return {
      kind: kind,
      title: title && function (words) { return words[title]; },
      text: text && function (words) { return words[text]; }
    };
  }

  // Adds what the screens of entrance.js call to `till`.
  //
  // - parts: page, storage, elsewhere; and of till.js ask, refuse, values, and forget, which empties the state.
  function around(till, parts) {
    var page = parts.page;
    var storage = parts.storage;
    var idle = null;

    till.terminal = storage.terminal.read();
    till.cashiers = [];
    till.areCashiersKnown = false;
    till.cashier = null;

    // MARK: The stored login

    till.keep = function () {
      if (!till.token) return;
      storage.login.keep({
        token: till.token, business: till.business && till.business.id, language: till.language, at: CLOCK.now()
      });
    };

    // Reports an input. After 10 minutes without one, also of sleep, it ends the login.
    function touch() {
      if (idle) idle.touch();
      till.keep();
    }

    function begin(token) {
      till.token = token;
      till.turn += 1;
      idle = TillIdle.watch(CLOCK, TillIdle.MILLISECONDS, function () { leave(saying('bad', null, 'idle')); });
      parts.elsewhere.follow(expire);
    }

    function forget() {
      if (idle) idle.end();
      idle = null;
      storage.login.forget();
      parts.elsewhere.leave();
      parts.forget();
    }

    // The response is ignored: if the request is lost, the login expires by itself.
    function sendLogOut(token) {
      TillRequests.send({
        method: 'POST', href: TillAddresses.of('/v1/auth/logout'), language: till.language, token: token, body: '{}'
      }, function () {});
    }

    // - notice: why, if the person did not ask for it.
    function leave(notice) {
      sendLogOut(till.token);
      forget();
      till.typed = {};
      enter(notice);
    }

    till.logOut = function () { leave(null); };

    function expire() {
      forget();
      enter(saying('bad', 'expired', 'expiredDetail'), 'field-password');
    }

    // The first screen: the cashiers of a paired till, else the form with e-mail and password.
    function enter(notice, focus) {
      if (till.terminal) showCashiers(notice);
      else page.go('login', notice, focus || 'field-email');
    }

    // MARK: Logging in

    till.showLogin = function () {
      interrupt();
      page.go('login', null, 'field-email');
    };

    till.logIn = function () {
      var given = parts.values([{ name: 'email', isRequired: true }, TillForms.secretField('password')]);
      if (!given) return;
      parts.ask('POST', TillAddresses.of('/v1/auth/token'), given, function (answer) {
        if (answer.kind === 'done') welcome(answer);
        else parts.refuse(answer, ['email', 'password']);
      }, { isLogin: true });
    };

    function welcome(answer) {
      till.typed.password = '';
      till.typed.pin = '';
      begin(answer.body.access_token);
      meet(null);
    }

    // Loads the person's account, and goes to their last business, or to the business of the till.
    //
    // - before: the id of a business, or null.
    function meet(before) {
      parts.ask('GET', TillAddresses.of('/v1/me'), null, function (answer) {
        if (answer.kind !== 'done') {
          parts.refuse(answer, []);
          return;
        }
        learn(answer.body);
        till.keep();
        var place = inList(before) || inList(home()) || (till.businesses.length === 1 ? till.businesses[0] : null);
        if (place) till.choose(place);
        else page.go('businesses');
      });
    }

    function learn(me) {
      till.user = me;
      till.businesses = me.businesses || [];
      till.openSessions = me.open_sessions || [];
      till.uncounted = (me.uncounted_sessions || []).filter(TillAnswers.isSession);
    }

    function inList(id) {
      return till.businesses.filter(function (business) { return business.id === id; })[0] || null;
    }

    function home() {
      return till.terminal && till.terminal.business ? till.terminal.business.id : null;
    }

    // Whether the till is paired and belongs to the business on the screen.
    till.isAtHome = function () { return till.business !== null && till.business.id === home(); };

    till.showBusinesses = function () {
      parts.ask('GET', TillAddresses.of('/v1/me'), null, function (answer) {
        if (answer.kind !== 'done') {
          parts.refuse(answer, []);
          return;
        }
        learn(answer.body);
        page.go('businesses');
      });
    };

    // MARK: The terminal

    // Drops the answer of the list of cashiers, so that a tap works before it comes.
    function interrupt() {
      till.turn += 1;
      till.isBusy = false;
    }

    function showCashiers(notice) {
      page.go('cashiers', notice);
      parts.ask('GET', TillAddresses.of('/v1/terminal/cashiers'), null, function (answer) {
        if (isUnpaired(answer)) {
          endPairing();
          return;
        }
        if (answer.kind === 'done' && answer.body.items instanceof Array) {
          var isNew = !till.areCashiersKnown || JSON.stringify(till.cashiers) !== JSON.stringify(answer.body.items);
          till.cashiers = answer.body.items;
          till.areCashiersKnown = true;
          // An unchanged list is not drawn again: the button under a finger stays.
          if (isNew) page.go('cashiers', notice);
          else page.tell(notice || null);
        } else {
          parts.refuse(answer, []);
        }
      }, { token: till.terminal.secret });
    }

    till.showCashiers = function () { if (!till.isBusy) showCashiers(null); };

    // Whether the terminal's secret is not valid any more.
    function isUnpaired(answer) {
      return answer.kind === 'expired' && answer.body.code === 'UNAUTHENTICATED';
    }

    function unpair() {
      storage.terminal.forget();
      till.terminal = null;
      till.cashiers = [];
      till.areCashiersKnown = false;
    }

    function endPairing() {
      unpair();
      page.go('login', saying('bad', 'pairingOver', 'pairingOverDetail'), 'field-email');
    }

    till.chooseCashier = function (cashier) {
      interrupt();
      till.cashier = cashier;
      till.typed = {};
      if (cashier.has_pin) page.go('pin', null, 'field-pin');
      else till.showLogin();
    };

    till.enterPIN = function () {
      var given = parts.values([TillForms.pinField('pin')]);
      if (!given) return;
      var body = { user_id: till.cashier.id, pin: given.pin };
      parts.ask('POST', TillAddresses.of('/v1/auth/pin'), body, function (answer) {
        till.typed.pin = '';
        if (answer.kind === 'done') {
          welcome(answer);
        } else if (isUnpaired(answer)) {
          endPairing();
        } else {
          parts.refuse(answer, ['pin']);
          document.getElementById('field-pin').focus();
        }
      }, { token: till.terminal.secret, isLogin: true });
    };

    till.showPair = function () {
      till.typed.secret = '';
      page.go('pair', null, 'field-secret');
    };

    till.pair = function () {
      var given = parts.values([{ name: 'secret', isRequired: true, pattern: /^cpt_[\x21-\x7e]+$/, fault: 'SECRET' }]);
      if (!given) return;
      parts.ask('GET', TillAddresses.of('/v1/terminal'), null, function (answer) {
        if (answer.kind !== 'done') {
          page.showFaults({ secret: { fault: 'SECRET' } });
          return;
        }
        till.typed = {};
        till.terminal = {
          secret: given.secret, id: answer.body.id, name: answer.body.name, business: answer.body.business
        };
        storage.terminal.keep(till.terminal);
        showCashiers(saying('good', null, 'paired'));
      }, { token: given.secret });
    };

    till.unpair = function () {
      TillDialog.show(page, TillDialog.question('UNPAIR', function (words) {
        return { title: words.unpair, text: words.unpairQuestion, no: words.keepPairing, yes: words.unpair };
      }), function () {
        unpair();
        till.showLogin();
      });
    };

    // Continues with the login from before a reload, unless its last input is 10 minutes old.
    function start() {
      ['keydown', 'mousedown', 'touchstart', 'input'].forEach(function (name) {
        document.addEventListener(name, touch, true);
      });
      var login = storage.login.read();
      if (!login) {
        enter(null);
      } else if (TillIdle.isOver(login.at, CLOCK.now(), TillIdle.MILLISECONDS)) {
        storage.login.forget();
        sendLogOut(login.token);
        enter(saying('bad', null, 'idle'));
      } else {
        if (TillWords.hasOwnProperty(login.language)) till.language = login.language;
        page.go('wait');
        begin(login.token);
        meet(login.business);
      }
    }

    return { start: start, expire: expire };
  }

  return { around: around };
}());

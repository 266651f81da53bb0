// The screens before a session: the cashiers, their PIN or password, and the pairing of the till.

(function () {
  'use strict';

  var make = TillElements.make;
  var button = TillElements.button;
  var heading = TillControls.heading;
  var PAD = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];

  function secretInput(till, name, words, isRequired, more) {
    var field = {
      name: name, label: words.titleOf[name], inputType: 'password', isRequired: isRequired, autocomplete: 'off'
    };
    for (var key in more || {}) if (more.hasOwnProperty(key)) field[key] = more[key];
    return TillControls.input(till, field);
  }

  // After a reload, until the account is loaded.
  TillScreens.wait = function (till, words) {
    return [heading(words.wait)];
  };

  TillScreens.login = function (till, words) {
    return [
      heading(words.logIn),
      TillControls.form(till, [
        TillControls.input(till, {
          name: 'email', label: words.email, inputType: 'email', autocomplete: 'username', isRequired: true
        }),
        TillControls.input(till, {
          name: 'password', label: words.password, inputType: 'password', autocomplete: 'current-password',
          isRequired: true
        })
      ], till.logIn, [
        TillControls.submitButton(words.logInButton),
        till.terminal ? button(words.back, 'link', till.showCashiers, { id: 'cashiers' }) :
          button(words.pair, 'link', till.showPair, { id: 'pair' })
      ])
    ];
  };

  TillScreens.pair = function (till, words) {
    return [
      heading(words.pair),
      TillControls.form(till, [
        TillControls.input(till, {
          name: 'secret', label: words.titleOf.secret, inputType: 'text', hint: words.pairHelp, isRequired: true
        })
      ], till.pair, [
        TillControls.submitButton(words.pair), button(words.back, 'plain', till.showLogin)
      ])
    ];
  };

  TillScreens.cashiers = function (till, words) {
    var items = till.cashiers.map(function (cashier) {
      return make('li', {}, [
        make('button', {
          type: 'button', 'class': 'choice', 'data-cashier': cashier.id,
          click: function () { till.chooseCashier(cashier); }
        }, [
          make('span', { 'class': 'name' }, [cashier.name]), ' ',
          !cashier.has_pin && make('span', { 'class': 'quiet' }, [words.withoutPIN])
        ])
      ]);
    });
    var place = till.terminal.business || {};
    return [
      heading(words.cashiers),
      make('p', { 'class': 'where' }, [[place.name, till.terminal.name].filter(Boolean).join(' · ')]),
      items.length > 0 && make('ul', { 'class': 'choices large' }, items),
      till.areCashiersKnown && items.length === 0 && make('p', {}, [words.noCashiers]),
      make('div', { 'class': 'actions' }, [
        button(words.logInByEmail, 'link', till.showLogin, { id: 'by-email' }),
        button(words.unpair, 'link', till.unpair, { id: 'unpair' })
      ])
    ];
  };

  // A pad for fingers. Its digits go into the field, which a keyboard also reaches.
  function pad(words) {
    function box() { return document.getElementById('field-pin'); }

    function put(text) {
      var event = document.createEvent('Event');
      box().value = text.slice(0, 12);
      event.initEvent('input', true, false);
      box().dispatchEvent(event);
    }

    var keys = PAD.map(function (digit) {
      return button(digit, 'key', function () { put(box().value + digit); }, { 'data-key': digit });
    });
    keys.push(button('\u2190', 'key', function () { put(box().value.slice(0, -1)); }, {
      'data-key': 'back', 'aria-label': words.backspace, title: words.backspace
    }));
    return make('div', { 'class': 'pad', role: 'group', 'aria-label': words.titleOf.pin }, keys);
  }

  TillScreens.pin = function (till, words) {
    return [
      heading(TillAnswers.filled(words.pinTitle, till.cashier.name)),
      TillControls.form(till, [
        secretInput(till, 'pin', words, true, { inputmode: 'numeric', maxLength: 12 }), pad(words)
      ], till.enterPIN, [
        TillControls.submitButton(words.logInButton),
        button(words.notYou, 'plain', till.showCashiers, { id: 'cashiers' }),
        button(words.logInByEmail, 'link', till.showLogin, { id: 'by-email' })
      ])
    ];
  };

  // The form of the person's own PIN.
  TillScreens.ownpin = function (till, words) {
    var numeric = { inputmode: 'numeric', maxLength: 12 };
    return [
      heading(words.ownPIN),
      make('p', { 'class': 'help' }, [words.ownPINHelp]),
      TillControls.form(till, [
        secretInput(till, 'current_password', words, true, { autocomplete: 'current-password' }),
        secretInput(till, 'pin', words, true, numeric),
        secretInput(till, 'pin_again', words, true, numeric)
      ], till.saveOwnPIN, [
        TillControls.submitButton(words.save), button(words.back, 'plain', till.leaveOwnPIN)
      ])
    ];
  };
}());

// The form in which a person chooses the PIN for paired tills.

var TillOwnPIN = (function () {
  'use strict';

  // Adds what the form calls to `till`.
  //
  // - parts: page, and of till.js ask, refuse, values and good.
  function around(till, parts) {
    var screenBefore = null;

    till.showOwnPIN = function () {
      if (till.isBusy) return;
      screenBefore = till.screen;
      parts.page.go('ownpin', null, 'field-current_password');
    };

    function emptySecrets() {
      ['current_password', 'pin', 'pin_again'].forEach(function (name) { till.typed[name] = ''; });
    }

    till.leaveOwnPIN = function () {
      if (till.isBusy) return;
      emptySecrets();
      parts.page.go(screenBefore);
    };

    till.saveOwnPIN = function () {
      var given = parts.values([
        TillForms.secretField('current_password'), TillForms.pinField('pin'), TillForms.secretField('pin_again')
      ]);
      if (!given) return;
      if (given.pin !== given.pin_again) {
        parts.page.showFaults({ pin_again: { fault: 'PIN_DIFFERS' } });
        return;
      }
      var body = { pin: given.pin, current_password: given.current_password };
      parts.ask('PUT', TillAddresses.of('/v1/me/pin'), body, function (answer) {
        if (answer.kind !== 'done') {
          parts.refuse(answer, ['pin', 'current_password']);
          return;
        }
        emptySecrets();
        parts.page.go(screenBefore, parts.good('ownPINSaved'));
      });
    };
  }

  return { around: around };
}());

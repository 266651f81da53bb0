// Actions on sessions: their forms, the question before a low count, and the next screen.

var TillActing = (function () {
  'use strict';

  var CREATED = 201;
  var VERSION_MISMATCH = 412;

  // Whether the page made the action itself; those of a 409 come with their titles.
  function isOwn(action) {
    return action.title === undefined;
  }

  // Adds what the forms of actions call to `till`.
  //
  // - parts: page, and of till.js ask, refuse, values, note, drop, good, bad, show, look, and sendAgain, which repeats a
  //   refused open with its key.
  function around(till, parts) {
    // Carries out the action chosen in a dialog: at once, or after its form.
    function choose(action, model) {
      var resend = action.replaces ? null : model.resend;
      if (action.repeats && resend) carryOut(action, resend.body, null);
      else if (action.fields.some(TillForms.isDrawn)) startAction(action, model.session, resend);
      else carryOut(action, TillForms.read(action.fields, {}, till.language).values, resend);
    }

    // Shows the form of an action, with the texts that were typed before for the same action.
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
        float: action.name === 'edit' ? null : session, resend: resend, isUnfolded: false,
        from: till.screen === 'action' ? till.acting.from : till.screen
      };
      var first = TillForms.requiredFirst(action.fields)[0];
      parts.page.go('action', null, first && 'field-' + first.name);
    }

    // Begins an action on the session on the screen, with the page's own form.
    till.startOn = function (name) {
      var session = till.session;
      if (name !== 'handover') {
        startAction(TillActions.make(name, session), session, null);
        return;
      }
      parts.ask('GET', TillAddresses.inBusiness(session.business_id, '/cashiers?limit=200'), null, function (answer) {
        var colleagues = TillActions.colleagues(answer.body.items, session);
        if (answer.kind !== 'done') parts.refuse(answer, []);
        else if (colleagues.length === 0) parts.page.tell(parts.bad('noColleague'));
        else startAction(TillActions.make(name, session, colleagues), session, null);
      });
    };

    till.leaveAction = function () {
      if (till.isBusy) return;
      var from = till.acting.from;
      till.acting = null;
      parts.page.go(from);
    };

    // Sends the form, after a question if less was counted than the drawer started with.
    till.act = function () {
      var acting = till.acting;
      var given = parts.values(acting.action.fields);
      if (!given) return;
      function send() { carryOut(acting.action, given, acting.resend); }
      if (TillForms.lowCount(given, acting.float, parts.page.words()) === null) {
        send();
        return;
      }
      TillDialog.show(parts.page, TillDialog.question('LOW_COUNT', function (words) {
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
      parts.ask(action.method, action.href, body, function (answer) {
        var session = answer.kind === 'done' && TillAnswers.isSession(answer.body) ? answer.body : null;
        if (resend && ((session && session.status !== 'OPEN') || answer.status === VERSION_MISMATCH)) {
          openAfter(session, resend);
        } else if (answer.kind !== 'done') {
          parts.refuse(answer, action.fields.map(function (field) { return field.name; }));
        } else {
          if (session || isOwn(action)) till.acting = null;
          finish(action, answer, before);
        }
      }, { ifMatch: action.ifMatch });
    }

    // Shows the result of an action. Some answers are empty; a handover's has the colleague's session.
    //
    // - before: the session on the screen when the action was sent, or null.
    function finish(action, answer, before) {
      if (isOwn(action) && action.name === 'delete') {
        parts.drop(before);
        parts.page.go('open', parts.good('deleted'), 'field-initial_cash');
      } else if (isOwn(action) && (action.name === 'handover' || action.name === 'unflag')) {
        parts.look(TillAddresses.session(before), action.name);
      } else if (isOwn(action) && TillActions.records(action.name)) {
        parts.look(TillAddresses.session(before), 'recorded');
      } else if (action.repeats) {
        parts.show(answer, answer.status === CREATED ? 'opened' : 'resumed');
      } else {
        parts.show(answer, action.name);
      }
    }

    // Sends the refused open again. It opens the session, or gets a new 409.
    //
    // - changed: the session that prevented the open; null if it has changed since the dialog was drawn.
    function openAfter(changed, resend) {
      if (changed) {
        till.acting = null;
        parts.note(changed);
      }
      parts.page.go('open', null, 'field-initial_cash');
      parts.sendAgain(resend, changed);
    }

    return { choose: choose };
  }

  return { around: around };
}());

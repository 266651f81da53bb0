// Shows changes that another till or the office makes to the session on the screen.

var TillElsewhere = (function () {
  'use strict';

  // Between two attempts, while something is being done here and while there is no answer.
  var BUSY_MILLISECONDS = 300;
  var LOST_MILLISECONDS = 2000;

  // - note: stores the current state of a session.
  // - drop: removes a session that was deleted.
  function around(till, page, note, drop) {
    var leave = function () {};

    // - expire: called when the token is not valid any more.
    function follow(expire) {
      leave();
      leave = TillFeed.follow(till.token, till.language, hear, expire);
    }

    function isShown(session) {
      return session !== null && till.session !== null && till.session.id === session.id &&
        (till.screen === 'session' || till.screen === 'action');
    }

    // Reads the session on the screen again, if the events concern it.
    function hear(events) {
      var session = till.session;
      var concerns = events.length === 0 || events.some(function (event) {
        return session !== null && event.session_id === session.id && event.type !== 'session.open' &&
          event.type !== 'session.open_conflict';
      });
      if (concerns && isShown(session)) look(session);
    }

    // The person's own request comes first. Its answer may already have the change.
    function look(session) {
      var turn = till.turn;

      function again(pause) {
        setTimeout(function () { if (till.turn === turn && isShown(session)) look(session); }, pause);
      }

      if (till.isBusy) {
        again(BUSY_MILLISECONDS);
        return;
      }
      TillRequests.send({
        method: 'GET', href: TillAddresses.session(session), language: till.language, token: till.token
      }, function (answer) {
        if (till.turn !== turn || !isShown(session)) return;
        if (till.isBusy) again(BUSY_MILLISECONDS);
        else if (!TillAnswers.isSettled(answer)) again(LOST_MILLISECONDS);
        else take(session, answer);
      });
    }

    function take(session, answer) {
      if (answer.kind === 'done' && TillAnswers.isSession(answer.body)) {
        if (answer.body.version === till.session.version) return;
        note(answer.body);
        page.go('session', changed());
      } else if (answer.kind === 'refused') {
        drop(session);
        page.go('open', changed());
      }
    }

    function changed() {
      return { kind: 'bad', text: function (words) { return words.changedElsewhere; } };
    }

    return { follow: follow, leave: function () { leave(); } };
  }

  return { around: around };
}());

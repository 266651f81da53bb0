// Sends requests to the service, and calls `done` exactly once for each.

var TillRequests = (function () {
  'use strict';

  // The service responds within 5 s. After this time, the answer counts as lost.
  var PATIENCE_MILLISECONDS = 8000;

  // - request: `method`, `href`, `language`; and if they apply `token`, `key`, `body` (a text).
  // - done: gets the result of TillAnswers.read.
  function send(request, done) {
    var xhr = new XMLHttpRequest();
    var isOver = false;

    function finish(status, text) {
      if (isOver) return;
      isOver = true;
      done(TillAnswers.read(
        status, text, status ? xhr.getResponseHeader('Content-Language') : '',
        status !== 0 && xhr.getResponseHeader('Idempotent-Replayed') === 'true'));
    }

    function lose() {
      finish(0, '');
    }

    try {
      xhr.open(request.method, request.href, true);
      xhr.timeout = PATIENCE_MILLISECONDS;
      xhr.onload = function () { finish(xhr.status, xhr.responseText); };
      xhr.onerror = lose;
      xhr.ontimeout = lose;
      xhr.onabort = lose;
      xhr.setRequestHeader('Accept', 'application/json, application/problem+json');
      xhr.setRequestHeader('Accept-Language', request.language);
      // IE11 would answer a second request for the same URL from its cache.
      if (request.method === 'GET') xhr.setRequestHeader('Cache-Control', 'no-cache');
      if (request.token) xhr.setRequestHeader('Authorization', 'Bearer ' + request.token);
      if (request.key) xhr.setRequestHeader('Idempotency-Key', request.key);
      if (request.ifMatch) xhr.setRequestHeader('If-Match', request.ifMatch);
      if (request.body) xhr.setRequestHeader('Content-Type', 'application/json');
      xhr.send(request.body || null);
    } catch (refusedByBrowser) {
      lose();
    }
  }

  // The meaning of a proxy's own answer, by its status.
  var BY_STATUS = { 429: 'tooMany', 503: 'tooBusy' };

  // The requests of the person at the till: one at a time, each change with the key of what the person wants.
  //
  // - expire: called when the token is not valid any more.
  function around(till, page, intentions, expire) {
    // Sends one request. `done` gets the answer if it is final, with the `request` that it answers.
    //
    // Any other answer becomes a notice with a button that sends the same bytes with the same key again.
    //
    // - options: ifMatch; token, in place of the person's; isLogin, for a request that changes nothing.
    function ask(method, href, body, done, options) {
      if (till.isBusy) return;
      var given = options || {};
      var isChange = method !== 'GET' && !given.isLogin;
      var text = method === 'GET' || method === 'DELETE' ? '' : JSON.stringify(body || {});
      var key = isChange && method === 'POST' ? intentions.keyFor(method, href, text) : null;
      var turn = till.turn;

      function take(answer) {
        if (till.turn !== turn) return;
        till.isBusy = false;
        page.drawBusy();
        page.tell(null);
        if (!TillAnswers.isSettled(answer)) {
          offerRetry(answer, isChange, function () { ask(method, href, body, done, options); });
          return;
        }
        if (isChange) intentions.settle();
        answer.request = { body: body, text: text, key: key };
        if (answer.kind === 'expired' && till.token && !given.token) expire();
        else done(answer);
      }

      till.isBusy = true;
      page.drawBusy();
      send({
        method: method, href: href, language: till.language, token: given.token || till.token, body: text, key: key,
        ifMatch: given.ifMatch
      }, take);
    }

    // Shows why there is no reliable response.
    function offerRetry(answer, isChange, retry) {
      if (answer.kind === 'passing') {
        page.tell(page.problem(answer, [], retry));
      } else {
        page.tell({
          kind: 'bad',
          title: function (words) { return titleOf(answer, isChange, words); },
          text: function (words) { return words[answer.kind + (isChange ? 'Change' : 'Read')]; },
          retry: retry
        });
      }
      document.getElementById('retry').focus();
    }

    function titleOf(answer, isChange, words) {
      if (answer.kind === 'lost') return isChange ? words.unknown : words.lost;
      return words[BY_STATUS[answer.status] || 'unread'] + ' (' + answer.status + ')';
    }

    return { ask: ask };
  }

  return { send: send, around: around };
}());

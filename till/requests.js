// Asking the service. One request, one call of `done`, whatever happens.

var TillRequests = (function () {
  'use strict';

  // The service gives every request up after five seconds; what takes longer than this was lost on the way.
  var PATIENCE_MILLISECONDS = 8000;

  // - request: `method`, `href`, `language`; and if they apply `token`, `key`, `body` (a text).
  // - done: gets what TillAnswers.read makes of the answer.
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
      // IE11 would answer a second look at the same address from its cache.
      if (request.method === 'GET') xhr.setRequestHeader('Cache-Control', 'no-cache');
      if (request.token) xhr.setRequestHeader('Authorization', 'Bearer ' + request.token);
      if (request.key) xhr.setRequestHeader('Idempotency-Key', request.key);
      if (request.body) xhr.setRequestHeader('Content-Type', 'application/json');
      xhr.send(request.body || null);
    } catch (refusedByBrowser) {
      lose();
    }
  }

  return { send: send };
}());

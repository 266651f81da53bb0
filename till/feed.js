// Follows the event log with one endless request, because EventSource cannot send a token.

var TillFeed = (function () {
  'use strict';

  var ADDRESS = '/v1/events';
  // Between two attempts.
  var PAUSE_MILLISECONDS = 2000;
  // The service sends a comment every 15 s. After this time without one, the page closes the connection.
  var SILENCE_MILLISECONDS = 40000;
  // The browser keeps the whole response in memory, so the request is replaced after this many characters.
  var LENGTH_MAX = 200000;

  // Reads a stream's text from an offset on: its `events`, its last `position` (null without one), and the `end` of the
  // last complete event.
  function read(text, start) {
    var found = { events: [], position: null, end: start };
    for (var end = text.indexOf('\n\n', start); end >= 0; end = text.indexOf('\n\n', found.end)) {
      var lines = text.substring(found.end, end).split('\n');
      for (var i = 0; i < lines.length; i += 1) {
        if (/^id: \d+$/.test(lines[i])) found.position = Number(lines[i].substring(4));
        var event = lines[i].substring(0, 6) === 'data: ' ? parsed(lines[i].substring(6)) : null;
        if (event) found.events.push(event);
      }
      found.end = end + 2;
    }
    return found;
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch (notJSON) {
      return null;
    }
  }

  // Follows the log until the returned function is called.
  //
  // - onEvents: gets an array of events; an empty one says that something may have been missed.
  // - onExpired: called when the token is not valid any more.
  function follow(token, language, onEvents, onExpired) {
    var position = null;
    var xhr = null;
    var timer = null;
    var isOver = false;
    var shouldPoll = false;

    function again() {
      if (!isOver) timer = setTimeout(shouldPoll ? poll : stream, PAUSE_MILLISECONDS);
    }

    function address() {
      return TillAddresses.of(ADDRESS) + (position === null ? '' : '?after=' + position);
    }

    // Handles an answer that is neither a stream nor a page of events.
    function refused(status) {
      if (status === 401) {
        isOver = true;
        onExpired();
        return;
      }
      // A backup was restored, or the events after this position were deleted.
      if (status === 422) position = null;
      again();
    }

    function stream() {
      var place = 0;
      var heard = new Date().getTime();
      var hasBegun = position !== null;
      var own = xhr = new XMLHttpRequest();
      var silence = setInterval(function () {
        if (new Date().getTime() - heard > SILENCE_MILLISECONDS) own.abort();
      }, 5000);

      function take() {
        heard = new Date().getTime();
        if (isOver || own.status !== 200) return;
        var found = read(own.responseText, place);
        place = found.end;
        if (found.position !== null) position = found.position;
        if (found.events.length > 0 || (!hasBegun && found.position !== null)) onEvents(found.events);
        hasBegun = hasBegun || found.position !== null;
        if (place > LENGTH_MAX) own.abort();
      }

      function end() {
        clearInterval(silence);
        if (isOver || own !== xhr) return;
        xhr = null;
        // Without a stream, the page polls every few seconds.
        shouldPoll = own.status !== 200 && own.status !== 0;
        if (own.status === 200 || own.status === 0) again();
        else refused(own.status);
      }

      try {
        own.open('GET', address(), true);
        own.onprogress = take;
        own.onload = function () { take(); end(); };
        own.onerror = end;
        own.onabort = end;
        own.setRequestHeader('Accept', 'text/event-stream');
        own.setRequestHeader('Authorization', 'Bearer ' + token);
        own.send(null);
      } catch (refusedByBrowser) {
        end();
      }
    }

    function poll() {
      var hadBegun = position !== null;
      TillRequests.send({ method: 'GET', href: address(), language: language, token: token }, function (answer) {
        if (isOver) return;
        shouldPoll = false;
        if (answer.kind !== 'done' || !(answer.body.items instanceof Array)) {
          refused(answer.status);
          return;
        }
        position = answer.body.next_after;
        if (answer.body.items.length > 0 || !hadBegun) onEvents(answer.body.items);
        again();
      });
    }

    stream();
    return function () {
      isOver = true;
      clearTimeout(timer);
      if (xhr) xhr.abort();
    };
  }

  return { read: read, follow: follow };
}());

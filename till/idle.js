// Ends a login without input, also after the device has slept.

var TillIdle = (function () {
  'use strict';

  var MILLISECONDS = 10 * 60 * 1000;

  // Calls `onIdle` once, when the last input is `limit` milliseconds old.
  //
  // - clock: now(), start(function, milliseconds) and stop(timer).
  // - touch: reports an input. The first input after a longer pause, as after a sleep, also calls `onIdle`.
  function watch(clock, limit, onIdle) {
    var last = clock.now();
    var isOver = false;
    var timer = clock.start(look, limit);

    function end() {
      isOver = true;
      clock.stop(timer);
    }

    function look() {
      if (isOver) return;
      var rest = last + limit - clock.now();
      if (rest <= 0) {
        end();
        onIdle();
      } else {
        // If the device's clock was set back, the rest would be longer than the limit.
        timer = clock.start(look, Math.min(rest, limit));
      }
    }

    function touch() {
      if (isOver) return;
      if (clock.now() - last >= limit) look();
      else last = clock.now();
    }

    return { touch: touch, end: end };
  }

  // Whether an input at `last` is too old for its login to continue.
  function isOver(last, now, limit) {
    return typeof last !== 'number' || now - last >= limit;
  }

  return { MILLISECONDS: MILLISECONDS, watch: watch, isOver: isOver };
}());

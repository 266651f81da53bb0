// `Idempotency-Key`: one key for one thing that somebody wants, however often it must be asked for.

var TillIntentions = (function () {
  'use strict';

  // A key that nobody else makes: 128 random bits, in hexadecimal digits.
  //
  // - crypto: the browser's, or nothing where there is none; then `random` has to do. A key need not be secret, since it
  //   is good only together with the token of who sent it.
  function makeKey(crypto, random) {
    var bytes = [];
    var i;
    if (crypto && crypto.getRandomValues && typeof Uint8Array !== 'undefined') {
      bytes = new Uint8Array(16);
      crypto.getRandomValues(bytes);
    } else {
      for (i = 0; i < 16; i += 1) bytes.push(Math.floor(random() * 256));
    }
    var key = 'till-';
    for (i = 0; i < 16; i += 1) key += (bytes[i] < 16 ? '0' : '') + bytes[i].toString(16);
    return key;
  }

  // Remembers the key of the one request whose outcome is not known yet.
  //
  // - keyFor: the same key while the same thing is asked for, else a new one.
  // - restore: the next request is an earlier one, which is sent again with its key.
  // - settle: its outcome is known, or nobody wants it any more.
  function keeper(newKey) {
    var pending = null;
    return {
      keyFor: function (method, href, body) {
        var what = method + ' ' + href + '\n' + body;
        if (!pending || pending.what !== what) pending = { what: what, key: newKey() };
        return pending.key;
      },
      restore: function (method, href, body, key) {
        pending = { what: method + ' ' + href + '\n' + body, key: key };
      },
      settle: function () {
        pending = null;
      }
    };
  }

  return { makeKey: makeKey, keeper: keeper };
}());

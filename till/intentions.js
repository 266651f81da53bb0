// `Idempotency-Key`: one key for one user action and all its retries.

var TillIntentions = (function () {
  'use strict';

  // A unique key: 128 random bits, in hexadecimal digits.
  //
  // - crypto: the browser's, if it has one; else `random` is used. A key need not be secret, because the service
  //   accepts it only with the token of the same user.
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
  // - keyFor: the same key for the same request, else a new one.
  // - restore: the next request is an earlier one, which is sent again with its key.
  // - settle: its outcome is known, or the user gave up.
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

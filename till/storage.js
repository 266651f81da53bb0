// Keeps the terminal's secret until the till is unpaired, and the login until the tab is closed.
//
// A browser without storage, or one that refuses it, keeps both in the page's memory.

var TillStorage = (function () {
  'use strict';

  var PROBE = 'cashpilot.probe';

  // The browser's store; null if it has none or refuses it, as some do in private windows.
  function usable(getStore) {
    try {
      var store = getStore();
      store.setItem(PROBE, '1');
      store.removeItem(PROBE);
      return store;
    } catch (refused) {
      return null;
    }
  }

  // One value under one name.
  //
  // - member: the text that the value must have, such as `token`. A value without it counts as none.
  function place(store, name, member) {
    var text = null;

    function read() {
      try {
        var value = JSON.parse(store ? store.getItem(name) : text);
        return value && typeof value[member] === 'string' ? value : null;
      } catch (unreadable) {
        return null;
      }
    }

    function keep(value) {
      text = JSON.stringify(value);
      try {
        if (store) store.setItem(name, text);
      } catch (full) {
        store = null;
      }
    }

    function forget() {
      text = null;
      try {
        if (store) store.removeItem(name);
      } catch (refused) {
        store = null;
      }
    }

    return { read: read, keep: keep, forget: forget };
  }

  // - getLocal, getSession: return the browser's stores; they may throw.
  // - base: the prefix of the service, so that two services of one origin share nothing.
  function around(getLocal, getSession, base) {
    return {
      terminal: place(usable(getLocal), 'cashpilot.terminal' + base, 'secret'),
      login: place(usable(getSession), 'cashpilot.login' + base, 'token')
    };
  }

  return { around: around };
}());

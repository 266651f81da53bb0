// The service's texts after the language was switched.
//
// The service answered in the language of the request. Asking again in the other language could change something, so the
// page has its own words for what it knows, and shows the rest as it came.

var TillTranslations = (function () {
  'use strict';

  function isSpoken(language, words) {
    return !language || language.slice(0, 2).toLowerCase() === words.language.slice(0, 2);
  }

  // A text of the service as `{ text, language }`, with the page's own words if it is in the other language.
  //
  // - own: the page's words; nothing if it has none.
  function pick(text, language, own, words) {
    var isOwn = own && (!text || !isSpoken(language, words));
    return isOwn ? { text: own, language: words.language } : { text: text || '', language: language || words.language };
  }

  // The button and heading of an action. Its name has a hyphen in a path, and an underscore in a 409.
  function action(given, words) {
    return pick(given.title, given.language, words.actionOf[given.name.replace(/-/g, '_')], words);
  }

  // The label of a field.
  //
  // - language: of the answer that the field came with.
  function field(given, language, words) {
    return pick(given.title, language, words.titleOf[given.name], words);
  }

  // The fault of a field: in the page's words if the page found it or the service's text is in the other language.
  function fault(given, words) {
    if (given.fault) return { text: TillForms.complaint(given, words), language: words.language };
    return pick(given.text, given.language, words.faultOf[given.code], words);
  }

  function title(model, words) {
    return pick(model.title, model.language, words.conflictOf[model.code], words);
  }

  // The sentence of a 409: whose session is open, and since when.
  //
  // - user: the person at the till.
  function detail(model, user, words) {
    var session = model.session;
    var since = TillTimes.since(session.opened_time, words);
    var own = null;
    if (model.code === 'SESSION_ALREADY_OPEN' && since) {
      var isOwn = user && (session.cashier_id === user.id || !session.cashier_name);
      own = isOwn ? words.youHaveOpen : session.cashier_name + words.theyHaveOpen;
      own += ' ' + since;
    }
    return pick(model.detail, model.language, own, words);
  }

  return { action: action, field: field, fault: fault, title: title, detail: detail };
}());

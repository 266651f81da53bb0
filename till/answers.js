// Reads the service's answers for the till. Nothing here touches the page or the network.

var TillAnswers = (function () {
  'use strict';

  var METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  // A problem with one of these codes is not final: a retry with the same key may get the answer.
  var PASSING = ['REQUEST_IN_FLIGHT', 'REQUEST_TIMEOUT', 'TOO_MANY_REQUESTS'];

  // A password or PIN is wrong. The token may still be valid.
  var WRONG_SECRET = 'INVALID_CREDENTIALS';

  function isObject(value) {
    return typeof value === 'object' && value !== null && !(value instanceof Array);
  }

  function parsed(text) {
    try {
      var value = JSON.parse(text);
      return isObject(value) ? value : null;
    } catch (notJSON) {
      return null;
    }
  }

  // An answer, by what to do with it:
  //
  //   `lost`     no answer came; a change may have been made or not
  //   `unread`   something answered that is not this service: a proxy, a login page of the network
  //   `passing`  the service does not know the outcome yet; the same request can be sent again
  //   `expired`  the token is not valid, or there was none
  //   `refused`  a problem document
  //   `done`     a success, with its `body`, an object
  //
  // - status: 0 if no answer came.
  // - language: of `Content-Language`, if the answer has it.
  function read(status, text, language, isReplay) {
    var body = parsed(text || '');
    var answer = { status: status, body: body, language: language || '', isReplay: isReplay === true };
    var isProblem = body !== null && typeof body.title === 'string' && typeof body.code === 'string';
    if (status === 0) {
      answer.kind = 'lost';
    } else if (status === 204 || (status >= 200 && status < 300 && body)) {
      answer.kind = 'done';
      answer.body = body || {};
    } else if (!isProblem || status < 400) {
      answer.kind = 'unread';
    } else if (status >= 500 || PASSING.indexOf(body.code) >= 0) {
      answer.kind = 'passing';
    } else {
      answer.kind = status === 401 && body.code !== WRONG_SECRET ? 'expired' : 'refused';
    }
    return answer;
  }

  // Whether the outcome of the request is known, so that another try is a new intention.
  function isSettled(answer) {
    return answer.kind === 'done' || answer.kind === 'refused' || answer.kind === 'expired';
  }

  // A path on the page's own server, so that no answer can send the token elsewhere.
  function isOwn(href) {
    return typeof href === 'string' && /^\/(?![\/\\])[\x21-\x7e]*$/.test(href);
  }

  // The unit of an amount; null if the field is no amount.
  function unitOf(field) {
    if (field.type !== 'integer' || field.format !== 'money' || typeof field.currency !== 'string') return null;
    return { currency: field.currency, currency_minor_units: field.currency_minor_units };
  }

  // The texts that a field may have; null if it may have any. With one of them there is nothing to choose.
  function allowedIn(field) {
    var allowed = field.allowed instanceof Array ? field.allowed : [];
    var texts = allowed.filter(function (value) { return typeof value === 'string'; });
    return field.type === 'string' && texts.length > 0 ? texts : null;
  }

  // The fields of an action's form; null if a required one has a type that the page cannot draw.
  function fieldsOf(action) {
    var fields = [];
    var given = action.fields instanceof Array ? action.fields : [];
    for (var i = 0; i < given.length; i += 1) {
      var field = isObject(given[i]) ? given[i] : {};
      if (typeof field.name === 'string' && (field.type === 'integer' || field.type === 'string')) {
        var allowed = allowedIn(field);
        fields.push({
          name: field.name,
          type: allowed ? 'choice' : field.type,
          title: typeof field.title === 'string' ? field.title : field.name,
          isRequired: field.required === true,
          unit: unitOf(field),
          maxLength: field.max_length,
          constant: allowed && allowed.length === 1 ? allowed[0] : undefined,
          options: allowed ? allowed.map(function (text) { return { id: text, name: text }; }) : undefined
        });
      } else if (field.required === true) {
        return null;
      }
    }
    return fields;
  }

  function isUsable(action) {
    return isObject(action) && typeof action.name === 'string' && typeof action.title === 'string' &&
      action.title !== '' && METHODS.indexOf(action.method) >= 0 && isOwn(action.href) && fieldsOf(action) !== null;
  }

  // The buttons of a dialog, in the order of the answer. No name is special, so an unknown action works too.
  //
  // - retry: how to send the refused request again, or null. An action with the same method and path, and without fields
  //   of its own, `repeats` that request, and takes its body; with fields it `replaces` that request.
  function actions(given, retry, language) {
    return given.filter(isUsable).map(function (action) {
      var isSame = retry !== null && action.method === retry.method && pathOf(action.href) === pathOf(retry.href);
      return {
        name: action.name, title: action.title, language: language, method: action.method, href: action.href,
        style: typeof action.style === 'string' ? action.style : 'default',
        ifMatch: typeof action.if_match === 'string' ? action.if_match : null,
        fields: fieldsOf(action),
        repeats: isSame && !action.fields,
        replaces: isSame && Boolean(action.fields)
      };
    });
  }

  function pathOf(href) {
    return href.split('?')[0];
  }

  function retryOf(given) {
    var isRetry = isObject(given) && METHODS.indexOf(given.method) > 0 && isOwn(given.href);
    return isRetry ? { method: given.method, href: given.href } : null;
  }

  // The refused request with its key, as the 409 says that it may be sent again; null if it does not say so.
  function resend(retry, request) {
    return retry && {
      method: retry.method, href: retry.href, body: request.body, text: request.text, key: request.key
    };
  }

  // The dialog of a 409 that names a session; null if this answer is none.
  function dialog(answer) {
    var problem = answer.body;
    if (answer.kind !== 'refused' || answer.status !== 409 || !isObject(problem.existing_session)) return null;
    var retry = retryOf(problem.retry);
    var buttons = actions(problem.actions instanceof Array ? problem.actions : [], retry, answer.language);
    if (buttons.length === 0) return null;
    var session = problem.existing_session;
    return {
      code: problem.code,
      title: problem.title,
      detail: typeof problem.detail === 'string' ? problem.detail : '',
      language: answer.language,
      number: typeof session.session_number === 'number' ? session.session_number : null,
      isStale: session.stale === true,
      session: session,
      retry: retry,
      actions: buttons
    };
  }

  function filled(template, value) {
    return typeof value === 'string' && value !== '' ? template.split('{}').join(value) : '';
  }

  // `en otra caja (till-2)`, as far as it is known.
  function placeOf(session, words) {
    var name = isObject(session.terminal) ? session.terminal.name : session.terminal_id;
    if (session.same_terminal === true) return words.atThisTill;
    if (session.same_terminal === false) return words.atOtherTill + filled(' ({})', name);
    return filled(words.atTill, name);
  }

  // One sentence about the existing session, without unknown parts: number, cashier, business, time and float.
  function summary(session, words) {
    var isNumbered = typeof session.session_number === 'number';
    var hasFloat = typeof session.initial_cash === 'number' && TillAmounts.exponent(session) !== null;
    var from = isObject(session.handed_over_from) ? session.handed_over_from.session_number : null;
    var isOpenedByOther = session.opened_by_name !== session.cashier_name;
    var parts = [
      (isNumbered ? words.session + session.session_number : words.theSession) +
        filled(words.ofCashier, session.cashier_name) + filled(words.atBusiness, session.business_name),
      placeOf(session, words),
      TillTimes.since(session.opened_time, words),
      hasFloat && filled(words.withFloat, TillAmounts.show(session.initial_cash, session, words.language)),
      isOpenedByOther && filled(words.openedBy, session.opened_by_name),
      typeof from === 'number' && filled(words.handedOverFrom, String(from))
    ];
    return parts.filter(function (part) { return part; }).join(', ') + '.';
  }

  // The faults of a 422: a sentence for each field of the form, and the sentences that belong to none.
  function faults(answer, names) {
    var found = { fields: {}, others: [] };
    var errors = answer.body.errors instanceof Array ? answer.body.errors : [];
    for (var i = 0; i < errors.length; i += 1) {
      if (isObject(errors[i]) && typeof errors[i].detail === 'string') {
        var name = String(errors[i].pointer || '').replace(/^#\//, '');
        var fault = { code: errors[i].code, text: errors[i].detail, language: answer.language };
        if (names.indexOf(name) >= 0) found.fields[name] = fault;
        else found.others.push((errors[i].pointer || errors[i].parameter || errors[i].header) + ': ' + errors[i].detail);
      }
    }
    return found;
  }

  function isSession(body) {
    return isObject(body) && typeof body.id === 'string' && typeof body.status === 'string' &&
      typeof body.business_id === 'string';
  }

  function isUncounted(session) {
    return session.status === 'ENDED' && typeof session.final_cash !== 'number';
  }

  return {
    read: read, isSettled: isSettled, isOwn: isOwn, resend: resend, dialog: dialog, summary: summary, filled: filled,
    faults: faults, isSession: isSession, isUncounted: isUncounted
  };
}());

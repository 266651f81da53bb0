// What the service's answers mean to a till. Nothing here touches the page or the network.

var TillAnswers = (function () {
  'use strict';

  var METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  // A problem with one of these settles nothing: the same request, with the same key, may yet have its answer.
  var PASSING = ['REQUEST_IN_FLIGHT', 'REQUEST_TIMEOUT', 'TOO_MANY_REQUESTS'];

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
  //   `passing`  the service cannot say yet; asking the same again is right
  //   `expired`  the token is not good any more, or was none
  //   `refused`  a problem document
  //   `done`     what was asked, with its `body`, an object
  //
  // - status: 0 if no answer came.
  // - language: what `Content-Language` says, if it does.
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
      answer.kind = status === 401 ? 'expired' : 'refused';
    }
    return answer;
  }

  // Whether it is known what became of the request, so that asking again is a new intention.
  function isSettled(answer) {
    return answer.kind === 'done' || answer.kind === 'refused' || answer.kind === 'expired';
  }

  // A place on the server that the page came from: nobody's answer sends the token elsewhere.
  function isOwn(href) {
    return typeof href === 'string' && /^\/(?![\/\\])[\x21-\x7e]*$/.test(href);
  }

  function fieldsOf(action) {
    var fields = [];
    var given = action.fields instanceof Array ? action.fields : [];
    for (var i = 0; i < given.length; i += 1) {
      if (isObject(given[i]) && typeof given[i].name === 'string') {
        fields.push({
          name: given[i].name,
          type: given[i].type === 'integer' ? 'integer' : 'string',
          isRequired: given[i].required === true,
          title: typeof given[i].title === 'string' ? given[i].title : given[i].name
        });
      }
    }
    return fields;
  }

  function isUsable(action) {
    return isObject(action) && typeof action.name === 'string' && typeof action.title === 'string' &&
      action.title !== '' && METHODS.indexOf(action.method) >= 0 && isOwn(action.href);
  }

  function needsFields(action) {
    for (var i = 0; i < action.fields.length; i += 1) if (action.fields[i].isRequired) return true;
    return false;
  }

  // The buttons of a dialog: `view` and `close` in the order of the answer, then what the page has never heard of, as
  // long as it can be asked for without input.
  function actions(given) {
    var known = [];
    var others = [];
    for (var i = 0; i < given.length; i += 1) {
      if (isUsable(given[i])) {
        var action = {
          name: given[i].name, title: given[i].title, method: given[i].method, href: given[i].href,
          fields: fieldsOf(given[i])
        };
        if (action.name === 'view' || action.name === 'close') known.push(action);
        else if (!needsFields(action)) others.push(action);
      }
    }
    return known.concat(others);
  }

  // The dialog of a 409 that names a session; null if this answer is none.
  function dialog(answer) {
    var problem = answer.body;
    if (answer.kind !== 'refused' || answer.status !== 409 || !isObject(problem.existing_session)) return null;
    var buttons = actions(problem.actions instanceof Array ? problem.actions : []);
    if (buttons.length === 0) return null;
    var session = problem.existing_session;
    return {
      code: problem.code,
      title: problem.title,
      detail: typeof problem.detail === 'string' ? problem.detail : '',
      language: answer.language,
      number: typeof session.session_number === 'number' ? session.session_number : null,
      isStale: session.stale === true,
      actions: buttons
    };
  }

  // The faults of a 422: a sentence for each field of the form, and the sentences that belong to none.
  function faults(answer, names) {
    var found = { fields: {}, others: [] };
    var errors = answer.body.errors instanceof Array ? answer.body.errors : [];
    for (var i = 0; i < errors.length; i += 1) {
      if (isObject(errors[i]) && typeof errors[i].detail === 'string') {
        var name = String(errors[i].pointer || '').replace(/^#\//, '');
        if (names.indexOf(name) >= 0) found.fields[name] = { text: errors[i].detail, language: answer.language };
        else found.others.push((errors[i].pointer || errors[i].parameter || errors[i].header) + ': ' + errors[i].detail);
      }
    }
    return found;
  }

  function isSession(body) {
    return isObject(body) && typeof body.id === 'string' && typeof body.status === 'string' &&
      typeof body.business_id === 'string';
  }

  function addressOf(session) {
    return '/v1/businesses/' + encodeURIComponent(session.business_id) + '/sessions/' + encodeURIComponent(session.id);
  }

  return {
    read: read, isSettled: isSettled, isOwn: isOwn, actions: actions, dialog: dialog, faults: faults,
    isSession: isSession, addressOf: addressOf
  };
}());

// What each screen looks like: elements made from the state and the words. What happens on a click is in till.js.

var TillScreens = (function () {
  'use strict';

  var make = TillElements.make;
  var button = TillElements.button;

  // A heading that takes the focus when its screen comes, so that a reader hears where they are.
  function heading(text) {
    return make('h1', { tabindex: '-1', id: 'heading' }, [text]);
  }

  // A label, an input with what was typed before, and what is wrong with it. `field`: name, label, inputType, hint, and
  // if they apply unit (of an amount), inputmode, autocomplete, isRequired, maxLength.
  function input(till, field) {
    var id = 'field-' + field.name;
    var fault = till.faults[field.name];
    var hint = make('span', { 'class': 'hint', id: id + '-hint', 'aria-live': 'polite' });
    var complaint = fault && make('span', { 'class': 'fault', id: id + '-fault', lang: fault.language }, [fault.text]);
    var box = make('input', {
      id: id, name: field.name, type: field.inputType, value: till.typed[field.name] || '',
      'class': field.unit && 'amount', maxlength: typeof field.maxLength === 'number' && field.maxLength,
      inputmode: field.inputmode, autocomplete: field.autocomplete || 'off', autocapitalize: 'off', spellcheck: 'false',
      'aria-required': field.isRequired ? 'true' : null, 'aria-invalid': fault ? 'true' : null,
      'aria-describedby': id + '-hint' + (fault ? ' ' + id + '-fault' : ''),
      input: function () {
        till.typed[field.name] = box.value;
        drawHint();
        if (!complaint) return;
        complaint.parentNode.removeChild(complaint);
        box.removeAttribute('aria-invalid');
        box.setAttribute('aria-describedby', id + '-hint');
        complaint = null;
      }
    });

    // An amount is read back while it is typed.
    function drawHint() {
      var words = TillWords[till.language];
      var read = field.unit && TillForms.understood(box.value, field.unit, till.language, words);
      TillElements.fill(hint, [read || field.hint || '']);
    }

    drawHint();
    return make('div', { 'class': 'field' }, [make('label', { 'for': id }, [field.label]), box, hint, complaint]);
  }

  function form(till, fields, submit, buttons) {
    var element = make('form', {
      novalidate: 'novalidate',
      submit: function (event) {
        event.preventDefault();
        // A browser that fills fields in by itself may not tell of it.
        var inputs = element.querySelectorAll('input');
        for (var i = 0; i < inputs.length; i += 1) till.typed[inputs[i].name] = inputs[i].value;
        submit();
      }
    }, fields.concat([make('div', { 'class': 'actions' }, buttons)]));
    return element;
  }

  function submitButton(text) {
    return make('button', { type: 'submit', 'class': 'button primary' }, [text]);
  }

  // The input of a field of an action.
  function fieldInput(till, field, hint) {
    var isWhole = field.type === 'integer' && !TillAmounts.exponent(field.unit);
    return input(till, {
      name: field.name, inputType: 'text', hint: hint, isRequired: field.isRequired, maxLength: field.maxLength,
      label: field.title + (field.unit ? ' (' + TillAmounts.symbol(field.unit, till.language) + ')' : ''),
      unit: field.unit, inputmode: isWhole ? 'numeric' : field.unit ? 'decimal' : null
    });
  }

  // The optional fields, folded under a button. Its text says how many of them have a value while they are not seen.
  function folded(till, fields, words) {
    var acting = till.acting;
    var place = make('div', { id: 'more-fields' });
    var toggle = button('', 'fold', function () {
      acting.isUnfolded = !acting.isUnfolded;
      draw();
    }, { id: 'more', 'aria-controls': 'more-fields' });

    function draw() {
      var typed = fields.filter(function (field) { return /\S/.test(till.typed[field.name] || ''); }).length;
      var isCounted = !acting.isUnfolded && typed > 0;
      TillElements.fill(toggle, [words.otherAmounts + (isCounted ? ' (' + typed + ')' : '')]);
      toggle.setAttribute('aria-expanded', acting.isUnfolded ? 'true' : 'false');
      TillElements.fill(place, acting.isUnfolded ? fields.map(function (field) { return fieldInput(till, field); }) : []);
    }

    if (fields.some(function (field) { return till.faults[field.name]; })) acting.isUnfolded = true;
    draw();
    return [toggle, place];
  }

  function login(till, words) {
    return [
      heading(words.logIn),
      form(till, [
        input(till, { name: 'email', label: words.email, inputType: 'email', autocomplete: 'username', isRequired: true }),
        input(till, {
          name: 'password', label: words.password, inputType: 'password', autocomplete: 'current-password',
          isRequired: true
        })
      ], till.logIn, [submitButton(words.logInButton)])
    ];
  }

  // How many of the person's sessions still have to be counted, and the way to them.
  function uncountedNotice(till, words) {
    var number = till.uncounted.length;
    return number > 0 && make('p', { 'class': 'known', 'data-uncounted': number }, [
      (number === 1 ? words.uncountedOne : TillAnswers.filled(words.uncountedMany, String(number))) + ' ',
      button(words.countNow, 'link', till.showUncounted, { id: 'count-now' })
    ]);
  }

  function uncounted(till, words) {
    var items = till.uncounted.map(function (one) {
      var business = till.businesses.filter(function (other) { return other.id === one.business_id; })[0];
      return make('li', {}, [
        make('button', {
          type: 'button', 'class': 'choice', 'data-session': one.id,
          click: function () { till.view(TillAnswers.addressOf(one)); }
        }, [
          make('span', { 'class': 'name' }, [words.session + one.session_number]), ' ',
          one.count_overdue === true && make('span', { 'class': 'tag' }, [words.overdue]), ' ',
          make('span', { 'class': 'quiet line' }, [
            (business ? business.name + ' · ' : '') + TillAmounts.time(one.opened_at, one.time_zone, till.language)
          ])
        ])
      ]);
    });
    return [
      heading(words.uncounted), make('ul', { 'class': 'choices' }, items),
      make('div', { 'class': 'actions' }, [button(words.back, 'plain', till.showBusinesses)])
    ];
  }

  function businesses(till, words) {
    var items = till.businesses.map(function (business) {
      return make('li', {}, [
        make('button', {
          type: 'button', 'class': 'choice', 'data-business': business.id, click: function () { till.choose(business); }
        }, [
          make('span', { 'class': 'name' }, [business.name]), ' ',
          till.openIn(business) && make('span', { 'class': 'tag' }, [words.badge]), ' ',
          make('span', { 'class': 'quiet' }, [business.currency])
        ])
      ]);
    });
    return [
      heading(words.businesses),
      uncountedNotice(till, words),
      items.length ? make('ul', { 'class': 'choices' }, items) : make('p', {}, [words.noBusiness])
    ];
  }

  function open(till, words) {
    var known = till.openIn(till.business);
    return [
      heading(words.open),
      make('p', { 'class': 'where' }, [till.business.name]),
      known && make('p', { 'class': 'known' }, [
        words.known + ' ', button(words.view, 'link', function () { till.view(TillAnswers.addressOf(known)); })
      ]),
      uncountedNotice(till, words),
      form(till, [fieldInput(till, TillForms.openField(till.business, words), words.openHelp)], till.open, [
        submitButton(words.openButton),
        till.businesses.length > 1 && button(words.change, 'link', till.showBusinesses, { id: 'change' })
      ])
    ];
  }

  // The form of an action: the required fields, and the optional ones folded.
  function action(till, words) {
    var acting = till.acting;
    var fields = acting.action.fields;
    var required = fields.filter(TillForms.isRequired);
    var optional = fields.filter(TillForms.isOptional);
    var isClose = acting.action.name === 'close';
    var seen = (required.length > 0 ? required : optional).map(function (field) {
      return fieldInput(till, field, field.name === 'final_cash' && isClose ? words.countHelp : '');
    });
    var hidden = required.length > 0 && optional.length > 0 ? folded(till, optional, words) : [];
    return [
      heading(isClose ? words.count : acting.action.title),
      make('p', { 'class': 'where' }, [
        till.business.name + (acting.number === null ? '' : ' · ' + words.session + acting.number)
      ]),
      form(till, seen.concat(hidden), till.act, [
        make('button', {
          type: 'submit', 'class': 'button ' + (acting.action.style === 'danger' ? 'danger' : 'primary')
        }, [acting.action.title]),
        button(words.back, 'plain', till.leaveAction)
      ])
    ];
  }

  // The facts of a session that are known, a line each.
  function facts(session, language, words) {
    function money(minor) {
      return TillForms.money(minor, session, language);
    }

    function time(instant) {
      return instant ? TillAmounts.time(instant, session.time_zone, language) : null;
    }

    var totals = session.totals || {};
    return [
      ['status', words.status, words.statusOf[session.status] || session.status],
      ['opened_at', words.openedAt, time(session.opened_at)],
      ['ended_at', words.endedAt, time(session.ended_at)],
      ['closed_at', words.closedAt, time(session.closed_at)],
      ['initial_cash', words.initialCash, money(session.initial_cash)],
      ['final_cash', words.counted, money(session.final_cash)],
      ['cash_sales', words.cashSales, money(totals.cash_sales)],
      ['expected_cash', words.expectedCash, money(totals.expected_cash)],
      ['over_short', words.overShort, TillForms.overShort(session, words)]
    ].filter(function (fact) { return fact[2]; });
  }

  function session(till, words) {
    var shown = till.session;
    var isOpen = shown.status === 'OPEN';
    var mayClose = (shown.allowed_actions || []).indexOf('close') >= 0;
    var isUncounted = TillAnswers.isUncounted(shown);
    var difference = TillForms.openingDifference(shown, words);
    var corrections = TillForms.corrections(shown, words);
    var rows = [];
    facts(shown, till.language, words).forEach(function (fact) {
      rows.push(make('div', { 'class': 'fact' }, [
        make('dt', {}, [fact[1]]), make('dd', { 'data-fact': fact[0] }, [fact[2]])
      ]));
    });
    var isCountFirst = isOpen || (isUncounted && mayClose);
    var countButton = mayClose && button(
      isUncounted ? words.count : words.close, isCountFirst ? 'primary' : 'plain', till.countShown, { id: 'close' });
    return [
      heading(words.session + shown.session_number),
      make('p', { 'class': 'where' }, [till.business.name]),
      shown.stale && make('p', { 'class': 'stale' }, [words.stale]),
      shown.count_overdue === true && make('p', { 'class': 'stale' }, [words.countOverdue]),
      corrections && make('p', { 'class': 'stale', 'data-fact': 'corrections' }, [corrections]),
      difference && make('p', { 'class': 'stale', 'data-fact': 'opening_difference' }, [difference]),
      make('dl', { 'class': 'facts', 'data-status': shown.status }, rows),
      make('div', { 'class': 'actions' }, [
        isCountFirst && countButton,
        button(words.openAgain, isCountFirst ? 'plain' : 'primary', till.showOpen, { id: 'open-again' }),
        !isCountFirst && countButton,
        till.businesses.length > 1 && button(words.change, 'link', till.showBusinesses, { id: 'change' })
      ])
    ];
  }

  return { login: login, businesses: businesses, uncounted: uncounted, open: open, action: action, session: session };
}());

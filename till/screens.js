// What each screen looks like: elements made from the state and the words. What happens on a click is in till.js.

var TillScreens = (function () {
  'use strict';

  var make = TillElements.make;
  var button = TillElements.button;

  // A heading that takes the focus when its screen comes, so that a reader hears where they are.
  function heading(text) {
    return make('h1', { tabindex: '-1', id: 'heading' }, [text]);
  }

  // A label, an input with what was typed before, and what is wrong with it. `field`: name, label, type, hint, and if it
  // applies currency, inputmode, autocomplete, isRequired.
  function input(till, field) {
    var id = 'field-' + field.name;
    var fault = till.faults[field.name];
    var hint = make('span', { 'class': 'hint', id: id + '-hint', 'aria-live': 'polite' });
    var complaint = fault && make('span', { 'class': 'fault', id: id + '-fault', lang: fault.language }, [fault.text]);
    var box = make('input', {
      id: id, name: field.name, type: field.type, value: till.typed[field.name] || '', 'class': field.currency && 'amount',
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
      TillElements.fill(hint, [(field.currency && till.understood(box.value, field.currency)) || field.hint || '']);
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

  function amountField(till, name, label, hint, isRequired) {
    var currency = till.business.currency;
    return {
      name: name, label: label + ' (' + TillAmounts.symbol(currency, till.language) + ')', type: 'text', hint: hint,
      currency: currency, inputmode: TillAmounts.exponent(currency) ? 'decimal' : 'numeric', isRequired: isRequired
    };
  }

  function login(till, words) {
    return [
      heading(words.logIn),
      form(till, [
        input(till, { name: 'email', label: words.email, type: 'email', autocomplete: 'username', isRequired: true }),
        input(till, {
          name: 'password', label: words.password, type: 'password', autocomplete: 'current-password', isRequired: true
        })
      ], till.logIn, [submitButton(words.logInButton)])
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
      form(till, [input(till, amountField(till, 'initial_cash', words.initialCash, words.openHelp, true))], till.open, [
        submitButton(words.openButton),
        till.businesses.length > 1 && button(words.change, 'link', till.showBusinesses, { id: 'change' })
      ])
    ];
  }

  function count(till, words) {
    var fields = till.closing.fields.map(function (field) {
      var isCash = field.name === 'final_cash';
      if (field.type === 'integer') {
        return input(till, amountField(till, field.name, field.title, isCash ? words.countHelp : '', field.isRequired));
      }
      return input(till, { name: field.name, label: field.title, type: 'text', isRequired: field.isRequired });
    });
    return [
      heading(words.count),
      make('p', { 'class': 'where' }, [
        till.business.name + (till.closing.number === null ? '' : ' · ' + words.session + till.closing.number)
      ]),
      form(till, fields, till.close, [
        submitButton(till.closing.title), button(words.back, 'plain', till.leaveCount)
      ])
    ];
  }

  // The facts of a session that are known, a line each.
  function facts(session, language, words) {
    function money(minor) {
      return typeof minor === 'number' ? TillAmounts.show(minor, session.currency, language) : null;
    }

    function time(instant) {
      return instant ? TillAmounts.time(instant, session.time_zone, language) : null;
    }

    function difference(minor) {
      if (typeof minor !== 'number') return null;
      return minor === 0 ? words.even : (minor < 0 ? words.short : words.over) + money(Math.abs(minor));
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
      ['over_short', words.overShort, difference(totals.over_short)]
    ].filter(function (fact) { return fact[2]; });
  }

  function session(till, words) {
    var shown = till.session;
    var isOpen = shown.status === 'OPEN';
    var mayClose = (shown.allowed_actions || []).indexOf('close') >= 0;
    var rows = [];
    facts(shown, till.language, words).forEach(function (fact) {
      rows.push(make('div', { 'class': 'fact' }, [
        make('dt', {}, [fact[1]]), make('dd', { 'data-fact': fact[0] }, [fact[2]])
      ]));
    });
    return [
      heading(words.session + shown.session_number),
      make('p', { 'class': 'where' }, [till.business.name]),
      shown.stale && make('p', { 'class': 'stale' }, [words.stale]),
      make('dl', { 'class': 'facts', 'data-status': shown.status }, rows),
      make('div', { 'class': 'actions' }, [
        !isOpen && button(words.openAgain, 'primary', till.showOpen, { id: 'open-again' }),
        mayClose && button(words.close, isOpen ? 'primary' : 'plain', till.countShown, { id: 'close' }),
        isOpen && button(words.openAgain, 'plain', till.showOpen, { id: 'open-again' }),
        till.businesses.length > 1 && button(words.change, 'link', till.showBusinesses, { id: 'change' })
      ])
    ];
  }

  return { login: login, businesses: businesses, open: open, count: count, session: session };
}());

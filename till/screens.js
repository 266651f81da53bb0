// Draws each screen from the state and the words. till.js handles the clicks.

var TillScreens = (function () {
  'use strict';

  var make = TillElements.make;
  var button = TillElements.button;
  var heading = TillControls.heading;

  // The optional fields, folded under a button. Its text says how many of them have a value while they are not seen.
  function folded(till, fields, words) {
    var acting = till.acting;
    var place = make('div', { id: 'more-fields' });
    var toggle = button('', 'fold', function () {
      acting.isUnfolded = !acting.isUnfolded;
      draw();
    }, { id: 'more', 'aria-controls': 'more-fields' });

    function drawField(field) {
      return TillControls.fieldInput(till, field, null, acting.action.language);
    }

    function draw() {
      var typed = fields.filter(function (field) { return /\S/.test(till.typed[field.name] || ''); }).length;
      var isCounted = !acting.isUnfolded && typed > 0;
      TillElements.fill(toggle, [words.otherAmounts + (isCounted ? ' (' + typed + ')' : '')]);
      toggle.setAttribute('aria-expanded', acting.isUnfolded ? 'true' : 'false');
      TillElements.fill(place, acting.isUnfolded ? fields.map(drawField) : []);
    }

    if (fields.some(function (field) { return till.faults[field.name]; })) acting.isUnfolded = true;
    draw();
    return [toggle, place];
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
          click: function () { till.view(TillAddresses.session(one)); }
        }, [
          make('span', { 'class': 'name' }, [words.session + one.session_number]), ' ',
          one.count_overdue === true && make('span', { 'class': 'tag' }, [words.overdue]), ' ',
          make('span', { 'class': 'quiet line' }, [
            (business ? business.name + ' · ' : '') + TillTimes.show(one.opened_at, one.time_zone, till.language)
          ])
        ])
      ]);
    });
    return [
      heading(words.uncounted), make('ul', { 'class': 'choices' }, items),
      make('div', { 'class': 'actions' }, [button(words.back, 'plain', till.leaveUncounted)])
    ];
  }

  // The way to the form of the person's PIN, at a till that takes one.
  function ownPIN(till, words) {
    return till.terminal && button(words.ownPIN, 'link', till.showOwnPIN, { id: 'own-pin' });
  }

  // The way to another business, where the person may use several: a paired till belongs to one.
  function changeBusiness(till, words) {
    return till.businesses.length > 1 && !till.isAtHome() &&
      button(words.change, 'link', till.showBusinesses, { id: 'change' });
  }

  function businesses(till, words) {
    var items = till.businesses.map(function (business) {
      return make('li', {}, [
        make('button', {
          type: 'button', 'class': 'choice', 'data-business': business.id, click: function () { till.choose(business); }
        }, [
          make('span', { 'class': 'name' }, [business.name]), ' ',
          till.openIn(business) && make('span', { 'class': 'tag' }, [words.badge]), ' ',
          make('span', { 'class': 'quiet' }, [TillAmounts.symbol(business)])
        ])
      ]);
    });
    return [
      heading(words.businesses),
      uncountedNotice(till, words),
      items.length ? make('ul', { 'class': 'choices' }, items) : make('p', {}, [words.noBusiness]),
      make('div', { 'class': 'actions' }, [ownPIN(till, words)])
    ];
  }

  function open(till, words) {
    return [
      heading(words.open),
      make('p', { 'class': 'where' }, [till.business.name]),
      uncountedNotice(till, words),
      TillControls.form(till, [
        TillControls.fieldInput(till, TillForms.openField(till.business), words.openHelp)
      ], till.open, [
        TillControls.submitButton(words.open), changeBusiness(till, words), ownPIN(till, words)
      ])
    ];
  }

  // The form of an action: the required fields, and the optional ones folded. The forms of an edit and of a movement
  // show all.
  function action(till, words) {
    var acting = till.acting;
    var given = acting.action;
    var title = TillTranslations.action(given, words);
    var isClose = given.name === 'close';
    var fields = given.fields.filter(TillForms.isDrawn);
    var required = fields.filter(TillForms.isRequired);
    var optional = fields.filter(TillForms.isOptional);
    var isFolded = required.length > 0 && optional.length > 0 && given.name !== 'edit' &&
      !TillActions.records(given.name);
    var help = !given.language && words.helpOf[given.name.replace(/-/g, '_')];
    var seen = (isFolded ? required : required.concat(optional)).map(function (field) {
      var hint = field.name === 'final_cash' && isClose ? words.countHelp : null;
      return TillControls.fieldInput(till, field, hint, given.language);
    });
    return [
      isClose ? heading(words.count) : heading(title.text, title.language),
      make('p', { 'class': 'where' }, [
        till.business.name + (acting.number === null ? '' : ' · ' + words.session + acting.number)
      ]),
      help && make('p', { 'class': 'help' }, [help]),
      TillControls.form(till, seen.concat(isFolded ? folded(till, optional, words) : []), till.act, [
        TillControls.submitButton(title.text, given.style === 'danger' ? 'danger' : 'primary', title.language),
        button(words.back, 'plain', till.leaveAction)
      ])
    ];
  }

  return {
    businesses: businesses, uncounted: uncounted, open: open, action: action, ownPIN: ownPIN,
    changeBusiness: changeBusiness, uncountedNotice: uncountedNotice
  };
}());

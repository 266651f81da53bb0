// The warning that a session is in the way. Everything it says about that is the service's 409.

var TillDialog = (function () {
  'use strict';

  var TAB = 9;
  var ESCAPE = 27;
  // The look of a button by the `style` of its action. Other styles, also later ones, look plain.
  var LOOKS = { primary: 'primary', danger: 'danger' };
  var make = TillElements.make;

  // What is behind the dialog can be neither reached nor read out. IE11 knows no `inert`.
  function setAside(page, isAside) {
    if ('inert' in page) page.inert = isAside;
    else if (isAside) page.setAttribute('aria-hidden', 'true');
    else page.removeAttribute('aria-hidden');
  }

  // Shows it, puts the focus on its first button and keeps the focus inside.
  //
  // - model: of TillAnswers.dialog.
  // - choose: gets the action of the button that was pressed; the dialog is gone and the focus is back by then.
  function show(model, page, words, choose) {
    var before = document.activeElement;

    function leave(action) {
      document.removeEventListener('focus', keepFocus, true);
      document.removeEventListener('keydown', press, true);
      overlay.parentNode.removeChild(overlay);
      setAside(page, false);
      if (before && before.focus) before.focus();
      if (action) choose(action);
    }

    function keepFocus(event) {
      if (!box.contains(event.target === document ? null : event.target)) buttons[0].focus();
    }

    function press(event) {
      var key = event.keyCode;
      if (key === ESCAPE) {
        event.preventDefault();
        event.stopPropagation();
        leave(null);
      } else if (key === TAB) {
        var at = buttons.indexOf(document.activeElement);
        var next = event.shiftKey ? (at > 0 ? at - 1 : buttons.length - 1) : (at + 1) % buttons.length;
        event.preventDefault();
        buttons[next].focus();
      }
    }

    function buttonFor(action) {
      var look = LOOKS.hasOwnProperty(action.style) ? LOOKS[action.style] : 'plain';
      return TillElements.button(action.title, look, function () {
        leave(action);
      }, { 'data-action': action.name });
    }

    var buttons = model.actions.map(buttonFor);
    var actions = make('div', { 'class': 'actions' }, buttons);
    var dismiss = TillElements.button('\u00d7', 'dismiss', function () { leave(null); }, {
      'aria-label': words.dismiss, title: words.dismiss, lang: words.language
    });
    buttons.push(dismiss);

    var box = make('div', {
      'class': 'dialog', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': 'dialog-title',
      'aria-describedby': 'dialog-detail', 'data-code': model.code, lang: model.language || words.language
    }, [
      make('div', { 'class': 'dialog-head' }, [
        make('span', { 'class': 'sign', 'aria-hidden': 'true' }, [make('span', {}, ['!'])]),
        make('h2', { id: 'dialog-title' }, [model.title])
      ]),
      make('div', { id: 'dialog-detail', 'class': 'dialog-body' }, [
        make('p', { 'class': 'detail' }, [model.detail]),
        make('p', { 'class': 'quiet', lang: words.language }, [TillAnswers.summary(model.session, words)]),
        model.isStale && make('p', { 'class': 'stale', lang: words.language }, [words.stale])
      ]),
      actions,
      dismiss
    ]);
    var overlay = make('div', { 'class': 'overlay' }, [box]);

    document.body.appendChild(overlay);
    setAside(page, true);
    document.addEventListener('focus', keepFocus, true);
    document.addEventListener('keydown', press, true);
    buttons[0].focus();
  }

  return { show: show };
}());

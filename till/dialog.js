// Dialogs: the warning of a 409 about the existing session, and the page's own questions.

var TillDialog = (function () {
  'use strict';

  var TAB = 9;
  var ESCAPE = 27;
  // The look of a button by the `style` of its action. Other styles, also later ones, look plain.
  var LOOKS = { primary: 'primary', danger: 'danger' };
  var make = TillElements.make;

  // Hides the page behind the dialog from the keyboard and from screen readers. IE11 has no `inert`.
  function setAside(page, isAside) {
    if ('inert' in page) page.inert = isAside;
    else if (isAside) page.setAttribute('aria-hidden', 'true');
    else page.removeAttribute('aria-hidden');
  }

  // Returns the focus to its earlier element, or to the new one if the page was drawn again meanwhile.
  function giveBack(before) {
    var isThere = before && document.body.contains(before);
    var target = isThere ? before : before && before.id ? document.getElementById(before.id) : null;
    target = target || document.querySelector('#card button[type=submit]') || document.getElementById('heading');
    if (target && target.focus) target.focus();
  }

  // Shows it, puts the focus on its first button and keeps the focus inside.
  //
  // - page: element, words(), and switchLanguage().
  // - content: a function of the words; returns `code`, `title` ({ text, language }), `body` (elements) and `buttons`,
  //   each with name, text, language, look and value.
  // - choose: gets the value of the pressed button, after the dialog was closed and the focus returned.
  function show(page, content, choose) {
    var before = document.activeElement;
    var buttons = [];
    var box = make('div', {
      'class': 'dialog', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': 'dialog-title',
      'aria-describedby': 'dialog-detail'
    });
    var overlay = make('div', { 'class': 'overlay' }, [box]);

    function leave(value) {
      close();
      giveBack(before);
      if (value) choose(value);
    }

    function close() {
      document.removeEventListener('focus', keepFocus, true);
      document.removeEventListener('keydown', press, true);
      if (overlay.parentNode) overlay.parentNode.removeChild(overlay);
      setAside(page.element, false);
      if (page.dialog && page.dialog.close === close) page.dialog = null;
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

    function draw() {
      var words = page.words();
      var shown = content(words);
      var chosen = shown.buttons.map(function (one) {
        return TillElements.button(one.text, one.look, function () { leave(one.value); }, {
          'data-action': one.name, lang: one.language
        });
      });
      var language = TillElements.button(words.other, 'link', function () {
        page.switchLanguage();
        draw();
        document.getElementById('dialog-language').focus();
      }, { id: 'dialog-language', lang: words.otherLanguage });
      var dismiss = TillElements.button('\u00d7', 'dismiss', function () { leave(null); }, {
        'aria-label': words.dismiss, title: words.dismiss, lang: words.language
      });
      buttons = chosen.concat([language, dismiss]);
      box.setAttribute('lang', shown.title.language);
      box.setAttribute('data-code', shown.code);
      TillElements.fill(box, [
        make('div', { 'class': 'dialog-head' }, [
          make('span', { 'class': 'sign', 'aria-hidden': 'true' }, [make('span', {}, ['!'])]),
          make('h2', { id: 'dialog-title' }, [shown.title.text])
        ]),
        make('div', { id: 'dialog-detail', 'class': 'dialog-body' }, shown.body),
        make('div', { 'class': 'actions' }, chosen),
        make('div', { 'class': 'dialog-foot' }, [language]),
        dismiss
      ]);
    }

    if (page.dialog) page.dialog.close();
    page.dialog = { close: close };
    draw();
    document.body.appendChild(overlay);
    setAside(page.element, true);
    document.addEventListener('focus', keepFocus, true);
    document.addEventListener('keydown', press, true);
    buttons[0].focus();
  }

  // The content of the warning about a 409.
  //
  // - model: of TillAnswers.dialog.
  // - user: the person at the till.
  function conflict(model, user) {
    return function (words) {
      var detail = TillTranslations.detail(model, user, words);
      return {
        code: model.code,
        title: TillTranslations.title(model, words),
        body: [
          make('p', { 'class': 'detail', lang: detail.language }, [detail.text]),
          make('p', { 'class': 'quiet', lang: words.language }, [TillAnswers.summary(model.session, words)]),
          model.isStale && make('p', { 'class': 'stale', lang: words.language }, [words.stale])
        ],
        buttons: model.actions.map(function (action) {
          var title = TillTranslations.action(action, words);
          return {
            name: action.name, text: title.text, language: title.language, value: action,
            look: LOOKS.hasOwnProperty(action.style) ? LOOKS[action.style] : 'plain'
          };
        })
      };
    };
  }

  // The content of a question. The safe answer comes first.
  //
  // - ask: a function of the words; returns title, text, no and yes.
  function question(code, ask) {
    return function (words) {
      var asked = ask(words);
      return {
        code: code,
        title: { text: asked.title, language: words.language },
        body: [make('p', { 'class': 'detail' }, [asked.text])],
        buttons: [
          { name: 'no', text: asked.no, look: 'primary', value: null },
          { name: 'yes', text: asked.yes, look: 'danger', value: 'yes' }
        ]
      };
    };
  }

  return { show: show, conflict: conflict, question: question };
}());

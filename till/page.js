// The page around the screens: header, notices, the busy mark, and going from one screen to the next.

var TillPage = (function () {
  'use strict';

  var make = TillElements.make;

  // - till: the state that everything is drawn from. `units` are the fields of its screen.
  // - leaveScreen: called before another screen is shown.
  function around(till, leaveScreen) {
    var page = document.getElementById('page');
    var header = make('header', { role: 'banner', 'class': 'bar' });
    var alertPlace = make('div', { id: 'alert', role: 'alert' });
    var statusPlace = make('div', { id: 'status', role: 'status' });
    var card = make('div', { 'class': 'card', id: 'card' });
    TillElements.fill(page, [header, make('main', { role: 'main' }, [alertPlace, statusPlace, card])]);

    function words() {
      return TillWords[till.language];
    }

    function drawHeader() {
      var own = words();
      TillElements.fill(header, [
        make('span', { 'class': 'brand' }, [make('b', {}, ['CashPilot']), ' ' + own.brand]),
        make('span', { 'class': 'tools' }, [
          till.user && make('span', { 'class': 'who' }, [till.user.name]),
          TillElements.button(own.other, 'link', function () {
            switchLanguage();
            document.getElementById('language').focus();
          }, { id: 'language', lang: own.otherLanguage }),
          till.token && TillElements.button(till.terminal ? own.switchUser : own.logOut, 'link', till.logOut, {
            id: 'log-out'
          })
        ])
      ]);
      document.documentElement.lang = till.language;
      document.title = 'CashPilot · ' + own.brand;
    }

    // A notice is `kind` (`good` or `bad`), `title` and `text`, each a function of the words or the service's own text,
    // then with its `language`; `others`, more of these texts; and `retry`, to send the request again.
    function drawNotice() {
      var notice = till.notice;
      var own = words();
      var box = notice && make('div', { 'class': 'notice ' + notice.kind, lang: notice.language }, [
        notice.title && make('strong', {}, [said(notice.title)]),
        notice.text && make('p', {}, [said(notice.text)]),
        notice.others && notice.others.length > 0 && make('ul', {}, notice.others.map(function (text) {
          return make('li', {}, [said(text)]);
        })),
        notice.retry && TillElements.button(own.retry, 'amber', notice.retry, { id: 'retry', lang: till.language })
      ]);
      TillElements.fill(alertPlace, [notice && notice.kind !== 'good' && box]);
      TillElements.fill(statusPlace, [notice && notice.kind === 'good' && box]);
    }

    function said(text) {
      return typeof text === 'function' ? text(words()) : text;
    }

    function drawScreen() {
      TillElements.fill(card, TillScreens[till.screen](till, words()));
      card.setAttribute('data-screen', till.screen);
      drawBusy();
    }

    // A button keeps the focus while its request runs, so it is not disabled; no second request is made meanwhile.
    function drawBusy() {
      card.setAttribute('aria-busy', till.isBusy ? 'true' : 'false');
      var submit = card.querySelector('button[type=submit]');
      if (!submit) return;
      if (till.isBusy && !submit.hasAttribute('data-text')) {
        submit.setAttribute('data-text', submit.textContent);
        submit.setAttribute('aria-disabled', 'true');
        submit.textContent = words().wait;
      } else if (!till.isBusy && submit.hasAttribute('data-text')) {
        submit.textContent = submit.getAttribute('data-text');
        submit.removeAttribute('data-text');
        submit.removeAttribute('aria-disabled');
      }
    }

    // Goes to a screen. This closes a dialog and forgets the request of the last screen.
    //
    // - focus: the id of the element that gets the focus; the heading if null.
    function go(screen, notice, focus) {
      leaveScreen();
      if (self.dialog) self.dialog.close();
      till.screen = screen;
      till.faults = {};
      till.notice = notice || null;
      drawHeader();
      drawNotice();
      drawScreen();
      (document.getElementById(focus || 'heading') || document.getElementById('heading')).focus();
      window.scrollTo(0, 0);
    }

    // A notice in the service's words, which stay in their language.
    function problem(answer, others, retry) {
      return {
        kind: 'bad', title: answer.body.title, text: answer.body.detail, others: others,
        language: answer.language || till.language, retry: retry
      };
    }

    function tell(notice) {
      till.notice = notice;
      drawNotice();
    }

    // Draws the faults at the fields, and puts the focus on the first of them, or back on the button.
    function showFaults(faults) {
      till.faults = faults;
      drawScreen();
      var first = card.querySelector('[aria-invalid=true]') || card.querySelector('button[type=submit]');
      if (first) first.focus();
    }

    // Draws everything in the other language. What was typed as an amount stays the same amount.
    function switchLanguage() {
      var from = till.language;
      till.language = words().otherLanguage;
      till.units().forEach(function (field) {
        var typed = till.typed[field.name];
        if (field.unit && typed) till.typed[field.name] = TillForms.respelled(typed, field.unit, from, till.language);
      });
      till.keep();
      drawHeader();
      drawNotice();
      drawScreen();
    }

    var self = {
      element: page, dialog: null, words: words, go: go, tell: tell, problem: problem, drawScreen: drawScreen,
      drawBusy: drawBusy, showFaults: showFaults, switchLanguage: switchLanguage
    };
    return self;
  }

  return { around: around };
}());

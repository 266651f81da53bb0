// The parts that screens are made of: headings, forms, and inputs with their hint and fault.

var TillControls = (function () {
  'use strict';

  var DELETE = 46;
  var make = TillElements.make;
  var button = TillElements.button;

  // A heading that gets the focus with its screen, so that a screen reader announces the screen.
  function heading(text, language) {
    return make('h1', { tabindex: '-1', id: 'heading', lang: language }, [text]);
  }

  // The label, hint and fault around an input or a choice. The input's id is `field-` and its name.
  function around(till, field, box, hint) {
    var fault = till.faults[field.name] && TillTranslations.fault(till.faults[field.name], TillWords[till.language]);
    var complaint = fault && make('span', {
      'class': 'fault', id: box.id + '-fault', lang: fault.language
    }, [fault.text]);
    box.setAttribute('aria-describedby', hint.id + (fault ? ' ' + box.id + '-fault' : ''));
    if (fault) box.setAttribute('aria-invalid', 'true');
    box.addEventListener(box.tagName === 'SELECT' ? 'change' : 'input', function () {
      till.typed[field.name] = box.value;
      if (!complaint) return;
      complaint.parentNode.removeChild(complaint);
      delete till.faults[field.name];
      box.removeAttribute('aria-invalid');
      box.setAttribute('aria-describedby', hint.id);
      complaint = null;
    });
    return make('div', { 'class': 'field' }, [
      make('label', { 'for': box.id, lang: field.language }, [field.label]), box, hint, complaint
    ]);
  }

  function hintOf(field, isLive) {
    return make('span', {
      'class': 'hint', id: 'field-' + field.name + '-hint', 'aria-live': isLive ? 'polite' : null
    }, [field.hint]);
  }

  // An input with what was typed before. `field`: name, label, inputType, and if they apply hint, language of the label,
  // unit (of an amount), inputmode, autocomplete, isRequired, maxLength.
  function input(till, field) {
    var hint = hintOf(field, true);
    var isDelete = false;
    var box = make('input', {
      id: 'field-' + field.name, name: field.name, type: field.inputType, value: till.typed[field.name] || '',
      'class': field.unit && 'amount', maxlength: typeof field.maxLength === 'number' && field.maxLength,
      inputmode: field.inputmode, autocomplete: field.autocomplete || 'off', autocapitalize: 'off', spellcheck: 'false',
      'aria-required': field.isRequired ? 'true' : null,
      keydown: function (event) { isDelete = event.keyCode === DELETE; }
    });
    var before = box.value;

    // The digits are grouped while they are typed, and the amount is read back.
    function readBack() {
      if (box.value !== before) {
        var shown = TillTyping.format(before, box.value, box.selectionStart, field.unit, till.language, isDelete);
        if (shown.text !== box.value) box.value = shown.text;
        if (document.activeElement === box) box.setSelectionRange(shown.caret, shown.caret);
        before = shown.text;
      }
      var words = TillWords[till.language];
      TillElements.fill(hint, [TillForms.understood(box.value, field.unit, words) || field.hint]);
    }

    if (field.unit) {
      readBack();
      box.addEventListener('input', readBack);
    }
    return around(till, field, box, hint);
  }

  // A choice among `field.options`, each with id, and name or the words that have its name. Nothing is chosen for the
  // person.
  function choice(till, field) {
    var chosen = till.typed[field.name] || '';
    var box = make('select', {
      id: 'field-' + field.name, name: field.name, 'aria-required': field.isRequired ? 'true' : null
    }, [make('option', { value: '' }, [TillWords[till.language].choose])].concat(field.options.map(function (one) {
      var name = one.word ? TillWords[till.language][one.word][one.id] : one.name;
      return make('option', { value: one.id, selected: one.id === chosen && 'selected' }, [name]);
    })));
    return around(till, field, box, hintOf(field, false));
  }

  // The input of a field of an action.
  //
  // - language: of the answer that the field came with; nothing if the page made it.
  function fieldInput(till, field, hint, language) {
    var words = TillWords[till.language];
    var title = TillTranslations.field(field, language, words);
    var isWhole = field.type === 'integer' && !TillAmounts.exponent(field.unit);
    var drawn = {
      name: field.name, inputType: 'text', hint: hint, isRequired: field.isRequired, maxLength: field.maxLength,
      label: title.text + (field.unit ? ' (' + TillAmounts.symbol(field.unit) + ')' : ''), language: title.language,
      unit: field.unit, inputmode: isWhole ? 'numeric' : field.unit ? 'decimal' : null, options: field.options
    };
    return field.type === 'choice' ? choice(till, drawn) : input(till, drawn);
  }

  function form(till, fields, submit, buttons) {
    var element = make('form', {
      novalidate: 'novalidate',
      submit: function (event) {
        event.preventDefault();
        // A browser may fill in a field without an event.
        var inputs = element.querySelectorAll('input, select');
        for (var i = 0; i < inputs.length; i += 1) till.typed[inputs[i].name] = inputs[i].value;
        submit();
      }
    }, fields.concat([make('div', { 'class': 'actions' }, buttons)]));
    return element;
  }

  function submitButton(text, look, language) {
    return make('button', { type: 'submit', 'class': 'button ' + (look || 'primary'), lang: language }, [text]);
  }

  return {
    heading: heading, input: input, fieldInput: fieldInput, form: form, submitButton: submitButton, button: button
  };
}());

// Makes elements. Text goes in as text nodes only, so nothing that somebody typed or answered can become markup.

var TillElements = (function () {
  'use strict';

  // An element with attributes and children. A child is an element, a text, or nothing.
  //
  // An attribute that is null, undefined or false is left out; one that is a function listens to the event of its name.
  function make(tag, attributes, children) {
    var element = document.createElement(tag);
    for (var name in attributes) {
      if (attributes.hasOwnProperty(name)) {
        var value = attributes[name];
        if (typeof value === 'function') element.addEventListener(name, value);
        else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
      }
    }
    add(element, children || []);
    return element;
  }

  function add(parent, children) {
    for (var i = 0; i < children.length; i += 1) {
      var child = children[i];
      if (child === null || child === undefined || child === false) continue;
      parent.appendChild(typeof child === 'object' ? child : document.createTextNode(String(child)));
    }
  }

  // Replaces the children of an element.
  function fill(parent, children) {
    while (parent.firstChild) parent.removeChild(parent.firstChild);
    add(parent, children);
  }

  // A click that a form or a browser must not make its own of.
  function button(text, kind, action, attributes) {
    var all = { type: 'button', 'class': 'button ' + kind, click: action };
    for (var name in attributes || {}) if (attributes.hasOwnProperty(name)) all[name] = attributes[name];
    return make('button', all, [text]);
  }

  return { make: make, fill: fill, button: button };
}());

// The service's paths. Under a prefix, the page `/cashpilot/till` calls `/cashpilot/v1/…`.
//
// Paths in the service's responses already have the prefix.

var TillAddresses = (function () {
  'use strict';

  var base = '';

  // The prefix of the service's paths, for a page with this path.
  function baseOf(pathname) {
    return pathname.replace(/\/+$/, '').replace(/\/till$/, '');
  }

  // A path of the service, such as `/v1/me`.
  function of(path) {
    return base + path;
  }

  // A path below a business, such as `/sessions`.
  function inBusiness(id, path) {
    return of('/v1/businesses/' + encodeURIComponent(id) + path);
  }

  function session(shown) {
    return inBusiness(shown.business_id, '/sessions/' + encodeURIComponent(shown.id));
  }

  return {
    start: function (pathname) { base = baseOf(pathname); },
    base: function () { return base; },
    baseOf: baseOf, of: of, inBusiness: inBusiness, session: session
  };
}());

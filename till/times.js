// Times as the shop's people read them. Nothing here touches the page.

var TillTimes = (function () {
  'use strict';

  var MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  // Before this hour a time on another day is `de la madrugada`, as the service says too.
  var DAWN_ENDS = 5;

  function twoDigits(number) {
    return number < 10 ? '0' + number : String(number);
  }

  // Year, month, day, hour, minute of an instant in a zone; null where the browser knows no zones, as IE11 does not.
  function partsIn(instant, zone) {
    try {
      var text = instant.toLocaleString('en-US', {
        timeZone: zone, hour12: false, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric',
        minute: 'numeric'
      });
      var found = /^(\d+)\/(\d+)\/(\d{4}),? (\d+):(\d+)$/.exec(text);
      return found && [+found[3], +found[1], +found[2], found[4] % 24, +found[5]];
    } catch (unknownZone) {
      return null;
    }
  }

  function day(parts, language) {
    return language === 'en' ? MONTHS[parts[1] - 1] + ' ' + parts[2] + ', ' + parts[0] :
      twoDigits(parts[2]) + '/' + twoDigits(parts[1]) + '/' + parts[0];
  }

  function clock(hour, minute, language) {
    if (language !== 'en') return twoDigits(hour) + ':' + twoDigits(minute);
    return (hour % 12 || 12) + ':' + twoDigits(minute) + (hour < 12 ? ' AM' : ' PM');
  }

  // `23/11/2026 14:15` or `Nov 23, 2026, 2:15 PM`, in the business's zone; where the browser knows no zones, on the
  // device's clock, with its distance to UTC so that nobody is misled.
  function show(rfc3339, zone, language) {
    var instant = new Date(rfc3339);
    if (isNaN(instant.getTime())) return '';
    var parts = partsIn(instant, zone);
    var suffix = '';
    if (!parts) {
      parts = [
        instant.getFullYear(), instant.getMonth() + 1, instant.getDate(), instant.getHours(), instant.getMinutes()
      ];
      suffix = ' (' + offset(-instant.getTimezoneOffset()) + ')';
    }
    return day(parts, language) + (language === 'en' ? ', ' : ' ') + clock(parts[3], parts[4], language) + suffix;
  }

  // `UTC-03:00` for -180.
  function offset(minutes) {
    var size = Math.abs(minutes);
    return 'UTC' + (minutes < 0 ? '-' : '+') + twoDigits(Math.floor(size / 60)) + ':' + twoDigits(size % 60);
  }

  // The parts of an `opened_time`, in whichever language it is; null if it is none. Without a date the day is today.
  function read(text) {
    var time = /(\d{1,2}):(\d{2})(?: ?([AP])M)?/.exec(text || '');
    if (!time) return null;
    var spanish = /(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(text);
    var english = /([A-Z][a-z]{2}) (\d{1,2}), (\d{4})/.exec(text);
    var date = null;
    if (spanish) date = [+spanish[3], +spanish[2], +spanish[1]];
    if (english) date = [+english[3], MONTHS.indexOf(english[1]) + 1, +english[2]];
    return { date: date, hour: (+time[1] % (time[3] ? 12 : 24)) + (time[3] === 'P' ? 12 : 0), minute: +time[2] };
  }

  // `desde las 14:15`, `desde el 22/11/2026 a las 21:34`, `desde el 22/11/2026 a la 01:15 de la madrugada`;
  // `from 2:15 PM`, `from Nov 22, 2026, 9:34 PM`; nothing for no time.
  function since(openedTime, words) {
    var parts = read(openedTime);
    if (!parts) return '';
    var language = words.language;
    var time = clock(parts.hour, parts.minute, language);
    if (language === 'en') return 'from ' + (parts.date ? day(parts.date, language) + ', ' : '') + time;
    var article = parts.hour === 1 ? 'la ' : 'las ';
    if (!parts.date) return 'desde ' + article + time;
    return 'desde el ' + day(parts.date, language) + ' a ' + article + time +
      (parts.hour < DAWN_ENDS ? ' de la madrugada' : '');
  }

  return { show: show, offset: offset, read: read, since: since };
}());

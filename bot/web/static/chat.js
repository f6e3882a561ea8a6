// The page of the web chat. Nothing is kept in the browser: what is on the screen is all there is.
(function () {
  'use strict';
  const page = document.body;
  const find = (id) => document.getElementById(id);
  let gone = false;

  // --- Leave quickly: the button, or Shift three times. Blank at once, even if the other page is slow to come.

  const exit = find('leave').href;
  function leave() {
    gone = true;
    page.textContent = '';
    document.title = '';
    if (navigator.sendBeacon) navigator.sendBeacon('/leave');
    location.replace(exit);
  }
  let shifts = [];
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Shift') shifts = [];
    else if (!event.repeat) {
      const now = Date.now();
      shifts = shifts.filter((then) => now - then < 3000).concat(now);
      if (shifts.length === 3) leave();
    }
  });
  find('leave').addEventListener('click', (event) => { event.preventDefault(); leave(); });
  // A page that the browser kept for "back" must show nothing.
  window.addEventListener('pagehide', () => { gone = true; page.textContent = ''; });
  window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

  const rows = find('rows');
  if (!rows) return;

  // --- Drawing. Text goes into text nodes only.

  const log = find('log'), state = find('state'), text = find('text');
  let labels = JSON.parse(page.getAttribute('data-labels'));

  function make(tag, className, content) {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (content !== undefined) node.textContent = content;
    return node;
  }

  // Numbers of the help lines are few and known; a long one is known by its form.
  const SHORT = JSON.parse(page.getAttribute('data-short')).join('|') || '112';
  const PHONE = new RegExp('(^|[^\\d.,:№/+-])(\\+\\d[\\d \\u00a0()–-]{6,18}\\d|8[\\d \\u00a0()–-]{9,16}\\d|' + SHORT
    + ')(?![\\d%]|[ \\u00a0.,:/–-]\\d)', 'g');

  function addText(parent, string) {
    let at = 0, match;
    PHONE.lastIndex = 0;
    while ((match = PHONE.exec(string))) {
      const start = match.index + match[1].length, number = match[2].replace(/[^\d+]/g, '');
      if (number[0] === '8' && number.length !== 11) continue;
      if (number.length < 6 && /\d[ \u00a0]$/.test(string.slice(0, start))) continue;
      const link = make('a', 'tel', match[2]);
      link.href = 'tel:' + number;
      parent.append(string.slice(at, start), link);
      at = start + match[2].length;
    }
    parent.append(string.slice(at));
  }

  function makeLink(label, url) {
    const link = make('a', '', label);
    if (/^(https:\/\/|geo:|tel:)/.test(url)) link.href = url;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    return link;
  }

  function addRow(className, language) {
    const row = make('div', 'row ' + className);
    if (language) row.lang = language;
    row.tabIndex = -1;
    rows.append(row);
    return row;
  }

  function showReply(reply) {
    const row = addRow('theirs', reply.lang);
    const bdi = make('bdi');
    reply.parts.forEach((part, number) => {
      if (part) addText(number % 2 ? bdi.appendChild(make('strong')) : bdi, part);
    });
    row.appendChild(make('p')).append(bdi);
    const links = (reply.links || []).map((link) => makeLink(link[0], link[1]));
    if (reply.pin) links.push(makeLink(reply.pin[0] + ', ' + reply.pin[1], reply.pin[2]));
    if (links.length) {
      const list = row.appendChild(make('ul', 'links'));
      links.forEach((link) => list.appendChild(make('li')).append(link));
    }
    showChoices(reply);
    text.inputMode = {number: 'numeric', money: 'decimal', date: 'decimal', phone: 'tel'}[reply.expects] || 'text';
    return row;
  }

  function showChoices(reply) {
    const buttons = (reply.choices || []).map((choice) => {
      const button = make('button', '', choice[1]);
      button.addEventListener('click', () => say({kind: 'choice', choice: choice[0]}, choice[1], reply.lang));
      return button;
    });
    if (reply.location && navigator.geolocation) {
      const button = make('button', '', labels.location);
      button.addEventListener('click', () => sendLocation(button));
      buttons.unshift(button);
    }
    if (!buttons.length) return;
    const group = rows.appendChild(make('div', 'choices'));
    group.setAttribute('role', 'group');
    group.lang = reply.lang;
    buttons.forEach((button) => { button.type = 'button'; group.append(button); });
  }

  // About a hundred metres: enough for the nearest help.
  function sendLocation(button) {
    navigator.geolocation.getCurrentPosition((found) => say({
      kind: 'location',
      latitude: +found.coords.latitude.toFixed(3),
      longitude: +found.coords.longitude.toFixed(3),
    }, labels.location, document.documentElement.lang), () => button.remove(), {timeout: 20000});
  }

  function showLabels(fresh) {
    labels = fresh;
    document.documentElement.lang = fresh.lang;
    ['leave', 'send', 'language', 'privacy', 'hint', 'how'].forEach((id) => { find(id).textContent = fresh[id]; });
    find('label').textContent = text.placeholder = fresh.placeholder;
    log.setAttribute('aria-label', fresh.messages);
    showState();
  }

  // --- The line: one event at a time, each repeated under the same id until it is answered.

  const queue = [], seen = new Set();
  let acks = [], busy = false, waiting = null, failures = 0, timer = 0, slow = false, pause = 0, hiding = null;

  function showState() {
    let words = '';
    if (failures && queue.length) words = labels.offline;
    else if (failures > 1) words = labels.reconnecting;
    else if (queue.length && slow) words = labels.sending;
    if (state.textContent !== words) state.textContent = words;
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
  }

  function ask(body) {
    const abort = window.AbortController ? new AbortController() : {abort: () => {}};
    const deadline = setTimeout(() => abort.abort(), 45000);
    const sent = acks.slice(0, 100);
    const work = fetch('/chat', {
      method: 'POST', credentials: 'same-origin', cache: 'no-store', signal: abort.signal,
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(Object.assign({ack: sent, language: document.documentElement.lang}, body)),
    }).then((response) => {
      if (response.ok) return response.json();
      throw Object.assign(new Error(), {status: response.status});
    }).then((answer) => {
      acks = acks.filter((key) => !sent.includes(key));
      failures = 0;
      return answer;
    });
    const end = () => clearTimeout(deadline);
    work.then(end, end);
    return {work, abort};
  }

  function pump() {
    clearTimeout(timer);
    if (gone || busy) return;
    if (queue.length) sendNext();
    else wait();
    showState();
  }

  function sendNext() {
    const item = queue[0];
    busy = true;
    slow = false;
    const slowly = setTimeout(() => { slow = true; showState(); }, 1500);
    ask({id: item.id, event: item.event}).work.then((answer) => {
      if (queue[0] === item) queue.shift();
      if (item.row) item.row.classList.remove('waiting');
      receive(answer, item);
      return 0;
    }, (error) => {
      if (error.status === 400 || error.status === 413) queue.shift();
      return error.status === 401 && !item.again ? (item.again = 1) : backOff();
    }).then((delay) => {
      clearTimeout(slowly);
      busy = false;
      later(delay);
    });
  }

  function wait() {
    if (waiting || document.hidden) return;
    waiting = ask({});
    waiting.work.then((answer) => {
      receive(answer, null);
      return (answer.pause || 0) * 1000;
    }, () => (document.hidden || busy ? 0 : backOff())).then((delay) => {
      waiting = null;
      if (!busy) later(delay);
    });
  }

  function backOff() {
    failures += 1;
    return Math.min(30000, 300 * Math.pow(2, failures)) * (0.6 + 0.4 * Math.random());
  }

  function later(delay) {
    showState();
    clearTimeout(timer);
    if (delay) timer = setTimeout(pump, delay);
    else pump();
  }

  function receive(answer, item) {
    if (gone) return;
    if (answer.clear) clear();
    if (answer.labels) showLabels(answer.labels);
    if (item && item === hiding) hiding = null;
    let first = null;
    answer.rows.forEach((reply) => {
      if (reply.key) {
        acks.push(reply.key);
        if (seen.has(reply.key)) return;
        seen.add(reply.key);
      }
      // What was asked before the chat was hidden must not come back to the screen.
      if (hiding) return;
      const row = showReply(reply);
      first = first || row;
    });
    if (!first) return;
    // The tapped button is gone; the keyboard goes on from the answer.
    if (document.activeElement === log) first.focus({preventScroll: true});
    const before = first.previousElementSibling;
    (before && before.classList.contains('mine') ? before : first).scrollIntoView();
  }

  // --- What the person does.

  function clear() {
    rows.textContent = '';
  }

  function dropChoices() {
    if (rows.contains(document.activeElement)) log.focus({preventScroll: true});
    rows.querySelectorAll('.choices').forEach((group) => group.remove());
  }

  function say(event, words, language) {
    const item = {id: newId(), event};
    dropChoices();
    if (words) {
      item.row = addRow('mine waiting', language);
      item.row.appendChild(make('p')).appendChild(make('bdi', '', words));
      item.row.scrollIntoView();
    }
    queue.push(item);
    pump();
  }

  // The word that hides works at once, with or without a line; what was not sent yet is not sent any more.
  function hide(event) {
    clear();
    queue.splice(busy ? 1 : 0);
    hiding = {id: newId(), event};
    queue.push(hiding);
    pump();
  }

  const hideWords = JSON.parse(page.getAttribute('data-hide'));
  find('form').addEventListener('submit', (submit) => {
    submit.preventDefault();
    const words = text.value.trim();
    text.value = '';
    if (!words) return;
    const event = {kind: 'text', text: words};
    if (hideWords.includes(words.toLowerCase())) hide(event);
    else say(event, words);
  });
  find('language').addEventListener('click', () => say({kind: 'choice', choice: find('language').value}));

  window.addEventListener('online', pump);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && waiting) waiting.abort.abort();
    else if (!document.hidden) pump();
  });

  // A code in the address (from a leaflet) opens its topic; it stays in the page and leaves the address bar.
  const code = location.hash.slice(1);
  if (code) history.replaceState(null, '', '/');
  say(code ? {kind: 'start', code} : {kind: 'resume'});
})();

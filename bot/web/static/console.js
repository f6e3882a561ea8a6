// The console's pages work without this; it keeps inbox and conversation fresh, and what was typed through a bad line.
(function () {
  'use strict';
  const EVERY = 4000, AGAIN = 3000;
  const live = document.getElementById('live'), state = document.getElementById('state');
  const forms = [...document.querySelectorAll('form[data-send]')];
  const title = document.title;

  // Times of an alert stay as they were typed: by the clock of its organisation.
  function localTimes(root) {
    for (const node of root.querySelectorAll('time:not([data-zone])')) {
      const at = new Date(node.dateTime), today = at.toDateString() === new Date().toDateString();
      const hours = { hour: '2-digit', minute: '2-digit' };
      node.textContent = at.toLocaleString('ru', today ? hours : { day: '2-digit', month: '2-digit', ...hours });
    }
  }
  localTimes(document);
  if (!live || !live.dataset.from) return;

  const rows = () => document.getElementById('rows');
  const text = (form) => form.querySelector('textarea');
  let told = '';

  function tell(words) {
    told = words;
    state.textContent = words;
  }

  function tellSignIn() {
    tell('Вы вышли. Текст остаётся здесь. ');
    const link = document.createElement('a');
    link.href = '/console/sign-in';
    link.target = '_blank';
    link.textContent = 'Войдите в новой вкладке и вернитесь сюда.';
    state.append(link);
  }

  // --- The sound of urgent ones. A browser lets a page be heard only after a click on it.

  const button = document.getElementById('sound');
  const rung = new Set();
  let audio = null;
  function ring() {
    if (!audio) return;
    for (const at of [0, 0.25, 0.5]) {
      const tone = audio.createOscillator(), volume = audio.createGain();
      tone.frequency.value = 880;
      volume.gain.value = 0.2;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + 0.15);
    }
  }
  if (button) {
    button.hidden = false;
    button.addEventListener('click', () => {
      audio = new AudioContext();
      ring();
      button.hidden = true;
    });
  }
  function mark() {
    const { waiting, urgent } = rows().dataset;
    if (waiting === undefined) return;
    const ids = urgent.split(' ').filter(Boolean);
    document.title = (ids.length ? '❗' + ids.length + ' срочно · ' : '') + (waiting > 0 ? '(' + waiting + ') ' : '') + title;
    if (ids.some((id) => !rung.has(id))) ring();
    ids.forEach((id) => rung.add(id));
  }
  mark();

  // --- What is new is added; what is being typed is not touched.

  function take(page) {
    const fresh = page.getElementById('rows'), old = rows();
    if (page.querySelector('[data-gone]')) return leave(page);
    if (!fresh || !old) return;
    // Around an alert stands what can be done in its state.
    if (!forms.length && fresh.dataset.state !== old.dataset.state) return location.replace(live.dataset.from.replace(/\/live$/, ''));
    localTimes(fresh);
    const lines = old.querySelector('.lines');
    let news = false;
    if (lines && (fresh.dataset.state === 'closed') === (old.dataset.state === 'closed')) {
      old.querySelector('.head').replaceWith(fresh.querySelector('.head'));
      const known = new Set([...lines.children].map((line) => line.dataset.line));
      for (const line of [...fresh.querySelectorAll('.lines > li')]) {
        if (!known.has(line.dataset.line)) { lines.append(line); news = true; }
      }
      Object.assign(old.dataset, fresh.dataset);
    } else if (old.innerHTML !== fresh.innerHTML) {
      const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      old.replaceWith(fresh);
      const again = focused && [...fresh.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused);
      if (again) again.focus();
    }
    mark();
    const { token, seen } = rows().dataset;
    if (token) document.querySelectorAll('input[name=token]').forEach((input) => { input.value = token; });
    for (const form of forms) {
      if (form.pending) continue;
      if (!text(form).value) form.elements.seen.value = seen;
      else if (news && form.id === 'answer') tell('Пока вы пишете, пришло новое. Прочитайте, прежде чем отправить.');
    }
  }

  function leave(page) {
    live.replaceChildren(...page.getElementById('live').childNodes);
    delete live.dataset.from;
    document.querySelectorAll('main form button').forEach((one) => { one.disabled = true; });
    tell('');
  }

  const parse = (html) => new DOMParser().parseFromString(html, 'text/html');
  const pause = (time) => new Promise((done) => { setTimeout(done, time); });
  const LOST = 'Нет связи. Текст остаётся здесь.';

  async function look() {
    try {
      const response = await fetch(live.dataset.from, { credentials: 'same-origin' });
      if (response.status === 401) { if (!state.querySelector('a')) { tellSignIn(); document.title = 'Вы вышли'; ring(); } return; }
      if (response.status >= 500) return tell(LOST);
      const page = parse(await response.text());
      if (told === LOST || state.querySelector('a')) { tell(''); document.title = title; }
      if (response.status === 429) return tell(page.querySelector('main').textContent.trim());
      take(page);
    } catch (error) {
      if (!forms.some((form) => form.pending)) tell(LOST);
    }
  }

  async function watch() {
    while (live.dataset.from) {
      await pause(EVERY);
      await look();
    }
  }
  watch();

  // --- Sending. The same form goes again until it is answered; the server knows it by what its page had shown.

  async function send(form) {
    if (form.pending) return;
    form.pending = new URLSearchParams(new FormData(form));
    text(form).readOnly = true;
    while (form.pending) {
      try {
        const response = await fetch(form.action, { method: 'POST', body: form.pending, credentials: 'same-origin' });
        const html = await response.text();
        if (response.status < 500 && response.status !== 429) { answered(form, response, parse(html)); return; }
      } catch (error) { /* tried again */ }
      tell('Нет связи. Текст остаётся здесь, отправим сами, когда связь вернётся.');
      await pause(AGAIN);
    }
  }

  function answered(form, response, page) {
    form.pending = null;
    text(form).readOnly = false;
    if (response.status === 401) return tellSignIn();
    if (response.status === 403) { look(); return tell('Не отправлено. Нажмите ещё раз.'); }
    const error = page.getElementById('error');
    if (response.ok) text(form).value = '';
    take(page);
    tell(error ? error.textContent : '');
    if (rows()) form.elements.seen.value = rows().dataset.seen;
    for (const line of page.querySelectorAll('.lines > .new')) {
      const shown = document.querySelector('[data-line="' + line.dataset.line + '"]');
      if (shown) shown.classList.add('new');
    }
    text(form).focus();
  }

  for (const form of forms) {
    form.addEventListener('submit', (event) => { event.preventDefault(); send(form); });
  }
  addEventListener('beforeunload', (event) => {
    if (forms.some((form) => text(form).value)) event.preventDefault();
  });
})();

/// The live part: it listens, and on a change fetches the same page and puts in what differs. Without it the pages work.
enum Script {
  static let text = #"""
    const byId = id => document.getElementById(id);
    const link = byId('link');
    const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));

    const localise = root => {
      for (const time of root.querySelectorAll('time:not([title])')) {
        const date = new Date(time.dateTime);
        if (isNaN(date)) continue;
        const isToday = date.toDateString() === new Date().toDateString();
        time.title = time.textContent;
        time.textContent = isToday
          ? date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: time.closest('.feed') ? '2-digit' : undefined })
          : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
      }
    };

    // What the reader did to a part of the page and would miss: open details, typed text, the focus.
    const isTouched = old => [...old.querySelectorAll('input[type=text], select')].some(input =>
      input.localName === 'select' ? input.selectedIndex > 0 : input.value !== input.defaultValue);
    const focusOf = () => {
      const element = document.activeElement;
      const home = element && element.closest('[id]');
      if (!home || home === document.body) return null;
      const among = [home, ...home.querySelectorAll('a, button, input, select, summary')];
      return { id: home.id, place: among.indexOf(element) };
    };
    const focusAgain = mark => {
      if (!mark || document.activeElement !== document.body) return;
      const home = byId(mark.id);
      const element = home && [home, ...home.querySelectorAll('a, button, input, select, summary')][mark.place];
      if (element) element.focus({ preventScroll: true });
    };

    const openedAgain = (old, fresh) => {
      for (const details of old.querySelectorAll('details[open][id]')) {
        const same = fresh.id === details.id ? fresh : fresh.querySelector(`#${CSS.escape(details.id)}`);
        if (same) same.open = true;
      }
      return fresh;
    };

    // Lists whose entries have names keep those that are the same: pictures don't flicker, the page doesn't jump.
    const put = (old, fresh) => {
      openedAgain(old, fresh);
      if (old.isEqualNode(fresh) || isTouched(old) && !old.matches('ul')) return;
      const isList = old.matches('ul') && fresh.matches('ul') && [...fresh.children].every(child => child.id);
      if (isList) {
        const known = new Map([...old.children].map(child => [child.id, child]));
        const children = [...fresh.children].map(child => {
          const same = known.get(child.id);
          if (!same) { child.classList.add('fresh'); return child; }
          if (same.isEqualNode(child) || isTouched(same)) return same;
          if (same.classList.contains('fresh')) { child.classList.add('fresh'); if (same.isEqualNode(child)) return same; }
          child.classList.add('fresh');
          return child;
        });
        // One by one: what stays where it is keeps the focus and the reader's place.
        const kept = new Set(children);
        for (const child of [...old.children]) if (!kept.has(child)) child.remove();
        children.forEach((child, i) => { if (old.children[i] !== child) old.insertBefore(child, old.children[i] ?? null); });
      } else if (old.childElementCount && old.childElementCount === fresh.childElementCount
          && [...old.children].every((child, i) => child.localName === fresh.children[i].localName && child.className === fresh.children[i].className)
          && ![...old.childNodes, ...fresh.childNodes].some(node => node.nodeType === 3 && node.data.trim())
          && old.querySelector('ul, [id]')) {
        const news = [...fresh.children];
        [...old.children].forEach((child, i) => put(child, news[i]));
        for (const name of ['id', 'data-confirm', 'aria-labelledby']) {
          const value = fresh.getAttribute(name);
          if (value !== null && value !== old.getAttribute(name)) old.setAttribute(name, value);
        }
      } else {
        old.replaceWith(fresh);
      }
    };

    const show = html => {
      const next = new DOMParser().parseFromString(html, 'text/html');
      if (!next.getElementById('main')) return false;
      localise(next);
      const mark = focusOf();
      if (document.title !== next.title) document.title = next.title;
      for (const region of document.querySelectorAll('[data-region]')) {
        const fresh = next.getElementById(region.id);
        if (!fresh) continue;
        if (region.childElementCount === 0 || fresh.childElementCount === 0) {
          if (region.innerHTML !== fresh.innerHTML && !(region.id === 'flash')) region.replaceChildren(...fresh.childNodes);
        } else put(region, fresh);
      }
      focusAgain(mark);
      return next;
    };

    // What is told may be seen a moment later: it looks until nothing was told for a while.
    let isBusy = false, until = 0;
    const refresh = async () => {
      until = performance.now() + 1500;
      if (isBusy) return;
      isBusy = true;
      while (performance.now() < until) {
        const html = await fetch(location.pathname + location.search, { cache: 'no-store' })
          .then(answer => answer.text(), () => null);
        try { if (html) show(html); } catch (error) { console.error(error); }
        await wait(document.hidden ? 2000 : 400);
      }
      isBusy = false;
    };

    const words = { info: 'Note', good: 'Done', warning: 'Warning', error: 'Error' };
    const tell = activity => {
      const feed = byId('feed');
      if (!feed) return;
      const line = document.createElement('li');
      line.className = words[activity.level] ? activity.level : 'info';
      const time = document.createElement('time');
      time.dateTime = activity.at;
      time.textContent = activity.at;
      const word = document.createElement('span');
      word.className = 'hidden';
      word.textContent = `${words[line.className]}: `;
      const text = document.createElement('span');
      text.textContent = activity.text;
      line.append(time, ' ', word, text);
      feed.prepend(line);
      localise(feed);
      while (feed.childElementCount > 60) feed.lastElementChild.remove();
    };

    const state = (name, text) => {
      link.dataset.state = name;
      if (link.textContent !== text) link.textContent = text;
    };
    const listen = () => {
      const events = new EventSource('/events');
      let wasLost = false;
      events.addEventListener('open', () => {
        state('live', 'Live');
        if (wasLost) refresh();
        wasLost = false;
      });
      events.addEventListener('error', () => {
        wasLost = true;
        state('lost', 'Not connected');
        if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
      });
      events.addEventListener('activity', event => { tell(JSON.parse(event.data)); refresh(); });
      events.addEventListener('state', refresh);
      events.addEventListener('lost', refresh);
      addEventListener('pagehide', () => events.close(), { once: true });
    };

    const ask = text => new Promise(done => {
      const dialog = byId('ask');
      byId('ask-text').textContent = text;
      dialog.returnValue = 'no';
      dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true });
      dialog.showModal();
    });

    // A decision is sent as the form would send it; the page that it leads to says what became of it.
    document.addEventListener('submit', async event => {
      const form = event.target;
      if (!form.matches('form.move')) return;
      event.preventDefault();
      const button = form.querySelector('button');
      if (button.getAttribute('aria-busy') === 'true') return;
      if (form.dataset.confirm) {
        byId('ask-title').textContent = `${button.textContent.trim()}?`;
        byId('ask-yes').textContent = button.textContent.trim();
        if (!await ask(form.dataset.confirm)) return;
      }
      button.setAttribute('aria-busy', 'true');
      try {
        const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
        const html = await answer.text();
        form.reset();
        const next = show(html);
        if (!next) { say(html.replace(/<[^>]*>/g, ' ').trim().slice(0, 300) || `The server answered ${answer.status}.`, false); return; }
        const flash = next.querySelector('.flash');
        if (flash) say(flash.textContent, flash.classList.contains('good'));
      } catch {
        say('hawker could not be reached; nothing was decided.', false);
      } finally {
        button.removeAttribute('aria-busy');
      }
    });

    const say = (text, isGood) => {
      const line = document.createElement('p');
      line.className = `flash ${isGood ? 'good' : 'bad'}`;
      line.id = 'answer';
      line.tabIndex = -1;
      line.textContent = text;
      byId('flash').replaceChildren(line);
      line.scrollIntoView({ block: 'nearest' });
    };

    localise(document);
    listen();
    // Times that are counted (how long something is still live) go on.
    setInterval(() => { if (!document.hidden && link.dataset.state === 'live') refresh(); }, 15000);
    """#
}

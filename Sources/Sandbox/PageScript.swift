/// The live part: on a change it fetches the page again and swaps only the cards that differ.
enum PageScript {
  static let text = #"""
    'use strict';
    (() => {
      const live = document.getElementById('live');
      let version = document.body.dataset.version;
      let busy = false, again = false, quiet;

      const say = (text, state) => {
        live.textContent = text;
        live.dataset.state = state;
      };

      const localise = root => {
        for (const time of root.querySelectorAll('time')) {
          const date = new Date(time.dateTime);
          time.title = time.textContent;
          time.textContent = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
        }
      };

      // Keeps the cards that are the same, so that pictures don't flicker and open details stay open.
      const swap = (old, fresh) => {
        let changed = 0;
        const before = new Map([...old.querySelectorAll('article')].map(card => [card.id, card]));
        const cards = [...fresh.children].map(card => {
          const known = before.get(card.id);
          before.delete(card.id);
          if (known && known.dataset.state === card.dataset.state) return known;
          if (card.localName !== 'article') return card;
          changed += 1;
          card.classList.add('fresh');
          if (known && known.querySelector('details[open]')) card.querySelector('details').open = true;
          localise(card);
          return card;
        });
        const focus = document.activeElement && document.activeElement.closest('article');
        const same = cards.length === old.children.length && cards.every((card, i) => card === old.children[i]);
        if (!same) old.replaceChildren(...cards);
        const kept = focus && document.getElementById(focus.id);
        if (kept && !same) kept.querySelector('summary').focus({ preventScroll: true });
        return changed + before.size;
      };

      const redraw = async () => {
        if (busy) { again = true; return; }
        busy = true;
        try {
          const answer = await fetch(location.pathname + location.search, { cache: 'no-store' });
          const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
          version = next.body.dataset.version;
          document.title = next.title;
          let changed = 0;
          const sections = document.querySelectorAll('main > section');
          const fresh = next.querySelectorAll('main > section');
          if (sections.length !== fresh.length) {
            changed = next.querySelectorAll('article').length || document.querySelectorAll('article').length;
            for (const card of next.querySelectorAll('article')) card.classList.add('fresh');
            document.querySelector('main').replaceWith(next.querySelector('main'));
            localise(document.querySelector('main'));
          } else {
            sections.forEach((section, i) => {
              const cards = section.querySelector('.cards');
              if (!cards) return;
              changed += swap(cards, fresh[i].querySelector('.cards'));
              section.querySelector('h2').replaceWith(fresh[i].querySelector('h2'));
            });
          }
          for (const count of document.querySelectorAll('[data-count]')) {
            count.textContent = next.querySelector(`[data-count="${count.dataset.count}"]`).textContent;
          }
          document.querySelector('.pager').replaceWith(next.querySelector('.pager'));
          if (changed) {
            say(changed === 1 ? '1 just changed' : `${changed} just changed`, 'changed');
            clearTimeout(quiet);
            quiet = setTimeout(() => live.dataset.state === 'changed' && say('Live', 'on'), 6000);
          }
        } catch { /* The event stream notices, and says so. */ }
        busy = false;
        if (again) { again = false; setTimeout(redraw, 300); }
      };

      localise(document);
      const events = new EventSource('/events');
      events.addEventListener('open', () => say('Live', 'on'));
      events.addEventListener('error', () => {
        // The next sandbox counts anew: look again whatever its version is.
        version = '';
        say('The sandbox has stopped. Waiting for it…', 'off');
      });
      events.addEventListener('change', event => {
        if (String(JSON.parse(event.data).version) !== version) redraw();
      });
    })();
    """#
}

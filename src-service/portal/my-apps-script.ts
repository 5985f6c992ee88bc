/**
 * What "My apps" does beyond a plain page: filters as one types, moves among the tiles by arrow keys, and closes its menu.
 * The page works without it, by the form. Every tile stays in the tab order.
 *
 * `/` leads to the search, and can be turned off (WCAG 2.2, success criterion 2.1.4).
 */
export const MY_APPS_SCRIPT = `
const search = document.querySelector('[type=search]');
const menu = document.querySelector('.account');
const shortcut = document.querySelector('.panel input');
const OFF = 'postern-search-key-off';

const isShortcutOn = () => {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
};
shortcut.checked = isShortcutOn();
shortcut.closest('label').hidden = false;
shortcut.addEventListener('change', () => {
  try {
    if (shortcut.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, '1');
  } catch {}
});
document.addEventListener('click', (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && menu.open) {
    event.preventDefault();
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

if (search !== null) {
  const fold = (text) => text.normalize('NFKD').replace(/\\p{M}/gu, '').toLowerCase();
  const tiles = Array.from(document.querySelectorAll('.apps li'), (item) => {
    const link = item.querySelector('a');
    return { item, link, text: fold(item.querySelector('.text').textContent + ' ' + link.host) };
  });
  const count = document.querySelector('.count');
  const none = document.querySelector('.none');
  let shown = [];
  let saying = 0;

  const say = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => (count.textContent = text), 150);
  };
  const filter = () => {
    const words = fold(search.value).split(/\\s+/);
    shown = [];
    for (const tile of tiles) {
      const isShown = words.every((word) => tile.text.includes(word));
      if (isShown) shown.push(tile.link);
      if (tile.item.hidden === isShown) tile.item.hidden = !isShown;
    }
    none.hidden = shown.length > 0;
    return words.some((word) => word !== '');
  };
  const apply = () => {
    const isFiltered = filter();
    const all = count.dataset.all;
    say(isFiltered ? shown.length + ' of ' + all : all);
    const url = new URL(location.href);
    if (isFiltered) url.searchParams.set('q', search.value);
    else url.searchParams.delete('q');
    history.replaceState(null, '', url);
  };
  const clear = () => {
    search.value = '';
    apply();
    search.focus();
  };

  document.querySelector('[role=search] button').hidden = true;
  if (isShortcutOn() && matchMedia('(hover: hover)').matches) search.placeholder = 'Search (press /)';
  search.addEventListener('input', apply);
  search.form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (search.value.trim() !== '' && shown.length > 0) shown[0].click();
  });
  document.querySelector('.none .button').addEventListener('click', (event) => {
    event.preventDefault();
    clear();
  });

  const target = (key, at) => {
    const columns = shown.findIndex((link) => link.offsetTop > shown[0].offsetTop);
    const width = columns < 0 ? shown.length : columns;
    switch (key) {
      case 'ArrowRight':
        return at + 1;
      case 'ArrowLeft':
        return at - 1;
      case 'ArrowDown':
        return at + width < shown.length || Math.floor(at / width) === Math.floor((shown.length - 1) / width)
          ? at + width
          : shown.length - 1;
      case 'ArrowUp':
        return at - width;
      case 'Home':
        return 0;
      case 'End':
        return shown.length - 1;
    }
  };
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { key } = event;
    if (key === 'Escape') {
      if (search.value !== '') {
        event.preventDefault();
        clear();
      }
      return;
    }
    const at = shown.indexOf(document.activeElement);
    if (document.activeElement === search) {
      if (key === 'ArrowDown' && shown.length > 0) {
        event.preventDefault();
        shown[0].focus();
      }
      return;
    }
    if (key === '/' && isShortcutOn() && !event.target.closest('input')) {
      event.preventDefault();
      search.focus();
      search.select();
      return;
    }
    if (at < 0 || event.shiftKey) return;
    const next = target(key, at);
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0 && key === 'ArrowUp') search.focus();
    else shown[next]?.focus();
  });
  filter();
}
`;

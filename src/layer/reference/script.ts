/*
 * The scripts of the pages are texts, not functions, because bundlers change functions. The pages work without them:
 * the search is then a form, and the color scheme that of the system.
 */

/** Sets the color scheme that the reader has chosen, before anything is shown. */
export const THEME_SCRIPT = `(function () {
  var root = document.documentElement;
  try {
    var chosen = localStorage.getItem(root.dataset.schemeKey);
    if (chosen === 'light' || chosen === 'dark') root.dataset.scheme = chosen;
  } catch (error) {
    // Storage is not available. The scheme is that of the system.
  }
})();
`;

/** Adds the search, the keys, the button for the color scheme, buttons that copy examples, and the form. */
export const SCRIPT = `(function () {
  'use strict';
  var root = document.documentElement;
  var body = document.body;
  var find = function (selector) { return document.querySelector(selector); };

  // The color scheme.
  var button = find('.scheme');
  var isDark = function () {
    return root.dataset.scheme ? root.dataset.scheme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  };
  var label = function () {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark() ? 'Use light colors' : 'Use dark colors');
  };
  button.disabled = false;
  label();
  button.addEventListener('click', function () {
    root.dataset.scheme = isDark() ? 'light' : 'dark';
    try { localStorage.setItem(root.dataset.schemeKey, root.dataset.scheme); } catch (error) { /* only for this page */ }
    label();
  });

  // The search: the same as that of the server.
  var input = find('.search input');
  var list = find('.results');
  var entries = null;
  var selected = -1;
  var load = function () {
    if (entries) return entries;
    entries = fetch(body.dataset.index).then(function (response) {
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    }).then(function (index) {
      index.pages.forEach(function (entry) {
        entry.title = entry.title || '';
        entry.path = entry.path || entry.name.split('.').join('/');
      });
      return index.pages;
    });
    entries.catch(function () { entries = null; });
    return entries;
  };
  var rankOf = function (entry, words) {
    var name = entry.name.toLowerCase();
    var text = name + ' ' + entry.title.toLowerCase();
    var rank = 0;
    for (var i = 0; i < words.length; i++) {
      if (text.indexOf(words[i]) === -1) return 0;
      rank += name === words[i] ? 8 : name.indexOf(words[i]) === 0 ? 4 : name.indexOf(words[i]) > 0 ? 2 : 1;
    }
    return rank;
  };
  var option = function (entry, i) {
    var link = document.createElement('a');
    var name = document.createElement('code');
    var title = document.createElement('small');
    link.href = body.dataset.base + '/' + entry.path;
    link.id = 'result-' + i;
    link.tabIndex = -1;
    link.setAttribute('role', 'option');
    link.setAttribute('aria-selected', 'false');
    name.textContent = entry.name;
    title.textContent = entry.kind + (entry.title ? ' · ' + entry.title : '');
    link.append(name, title);
    return link;
  };
  var select = function (at) {
    var links = list.querySelectorAll('a');
    selected = links.length === 0 ? -1 : (at + links.length) % links.length;
    links.forEach(function (link, i) { link.setAttribute('aria-selected', String(i === selected)); });
    if (selected < 0) input.removeAttribute('aria-activedescendant');
    else {
      input.setAttribute('aria-activedescendant', links[selected].id);
      links[selected].scrollIntoView({ block: 'nearest' });
    }
  };
  var show = function (isShown) {
    list.hidden = !isShown;
    input.setAttribute('aria-expanded', String(isShown));
  };
  var update = function () {
    var words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    if (words.length === 0) return show(false);
    load().then(function (pages) {
      var found = pages.map(function (entry) { return { entry: entry, rank: rankOf(entry, words) }; })
        .filter(function (one) { return one.rank > 0; })
        .sort(function (a, b) { return b.rank - a.rank; })
        .slice(0, 30);
      list.replaceChildren.apply(list, found.map(function (one, i) { return option(one.entry, i); }));
      if (found.length === 0) {
        var none = document.createElement('p');
        none.textContent = 'No page has these words.';
        list.append(none);
      }
      show(true);
      select(0);
    }, function () { show(false); });
  };
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-controls', 'results');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-expanded', 'false');
  input.addEventListener('focus', load);
  input.addEventListener('input', update);
  input.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') { show(false); input.blur(); }
    if (list.hidden) return;
    if (event.key === 'ArrowDown') { event.preventDefault(); select(selected + 1); }
    if (event.key === 'ArrowUp') { event.preventDefault(); select(selected - 1); }
    var chosen = list.querySelectorAll('a')[selected];
    if (event.key === 'Enter' && chosen) { event.preventDefault(); location.href = chosen.href; }
  });
  document.addEventListener('click', function (event) {
    if (!find('.search').contains(event.target)) show(false);
  });

  // Keys: / searches, [ and ] turn pages.
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (event.key === '/') { event.preventDefault(); input.focus(); input.select(); }
    var turn = event.key === '[' ? find('link[rel=prev]') : event.key === ']' ? find('link[rel=next]') : null;
    if (turn) location.href = turn.href;
  });

  // The place of the current page in the navigation. The frame computes the layout anyway, a script would do it once more.
  var current = find('.side [aria-current]');
  if (current) {
    requestAnimationFrame(function () {
      var side = find('.side');
      side.scrollTop = current.offsetTop - side.clientHeight / 3;
    });
  }

  // The chosen caller stays chosen on other pages.
  var callers = document.querySelectorAll('.snippets input');
  try {
    var caller = localStorage.getItem('reference-caller');
    callers.forEach(function (choice) {
      if (choice.value === caller) choice.checked = true;
      choice.addEventListener('change', function () { localStorage.setItem('reference-caller', choice.value); });
    });
  } catch (error) {
    // Storage is not available. The choice is only for this page.
  }

  // A button that copies each example.
  if (navigator.clipboard) {
    document.querySelectorAll('.example').forEach(function (figure) {
      var copy = document.createElement('button');
      copy.type = 'button';
      copy.className = 'copy';
      copy.textContent = 'Copy';
      copy.setAttribute('aria-label', 'Copy the example ' + figure.querySelector('figcaption').textContent);
      copy.addEventListener('click', function () {
        navigator.clipboard.writeText(figure.querySelector('code').textContent).then(function () {
          copy.textContent = 'Copied';
          setTimeout(function () { copy.textContent = 'Copy'; }, 1500);
        });
      });
      figure.append(copy);
    });
  }

  // The form that calls the procedure is loaded when a reader asks for it.
  var trial = find('.try');
  if (trial) {
    var begin = trial.querySelector('button');
    begin.disabled = false;
    begin.addEventListener('click', function () {
      begin.disabled = true;
      import(trial.dataset.script).then(function (form) { return form.start(trial); }).catch(function (error) {
        begin.disabled = false;
        trial.querySelector('span').textContent = error.message;
      });
    });
  }

  // Paper shows everything.
  addEventListener('beforeprint', function () {
    document.querySelectorAll('main details').forEach(function (details) { details.open = true; });
  });
})();
`;

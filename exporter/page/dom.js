// SPDX-License-Identifier: Apache-2.0
// Elements out of untrusted text. Text goes in as text alone: nothing here parses markup.

function byId(id) {
  return document.getElementById(id);
}

// element('td', {class: 'number', role: 'cell'}, 'text', child, ...)
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

// Puts `wanted` into `parent` in that order and moves nothing that already is in its place.
function arrange(parent, wanted) {
  let at = parent.firstChild;
  for (const node of wanted) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at !== null) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// Makes children again only when what they show has changed: a selection, focus or scroll position
// inside survives the periods in which nothing happens.
function showWhenChanged(parent, shown, make) {
  const key = JSON.stringify(shown);
  if (parent.shownKey === key) return;
  parent.shownKey = key;
  parent.replaceChildren(...make());
}

function badge(text, kind) {
  return element('span', {class: `badge ${kind}`}, text);
}

// A table of text: `rows` are arrays of strings or nodes, `numbers` the indices of its number columns.
function simpleTable(label, columns, rows, numbers = []) {
  const kind = (i) => (numbers.includes(i) ? {class: 'number'} : {});
  const head = element('tr', {}, ...columns.map((c, i) => element('th', {scope: 'col', ...kind(i)}, c)));
  const body = rows.map((row) => element('tr', {}, ...row.map((cell, i) =>
    element('td', {...kind(i), 'data-label': columns[i]}, cell))));
  const table = element('table', {class: columns.length > 3 ? 'plain many' : 'plain', 'aria-label': label},
    element('thead', {}, head), element('tbody', {}, ...body));
  return element('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label}, table);
}

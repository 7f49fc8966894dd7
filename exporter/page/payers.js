// SPDX-License-Identifier: Apache-2.0
// Who pays: a row per cgroup, sorted, filtered and cut; what is cut off is summed, so that the parts
// still add up to the whole.

const kPayerColumns = [
  {key: 'path', label: 'cgroup', text: true},
  {key: 'pays', label: 'pays'},
  {key: 'outside', label: 'outside quota'},
  {key: 'initiator', label: 'asked for'},
  {key: 'owner', label: 'owns'},
];
const kMoreRows = 50;

// A row's figures in the measure that is chosen.
function figures(path, row, measure) {
  return measure === 'cpu'
    ? {path, pays: row.cpu, initiator: row.initiatorCpu, owner: row.ownerCpu, outside: row.outside}
    : {path, pays: row.bytes, initiator: row.initiatorBytes, owner: row.ownerBytes, outside: row.outside};
}

function isIdle(row) {
  return row.pays === 0 && row.initiator === 0 && row.owner === 0 && row.outside === 0;
}

function sumOf(rows, path) {
  const sum = {path, pays: 0, initiator: 0, owner: 0, outside: 0};
  for (const row of rows) {
    for (const key of ['pays', 'initiator', 'owner', 'outside']) sum[key] += row[key];
  }
  return sum;
}

function bars() {
  const parts = {};
  const box = element('div', {class: 'bars', 'aria-hidden': 'true'});
  for (const name of ['pays', 'initiator', 'owner']) {
    parts[name] = element('span', {class: `bar ${name}`});
    box.append(parts[name]);
  }
  parts.outside = element('span', {class: 'bar outside'});
  parts.pays.append(parts.outside);
  return {box, parts};
}

// A bar that would be empty takes no room.
function drawBar(bar, value, whole) {
  setHidden(bar, !(value > 0 && whole > 0));
  if (!bar.hidden) bar.style.width = `${Math.min(100, (100 * value) / whole)}%`;
}

class Payers {
  constructor(changed) {
    this.changed = changed;
    this.made = new Map();
    this.sort = {key: 'pays', down: true};
    this.extra = 0;
    this.head();
    this.sums = ['rest', 'unattributed', 'measured'].map((name) => this.line(name, 'sum'));
    for (const id of ['filter', 'measure', 'limit', 'idle']) {
      byId(id).addEventListener('input', () => {
        this.extra = 0;
        changed();
      });
    }
    byId('more').addEventListener('click', () => {
      this.extra += kMoreRows;
      changed();
    });
    this.listenToKeys();
  }

  // "/" goes to the filter from anywhere, Escape empties it.
  listenToKeys() {
    const filter = byId('filter');
    document.addEventListener('keydown', (event) => {
      const writes = event.target.matches('input[type=search], textarea');
      if (event.key === '/' && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        filter.focus();
      }
    });
    filter.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      filter.value = '';
      this.changed();
    });
  }

  head() {
    this.columns = kPayerColumns.map((column) => {
      const button = element('button', {type: 'button'}, column.label);
      button.addEventListener('click', () => {
        const again = this.sort.key === column.key;
        this.sort = {key: column.key, down: again ? !this.sort.down : !column.text};
        this.changed();
      });
      const kind = column.text ? 'name' : 'number';
      return element('th', {scope: 'col', role: 'columnheader', class: kind}, button);
    });
    byId('payers-columns').append(...this.columns);
  }

  showSort() {
    kPayerColumns.forEach((column, i) => {
      const sorted = this.sort.key === column.key ? (this.sort.down ? 'descending' : 'ascending') : 'none';
      this.columns[i].setAttribute('aria-sort', sorted);
    });
  }

  line(path, kind) {
    const {box, parts} = bars();
    const name = element('span', {class: 'path'}, path);
    const cells = {};
    const row = element('tr', {role: 'row', class: kind},
      element('th', {scope: 'row', role: 'rowheader'}, name, box));
    for (const column of kPayerColumns.slice(1)) {
      cells[column.key] = element('td', {role: 'cell', class: 'number', 'data-label': column.label});
      row.append(cells[column.key]);
    }
    if (kind !== 'sum') name.title = path;
    return {row, name, cells, parts};
  }

  write(line, figure, scale, over, measure) {
    const text = measure === 'cpu' ? humanCpuOver : humanBytesOver;
    for (const key of ['pays', 'initiator', 'owner']) setText(line.cells[key], text(figure[key], over.dt));
    setText(line.cells.outside, humanCpuOver(figure.outside, over.dt));
    line.cells.outside.classList.toggle('hot', figure.outside > 0);
    line.row.classList.toggle('idle', isIdle(figure));
    for (const key of ['pays', 'initiator', 'owner']) drawBar(line.parts[key], figure[key], scale);
    drawBar(line.parts.outside, measure === 'cpu' ? figure.outside : 0, figure.pays);
  }

  sorted(rows) {
    const {key, down} = this.sort;
    const byPath = (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
    const order = key === 'path' ? byPath : (a, b) => a[key] - b[key];
    return rows.sort((a, b) => (down ? -order(a, b) : order(a, b)) || byPath(a, b));
  }

  // Lines of cgroups that are shown no more are dropped: cgroups come and go for months.
  lines(figuresShown) {
    const shown = new Map();
    for (const {path} of figuresShown) shown.set(path, this.made.get(path) ?? this.line(path, 'payer'));
    this.made = shown;
    return shown;
  }

  show(over) {
    const measure = byId('measure').value;
    const wanted = byId('filter').value.trim().toLowerCase();
    const all = [...over.rows].map(([path, row]) => figures(path, row, measure));
    const busy = byId('idle').checked ? all : all.filter((row) => !isIdle(row));
    const found = this.sorted(busy.filter((row) => row.path.toLowerCase().includes(wanted)));
    const limit = Number(byId('limit').value) + this.extra;
    const shown = found.slice(0, limit);
    const scale = Math.max(0, ...shown.map((row) => Math.max(row.pays, row.initiator, row.owner)));
    const lines = this.lines(shown);
    for (const figure of shown) this.write(lines.get(figure.path), figure, scale, over, measure);
    arrange(byId('payers-rows'), [...lines.values()].map((line) => line.row));
    setHidden(byId('payers-table'), false);
    this.showSort();
    this.showSums(all, shown, over, measure);
    this.showMore(found.length - shown.length);
    this.showHint(all.length, busy.length, found.length, shown.length, wanted, over);
  }

  showNothing(why) {
    arrange(byId('payers-rows'), []);
    arrange(byId('payers-sums'), []);
    setHidden(byId('more'), true);
    setHidden(byId('payers-table'), true);
    setHidden(byId('payers-empty'), false);
    setText(byId('payers-empty'), why);
    setText(byId('payers-hint'), '');
  }

  showSums(all, shown, over, measure) {
    const inShown = new Set(shown.map((row) => row.path));
    const rest = all.filter((row) => !inShown.has(row.path));
    const figure = sumOf(rest, '');
    const [restLine, lostLine, wholeLine] = this.sums;
    const sums = over.sums;
    const lost = measure === 'cpu' ? sums.unattributedCpu : sums.unattributedBytes;
    const whole = measure === 'cpu' ? sums.callers + sums.workers : sums.bytes;
    setText(restLine.name, `${humanCount(rest.length)} not shown`);
    this.write(restLine, figure, 0, over, measure);
    this.write(lostLine, {...sumOf([], ''), pays: lost}, 0, over, measure);
    this.write(wholeLine, {...sumOf(all, ''), pays: whole}, 0, over, measure);
    for (const cell of ['initiator', 'owner', 'outside']) setText(lostLine.cells[cell], '');
    const wanted = [restLine, lostLine, wholeLine].filter((line, i) => [rest.length > 0, lost > 0, true][i]);
    arrange(byId('payers-sums'), wanted.map((line) => line.row));
  }

  showMore(left) {
    const more = byId('more');
    setHidden(more, left <= 0);
    setText(more, `Show ${Math.min(left, kMoreRows)} more of ${humanCount(left)}`);
  }

  showHint(all, busy, found, shown, wanted, over) {
    const span = over.dt === null ? 'since the start' : `over ${humanSpan(over.dt)}`;
    setText(byId('payers-hint'), `${humanCount(shown)} of ${humanCount(all)} cgroups, ${span}`);
    const empty = byId('payers-empty');
    setHidden(empty, found > 0);
    if (found > 0) return;
    setText(empty, busy === 0 && all > 0
      ? `No page was migrated ${span}. ${humanCount(all)} cgroups are watched.`
      : wanted !== '' ? `No cgroup whose path contains "${wanted}"; Escape empties the filter.`
        : 'No cgroup yet.');
  }
}

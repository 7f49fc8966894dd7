// SPDX-License-Identifier: Apache-2.0
// What copies, what was decided about it and why, and the knobs behind.

const kShownDecisions = 30;

function settingText(setting) {
  if (setting === null || setting === undefined) return 'unknown';
  if (typeof setting === 'string') return setting;
  const workers = setting.workers ?? 0;
  const engine = setting.engine ?? 'unknown';
  return workers > 0 ? `${engine}, ${workers} ${workers === 1 ? 'worker' : 'workers'}` : engine;
}

function pairs(list, kind = 'pairs') {
  return element('dl', {class: kind}, ...list.map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value))));
}

function steerSummary(status) {
  const {steer, knobs, mode} = status;
  if (steer === undefined && knobs === undefined) {
    return [element('p', {class: 'empty'},
      'Observing only: this daemon decides nothing and turns no knob.')];
  }
  const parts = [];
  if (knobs?.active !== undefined) parts.push(['copies now', settingText(knobs.active)]);
  if (steer !== undefined) {
    parts.push(['set to', settingText(steer.setting)], ['wants', settingText(steer.target)]);
    if (steer.objective) parts.push(['objective', steer.objective]);
  }
  const made = [pairs(parts)];
  if (mode === 'advise') {
    made.push(element('p', {class: 'hint'}, 'Advising: decisions are shown and nothing is written.'));
  }
  if (steer === undefined || mode === 'observe') {
    made.push(element('p', {class: 'hint'}, 'Observing only: the settings are those that the machine had.'));
  }
  return made;
}

// A sentence with its moment and its rule; used for decisions and for actions against budgets.
function sentenceItem({unix_ns: unixNs, rule, what, sentence}) {
  const time = new Date(unixNs / 1e6);
  const moment = element('time', {datetime: time.toISOString()}, clockTime(unixNs / 1e6));
  moment.title = time.toLocaleString('en-GB');
  return element('li', {}, moment, badge(rule, 'quiet'), element('strong', {}, what),
    element('span', {}, sentence));
}

function showDecisions(decisions) {
  const newest = [...decisions].sort((a, b) => b.id - a.id).slice(0, kShownDecisions);
  showWhenChanged(byId('decisions'), newest, () => newest.map((decision) => sentenceItem({
    ...decision,
    what: `${settingText(decision.from)} \u2192 ${settingText(decision.to)}`,
  })));
}

const kGrips = {found: ['as found', 'quiet'], ours: ['ours', 'accent'], theirs: ['theirs', 'warn']};

function knobRow(knob) {
  const [text, kind] = kGrips[knob.grip] ?? [knob.grip, 'quiet'];
  const whose = element('span', {}, badge(text, kind));
  if (knob.theirs_since_unix_ns > 0) whose.append(` since ${clockTime(knob.theirs_since_unix_ns / 1e6)}`);
  const value = knob.error ? element('span', {class: 'hot'}, knob.error) : knob.value;
  return [knob.name, value, knob.range, whose, knob.effect];
}

function showKnobs(knobs) {
  const rows = knobs?.rows ?? [];
  showWhenChanged(byId('knobs'), rows, () => (rows.length === 0 ? [] : [
    element('h3', {}, 'Knobs'),
    simpleTable('Knobs', ['knob', 'value', 'range', 'whose', 'what it does'], rows.map(knobRow)),
  ]));
}

// The setting over time: decisions that changed it tell what it was before this page was opened.
function workerPoints(steer, nowMs) {
  const changes = [...steer.decisions].sort((a, b) => a.unix_ns - b.unix_ns)
    .filter((decision) => typeof decision.to?.workers === 'number');
  const points = changes.map((change) => ({x: change.unix_ns / 1e6, y: change.to.workers}));
  if (changes.length > 0) points.unshift({x: points[0].x, y: changes[0].from?.workers ?? 0});
  const now = steer.setting?.workers ?? points.at(-1)?.y ?? 0;
  if (points.length === 0) points.push({x: nowMs - kMinSpanMs, y: now});
  return [...points, {x: nowMs, y: now}];
}

class Steering {
  constructor() {
    this.plot = null;
  }

  show(status, nowMs) {
    const {steer, knobs} = status;
    setText(byId('steer-hint'), steer === undefined ? '' : `mode ${steer.mode ?? status.mode}`);
    showWhenChanged(byId('steer'), [status.mode, steer?.setting, steer?.target, steer?.objective, knobs?.active],
      () => steerSummary(status));
    showDecisions(steer?.decisions ?? []);
    showKnobs(knobs);
    this.showWorkers(steer, nowMs);
  }

  showWorkers(steer, nowMs) {
    const worth = steer?.decisions !== undefined && steer.decisions.length > 0;
    setHidden(byId('workers-box'), !worth);
    if (!worth) return;
    this.plot ??= new Plot(byId('workers-plot'),
      [{label: 'workers', colour: 'charged', stepped: 'before'}],
      (count) => String(count), {least: 1});
    this.plot.replace([workerPoints(steer, nowMs)]);
    this.plot.update();
  }

  redraw() {
    this.plot?.draw();
  }
}

// SPDX-License-Identifier: Apache-2.0
// What copies, what was decided about it and why.

const kShownDecisions = 50;
const kKeptDecisions = 500;
const kOutcomes = {
  written: ['written', 'good'], would: ['would have', 'accent'], refused: ['refused', 'warn'],
  failed: ['failed', 'bad'],
};

function settingText(setting) {
  if (setting === undefined) return 'unknown';
  const {engine, workers} = setting;
  return workers > 0 ? `${engine}, ${workers} ${workers === 1 ? 'worker' : 'workers'}` : engine;
}

function pairs(list, kind = 'pairs') {
  return element('dl', {class: kind}, ...list.map(([name, value]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, value))));
}

// Whether there is anything to say about settings: a mode that decides, or an engine with knobs.
function hasSettings(status) {
  return status.mode !== 'observe' || (status.knobs?.rows ?? []).length > 0;
}

// Why nothing is written, if nothing is.
function restraint(status) {
  const {steer, mode} = status;
  if (mode === 'observe') return 'Observing only: the settings are those that the machine had.';
  if (steer === undefined) return 'This daemon does not steer.';
  if (steer.why_not) return `Nothing is decided: ${steer.why_not}`;
  return mode === 'advise' ? 'Advising: decisions are shown and nothing is written.' : '';
}

function steerSummary(status) {
  const {steer, knobs} = status;
  if (!hasSettings(status)) {
    return [element('p', {class: 'empty'},
      'Observing only: this daemon decides nothing and turns no knob.')];
  }
  const active = knobs?.active ?? steer?.active;
  const parts = [['copies now', settingText(active)]];
  if (steer?.deciding) {
    parts.push(['wanted', settingText(steer.target)], ['objective', steer.objective],
      ['estimated regret', humanShare(steer.regret_ppm / 1e6)]);
  }
  const why = restraint(status);
  return why === '' ? [pairs(parts)] : [pairs(parts), element('p', {class: 'hint'}, why)];
}

// A sentence with its moment and its rule; used for decisions and for actions against budgets.
function sentenceItem({unix_ns: unixNs, rule, what, outcome, sentence, error}) {
  const time = new Date(unixNs / 1e6);
  const moment = element('time', {datetime: time.toISOString()}, clockTime(unixNs / 1e6));
  moment.title = time.toLocaleString('en-GB');
  const badges = [badge(rule, 'quiet')];
  if (kOutcomes[outcome] !== undefined) badges.push(badge(...kOutcomes[outcome]));
  const why = error ? `${sentence} (${error})` : sentence;
  return element('li', {}, moment, ...badges, element('strong', {}, what), element('span', {}, why));
}

function decisionItem(decision) {
  const [from, to] = [settingText(decision.from), settingText(decision.target)];
  return sentenceItem({...decision, what: from === to ? from : `${from} \u2192 ${to}`});
}

// The setting over time: decisions that changed it tell what it was before this page was opened.
function workerPoints(decisions, active, nowMs) {
  const changes = decisions.filter((decision) => decision.outcome === 'written');
  const points = changes.map((change) => ({x: change.unix_ns / 1e6, y: change.target.workers}));
  if (changes.length > 0) points.unshift({x: points[0].x, y: changes[0].from.workers});
  const now = active?.workers ?? points.at(-1)?.y ?? 0;
  if (points.length === 0) points.push({x: nowMs - kMinSpanMs, y: now});
  return [...points, {x: nowMs, y: now}];
}

// /status tells the last decisions alone; what this page has seen of them it keeps.
class Steering {
  constructor() {
    this.plot = null;
    this.start = 0;
    this.known = new Map();
  }

  remember(status) {
    if (status.start_unix_ns !== this.start) this.known.clear();
    this.start = status.start_unix_ns;
    for (const decision of status.steer?.decisions ?? []) this.known.set(decision.id, decision);
    const ids = [...this.known.keys()].sort((a, b) => a - b);
    for (const id of ids.slice(0, Math.max(0, ids.length - kKeptDecisions))) this.known.delete(id);
    return ids.slice(-kKeptDecisions).map((id) => this.known.get(id));
  }

  show(status, nowMs) {
    const {steer, knobs} = status;
    const decisions = this.remember(status);
    setText(byId('steer-hint'), hasSettings(status) ? `mode ${status.mode}` : '');
    const shown = [status.mode, hasSettings(status), steer?.active, steer?.target, steer?.objective, steer?.deciding,
      steer?.why_not, steer?.regret_ppm, knobs?.active];
    showWhenChanged(byId('steer'), shown, () => steerSummary(status));
    const newest = decisions.slice(-kShownDecisions).reverse();
    showWhenChanged(byId('decisions'), newest, () => newest.map(decisionItem));
    showKnobs(knobs);
    this.showWorkers(decisions, knobs?.active ?? steer?.active, nowMs);
  }

  showWorkers(decisions, active, nowMs) {
    setHidden(byId('workers-box'), decisions.length === 0);
    if (decisions.length === 0) return;
    this.plot ??= new Plot(byId('workers-plot'),
      [{label: 'workers', colour: 'charged', stepped: 'before'}], (count) => String(count), {least: 1});
    this.plot.replace([workerPoints(decisions, active, nowMs)]);
    this.plot.update();
  }

  redraw() {
    this.plot?.draw();
  }
}

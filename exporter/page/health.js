// SPDX-License-Identifier: Apache-2.0
// Can these figures be relied on: layer, losses, programs, maps, and what watching costs.

function lossRows(status) {
  return Object.entries(status.losses).filter(([name, value]) => !/_(bytes|ns|pages)$/.test(name) && value > 0)
    .map(([name, value]) => [name.replaceAll('_', ' '), humanCount(value)]);
}

function causeRows(status) {
  return Object.entries(status.unattributed.by_cause)
    .filter(([, part]) => part.bytes > 0 || part.copy_cpu_ns > 0)
    .map(([cause, part]) => [cause.replaceAll('_', ' '), humanBytes(part.bytes), humanTime(part.copy_cpu_ns)]);
}

function healthPairs(status) {
  const {health, totals} = status;
  const perPeriod = health.periods > 0 ? health.total_period_cpu_ns / health.periods : 0;
  return [
    ['charged to somebody', humanPpm(status.completeness_ppm)],
    ['periods', `${humanCount(health.periods)} of ${status.period_ns < kNsPerS ? humanTime(status.period_ns) : humanSpan(status.period_ns)}, ` +
      `${humanCount(health.failed_periods)} failed`],
    ['own CPU per period', humanTime(perPeriod)],
    ['calls seen', `${humanCount(totals.calls)}, ${humanCount(totals.pages_failed)} pages failed`],
    ['ids without a path', humanCount(health.resolve_failures)],
  ];
}

function programRow(program) {
  const state = program.attached ? badge('attached', 'good') : badge('not attached', 'warn');
  return [program.name, program.hook, state, program.why];
}

function mapRow(map) {
  const full = map.max_entries > 0 ? map.entries / map.max_entries : 0;
  return [map.name, `${humanCount(map.entries)} of ${humanCount(map.max_entries)}`,
    full >= 0.9 ? badge(humanShare(full), 'bad') : humanShare(full), humanBytes(map.bytes)];
}

function folded(title, id, make) {
  const box = element('details', {id}, element('summary', {}, title), make());
  return box;
}

function lossesNodes(rows) {
  return rows.length === 0
    ? [element('p', {class: 'calm'}, badge('no losses', 'good'), ' every event was counted')]
    : [element('h3', {class: 'hot'}, 'Losses, in events'), pairs(rows, 'pairs short')];
}

// The parts that a reader opens are made once and only their content changes.
class HealthCard {
  constructor() {
    this.layer = element('p', {class: 'layer'});
    this.facts = element('div');
    this.losses = element('div');
    this.causes = element('div');
    this.programs = element('div');
    this.maps = element('div');
    this.parts = [this.layer, this.facts, this.losses, this.causes,
      folded('BPF programs', 'programs', () => this.programs), folded('BPF maps', 'maps', () => this.maps)];
  }

  show(status) {
    arrange(byId('health'), this.parts);
    setText(this.layer, `${status.layer} layer: ${status.layer_why}`);
    const facts = healthPairs(status);
    showWhenChanged(this.facts, facts, () => [pairs(facts)]);
    const losses = lossRows(status);
    showWhenChanged(this.losses, losses, () => lossesNodes(losses));
    const causes = causeRows(status);
    showWhenChanged(this.causes, causes, () => (causes.length === 0 ? [] : [
      element('h3', {}, 'Unattributed'),
      simpleTable('Unattributed', ['cause', 'bytes', 'copy CPU'], causes, [1, 2])]));
    const programs = status.programs;
    showWhenChanged(this.programs, programs.map((p) => [p.name, p.attached, p.why]), () => [
      simpleTable('BPF programs', ['program', 'hook', 'state', 'why'], programs.map(programRow))]);
    showWhenChanged(this.maps, status.maps, () => [
      simpleTable('BPF maps', ['map', 'entries', 'full', 'memory'], status.maps.map(mapRow), [1, 2, 3])]);
    const attached = programs.filter((program) => program.attached).length;
    setText(byId('health-hint'), `${attached} of ${programs.length} programs attached`);
  }
}

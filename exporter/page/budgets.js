// SPDX-License-Identifier: Apache-2.0
// Who has which budget, who is over it, and what was done about it.

const kShownBudgets = 50;
const kShownVerdicts = 50;
const kOverRules = ['share', 'cap', 'patience', 'no_action', 'protected', 'incomplete', 'theirs', 'unavailable'];
// The resources of a budget: the key of an amount, and its words per period.
const kResources = {
  cpu: {key: 'cpu_ns', name: 'copy CPU', text: (ns, period) => humanShare(ns / period)},
  bytes: {key: 'bytes', name: 'bytes', text: (bytes, period) => humanBytesOver(bytes, period)},
  dma: {key: 'dma_ns', name: 'DMA time', text: (ns, period) => humanShare(ns / period)},
};

function isOver(tenant) {
  return tenant.stage !== 'under' || kOverRules.includes(tenant.rule);
}

function dominantOf(tenant) {
  return kResources[tenant.dominant] ?? kResources.cpu;
}

function usedPart(tenant) {
  const {key} = dominantOf(tenant);
  const may = tenant.allocated[key];
  return may === null || may === 0 ? 0 : tenant.used[key] / may;
}

function owedText(owed) {
  const parts = [];
  if (owed.cpu_ns > 0) parts.push(humanTime(owed.cpu_ns));
  if (owed.bytes > 0) parts.push(humanBytes(owed.bytes));
  if (owed.dma_ns > 0) parts.push(`${humanTime(owed.dma_ns)} DMA`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function stageBadges(tenant) {
  const kind = tenant.stage !== 'under' ? 'bad' : isOver(tenant) ? 'warn' : 'quiet';
  return element('span', {}, badge(tenant.stage, kind), ' ', badge(tenant.rule, 'quiet'));
}

function budgetRow(tenant, period) {
  const {key, name, text} = dominantOf(tenant);
  const bar = element('span', {class: isOver(tenant) ? 'bar outside' : 'bar charged'});
  drawBar(bar, usedPart(tenant), 1);
  const who = element('span', {}, element('span', {class: 'path'}, tenant.path),
    element('div', {class: 'bars', 'aria-hidden': 'true'}, bar));
  const may = tenant.allocated[key];
  return [who, stageBadges(tenant), `${text(tenant.used[key], period)} ${name}`,
    may === null ? 'unlimited' : text(may, period), String(tenant.weight), owedText(tenant.owed), tenant.sentence];
}

function budgetsHint(fair, over) {
  if (fair === undefined || !fair.active) return '';
  const who = over === 0 ? 'nobody is over' : `${humanCount(over)} over`;
  return fair.why_not ? `${who}; nothing is enforced: ${fair.why_not}` : who;
}

function budgetNodes({fair, mode, period_ns: period}, shown, all) {
  if (fair === undefined || mode === 'observe') return [element('p', {class: 'empty'}, 'Observing only: no budget is kept here.')];
  if (!fair.active) {
    return [element('p', {class: 'empty'}, 'No budget is configured: nobody is held to anything.')];
  }
  const table = simpleTable('Budgets', ['cgroup', 'stage and rule', 'uses', 'may use', 'weight', 'owes', 'why'],
    shown.map((tenant) => budgetRow(tenant, period)), [2, 3, 4, 5]);
  const rest = all - shown.length;
  return rest === 0 ? [table]
    : [table, element('p', {class: 'hint'}, `and ${humanCount(rest)} more, none of which is further over`)];
}

function showBudgets(status) {
  const {fair, mode} = status;
  const tenants = [...(fair?.tenants ?? [])].sort((a, b) =>
    isOver(b) - isOver(a) || usedPart(b) - usedPart(a) || (a.path < b.path ? -1 : 1));
  setText(byId('budgets-hint'), budgetsHint(fair, tenants.filter(isOver).length));
  const shown = tenants.slice(0, kShownBudgets);
  showWhenChanged(byId('budgets'), [mode, fair?.active, shown, tenants.length],
    () => budgetNodes(status, shown, tenants.length));
  const verdicts = [...(fair?.history ?? [])].sort((a, b) => b.id - a.id).slice(0, kShownVerdicts);
  showWhenChanged(byId('actions'), verdicts, () => verdicts.map((verdict) => sentenceItem({
    ...verdict,
    what: `${verdict.path}: ${verdict.from} \u2192 ${verdict.to}`,
    outcome: verdict.would_have ? 'would' : '',
  })));
}

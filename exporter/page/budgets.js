// SPDX-License-Identifier: Apache-2.0
// Who has which budget, who is over it, and what was done about it.

const kShownBudgets = 50;
const kShownActions = 30;
const kCalmStates = ['under', 'within', 'idle', 'ok', 'none'];

function isOver(row) {
  return !kCalmStates.includes(row.state);
}

// A share may come as a fraction or as text; text is shown as it is.
function shareText(share) {
  return typeof share === 'number' ? humanShare(share) : String(share ?? '');
}

function meter(row) {
  const share = Math.min(1, Math.max(0, Number(row.used_share) || 0));
  const bar = element('span', {class: isOver(row) ? 'bar outside' : 'bar charged'});
  bar.style.width = `${100 * share}%`;
  return element('div', {class: 'bars', 'aria-hidden': 'true'}, bar);
}

function budgetRow(row) {
  const name = element('span', {}, element('span', {class: 'path'}, row.path), meter(row));
  return [name, badge(row.state, isOver(row) ? 'bad' : 'quiet'), shareText(row.used_share), row.budget ?? '',
    String(row.weight ?? ''), humanTime(row.owed_ns ?? 0), row.sentence ?? ''];
}

function showBudgets(status) {
  const fairness = status.fairness;
  const rows = [...(fairness?.cgroups ?? [])].sort((a, b) =>
    isOver(b) - isOver(a) || (b.owed_ns ?? 0) - (a.owed_ns ?? 0) || (a.path < b.path ? -1 : 1));
  const over = rows.filter(isOver).length;
  setText(byId('budgets-hint'), rows.length === 0 ? '' : over === 0 ? 'nobody is over' : `${over} over`);
  const shown = rows.slice(0, kShownBudgets);
  showWhenChanged(byId('budgets'), [fairness === undefined, shown, rows.length], () => {
    if (fairness === undefined) {
      return [element('p', {class: 'empty'}, 'Observing only: no budget is kept here.')];
    }
    if (rows.length === 0) return [element('p', {class: 'empty'}, 'No cgroup has a budget.')];
    const table = simpleTable('Budgets',
      ['cgroup', 'state', 'used', 'budget', 'weight', 'owes', 'why'], shown.map(budgetRow), [2, 4, 5]);
    const rest = rows.length - shown.length;
    return rest === 0 ? [table]
      : [table, element('p', {class: 'hint'}, `and ${humanCount(rest)} more, none of which owes more`)];
  });
  const actions = [...(fairness?.actions ?? [])].sort((a, b) => b.id - a.id).slice(0, kShownActions);
  showWhenChanged(byId('actions'), actions, () =>
    actions.map((action) => sentenceItem({...action, what: action.path})));
}

// SPDX-License-Identifier: Apache-2.0
// Plugs the parts together: every answer of the daemon goes through here, in one direction.

const samples = new Samples();
const link = new LinkState();
const plots = new Plots();
const steering = new Steering();
const healthCard = new HealthCard();
const payers = new Payers(show);
let lastStatus = null;

// Seconds that rates are taken over; null for sums since the start.
function chosenWindow() {
  const value = byId('window').value;
  return value === 'start' ? null : Number(value);
}

function show() {
  if (lastStatus === null) return;
  const over = samples.over(chosenWindow());
  showFacts(lastStatus);
  showTiles(lastStatus, over);
  if (over === null) {
    payers.showNothing('One sample is here; a rate takes two. A moment.');
    return;
  }
  payers.show(over);
  showFlows(over);
  showReasons(over);
}

function take(status, nowMs) {
  const news = samples.add(status);
  link.live(status, news !== 'same', nowMs);
  lastStatus = status;
  if (news === 'same') return;
  plots.push(nowMs, samples.over(0));
  show();
  steering.show(status, nowMs);
  showBudgets(status);
  byId('acting').classList.toggle('wide', hasSettings(status) || Boolean(status.fair?.active));
  healthCard.show(status);
}

function tell(answer) {
  const nowMs = Date.now();
  if (answer.kind === 'status') take(answer.status, nowMs);
  else if (answer.kind === 'waiting') link.waiting(answer.said);
  else link.gone(answer.said, answer.retryMs, nowMs);
}

startTheme(() => {
  plots.redraw();
  steering.redraw();
});
byId('window').addEventListener('change', show);
poll(tell);

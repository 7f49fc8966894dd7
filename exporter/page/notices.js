// SPDX-License-Identifier: Apache-2.0
// What a reader must know before any figure: alarms, warnings, and that the daemon is silent.

const kSilentPeriods = 5;

function alarmsOf(status) {
  const list = [];
  if (status.layer === 'none') list.push(['bad', `Nothing is observed: ${status.layer_why}`]);
  for (const alarm of status.knobs?.alarms ?? []) list.push(['bad', `${alarm.knob}: ${alarm.sentence}`]);
  if (status.health.last_error) list.push(['bad', `The last period failed: ${status.health.last_error}`]);
  for (const warning of status.warnings) list.push(['warn', warning]);
  return list;
}

function showNotices(list) {
  showWhenChanged(byId('notices'), list, () => list.map(([kind, text]) =>
    element('p', {class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : 'note'}, text)));
}

function showLink(kind, text) {
  byId('link-state').className = `link-state ${kind}`;
  setText(byId('link-text'), text);
  document.body.classList.toggle('stale', kind === 'gone');
}

// Says whether the daemon answers, and whether its loop still turns behind the answers.
class LinkState {
  constructor() {
    this.lastNewMs = null;
    this.silentSinceMs = null;
    this.notices = [];
  }

  live(status, isNew, nowMs) {
    this.silentSinceMs = null;
    if (isNew || this.lastNewMs === null) this.lastNewMs = nowMs;
    const limit = Math.max(10000, (kSilentPeriods * status.period_ns) / 1e6);
    const stuck = nowMs - this.lastNewMs >= limit;
    const stuckFor = humanTime((nowMs - this.lastNewMs) * 1e6);
    showLink(stuck ? 'waiting' : 'live', stuck ? 'no news' : `live, ${clockTime(this.lastNewMs)}`);
    this.notices = alarmsOf(status);
    showNotices(stuck
      ? [['bad', `The daemon answers but its loop has not turned for ${stuckFor}.`], ...this.notices]
      : this.notices);
  }

  waiting(said) {
    this.silentSinceMs = null;
    showLink('waiting', 'waiting for data');
    showNotices([['note', `The daemon is there and has no data yet: ${said}`]]);
  }

  gone(said, retryMs, nowMs) {
    this.silentSinceMs ??= nowMs;
    const stale = this.lastNewMs === null ? '' : ` What is shown is from ${clockTime(this.lastNewMs)}.`;
    showLink('gone', `gone, retry in ${Math.round(retryMs / 1000)} s`);
    showNotices([['bad', `The daemon does not answer since ${clockTime(this.silentSinceMs)} (${said}); ` +
      `this page keeps trying.${stale}`], ...this.notices]);
  }
}

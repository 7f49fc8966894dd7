// SPDX-License-Identifier: Apache-2.0
// What /status said and when: counts since the daemon's start become differences between two samples.

const kCoarseNs = 2 * kNsPerS;
const kKeptNs = 75 * kNsPerS;
const kRowFields = ['cpu', 'bytes', 'initiatorCpu', 'initiatorBytes', 'ownerCpu', 'ownerBytes', 'outside'];

function rowOf(cgroup) {
  return {
    cpu: cgroup.charged.copy_cpu_ns + cgroup.outside_quota_ns,
    bytes: cgroup.charged.bytes,
    initiatorCpu: cgroup.initiator.copy_cpu_ns + cgroup.worker_cpu_initiated_ns,
    initiatorBytes: cgroup.initiator.bytes,
    ownerCpu: cgroup.owner.copy_cpu_ns + cgroup.worker_cpu_owned_ns,
    ownerBytes: cgroup.owner.bytes,
    outside: cgroup.outside_quota_ns,
  };
}

function sampleOf(status) {
  const lost = status.unattributed;
  return {
    uptime: status.uptime_ns,
    rows: new Map(status.cgroups.map((cgroup) => [cgroup.path, rowOf(cgroup)])),
    flows: new Map(status.flows.map((flow) => [`${flow.source}>${flow.destination}`, {bytes: flow.bytes}])),
    classes: new Map(status.classes.map((each) =>
      [`${each.reason} ${each.size}`, {bytes: each.bytes, cpu: each.copy_cpu_ns}])),
    sums: {
      bytes: status.totals.bytes,
      callers: status.totals.copy_cpu_ns,
      workers: status.totals.worker_cpu_ns,
      unattributedBytes: lost.bytes,
      unattributedCpu: lost.copy_cpu_ns + lost.worker_cpu_ns,
    },
  };
}

function difference(to, from) {
  const parts = {};
  for (const [field, value] of Object.entries(to)) {
    parts[field] = Math.max(0, value - (from === undefined ? 0 : from[field]));
  }
  return parts;
}

function differences(to, from) {
  return new Map([...to].map(([key, value]) => [key, difference(value, from.get(key))]));
}

// A removed cgroup's sums move into ~removed: they are not what was spent in between.
function rowDifferences(to, from) {
  const gone = [...from].filter(([path]) => !to.has(path));
  const rows = differences(to, from);
  const fold = rows.get('~removed');
  if (fold !== undefined) {
    for (const field of kRowFields) {
      const moved = gone.reduce((sum, [, row]) => sum + row[field], 0);
      fold[field] = Math.max(0, fold[field] - moved);
    }
  }
  return rows;
}

class Samples {
  constructor() {
    this.reset(0);
  }

  reset(start) {
    this.start = start;
    this.coarse = [];  // at least kCoarseNs apart, oldest first
    this.previous = null;
    this.last = null;
  }

  // 'same' when the daemon has not turned since, 'restarted' when the sums began anew, else 'new'.
  add(status) {
    const restarted = this.last !== null && status.start_unix_ns !== this.start;
    if (restarted || this.last === null) this.reset(status.start_unix_ns);
    if (this.last !== null && status.uptime_ns === this.last.uptime) return 'same';
    this.previous = this.last;
    this.last = sampleOf(status);
    const newest = this.coarse.at(-1);
    if (newest === undefined || this.last.uptime - newest.uptime >= kCoarseNs) this.coarse.push(this.last);
    while (this.last.uptime - this.coarse[0].uptime > kKeptNs) this.coarse.shift();
    return restarted ? 'restarted' : 'new';
  }

  // The youngest sample that is `ns` old, or the oldest there is; null with a single sample.
  before(ns) {
    if (this.previous === null || ns === 0) return this.previous;
    const old = this.coarse.filter((sample) => this.last.uptime - sample.uptime >= ns);
    if (old.length > 0) return old.at(-1);
    return this.coarse[0] === this.last ? this.previous : this.coarse[0];
  }

  // What happened in the last `seconds` (0: since the last sample; null: since the daemon's start).
  // dt is null for sums since the start; the whole is null while one sample cannot make a rate.
  over(seconds) {
    if (this.last === null) return null;
    if (seconds === null) return {dt: null, ...this.last};
    const from = this.before(seconds * kNsPerS);
    if (from === null) return null;
    return {
      dt: this.last.uptime - from.uptime,
      rows: rowDifferences(this.last.rows, from.rows),
      flows: differences(this.last.flows, from.flows),
      classes: differences(this.last.classes, from.classes),
      sums: difference(this.last.sums, from.sums),
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
// What happened while this page was open, drawn by Chart.js.

const kPlotPoints = 900;
const kMinSpanMs = 60000;

function axisText(text) {
  return {color: colour('muted'), font: {size: 11}, maxRotation: 0, ...text};
}

function timeAxis() {
  return {
    type: 'linear',
    grid: {display: false, borderColor: colour('line')},
    ticks: axisText({autoSkip: true, autoSkipPadding: 24, callback: (ms) => clockTime(ms)}),
    afterBuildTicks: (axis) => {
      axis.ticks = roundTimes(axis.min, axis.max);
    },
  };
}

// The scale's end and its steps: 1, 2 or 5 times a power of the base's unit; `bytes` in powers of two.
function niceStep(most, {least, bytes}) {
  const wanted = Math.max(most / 4, least);
  if (bytes) return 2 ** Math.ceil(Math.log2(wanted));
  const unit = 10 ** Math.floor(Math.log10(wanted));
  return unit * [1, 2, 5, 10].find((factor) => factor * unit >= wanted * 0.999);
}

function roundTimes(from, to) {
  const step = [10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((s) => (to - from) / (s * 1000) <= 6) ?? 7200;
  const ticks = [];
  const ms = step * 1000;
  for (let at = Math.ceil(from / ms) * ms; at <= to && ticks.length < 100; at += ms) ticks.push({value: at});
  return ticks;
}

function valueAxis(stacked, text) {
  return {
    stacked,
    min: 0,
    grid: {color: colour('line'), drawBorder: false, drawTicks: false},
    ticks: axisText({padding: 8, callback: text}),
  };
}

function series(spec) {
  const line = colour(spec.colour);
  return {
    label: spec.label,
    data: [],
    borderColor: line,
    backgroundColor: spec.fill ? `${line}55` : line,
    borderWidth: 1.5,
    borderDash: spec.dash ?? [],
    fill: spec.fill ? (spec.stackedOn ?? 'origin') : false,
    stepped: spec.stepped ?? false,
    pointRadius: 0,
    pointHitRadius: 12,
  };
}

// A plot of several lines over time. push() takes one value per line; a gap is null.
class Plot {
  constructor(canvas, specs, text, {stacked = false, least = 0.0025, bytes = false} = {}) {
    this.canvas = canvas;
    this.specs = specs;
    this.text = text;
    this.stacked = stacked;
    this.steps = {least, bytes};
    this.points = specs.map(() => []);
    this.draw();
  }

  options() {
    const label = (item) => ` ${item.dataset.label}: ${item.raw.y === null ? '-' : this.text(item.raw.y)}`;
    return {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      layout: {padding: {top: 8}},
      interaction: {mode: 'index', intersect: false},
      scales: {x: timeAxis(), y: valueAxis(this.stacked, (value) => this.text(value).replace('.0 ', ' '))},
      plugins: {
        legend: {display: false},
        tooltip: {callbacks: {title: (items) => clockTime(items[0].raw.x), label}},
      },
    };
  }

  // Made anew, in the colours of the theme.
  draw() {
    this.chart?.destroy();
    const datasets = this.specs.map((spec, i) => ({...series(spec), data: this.points[i]}));
    this.chart = new Chart(this.canvas, {type: 'line', data: {datasets}, options: this.options()});
    this.update();
  }

  // Values hold for the `spanMs` before: the first ones, and those after a gap, are drawn from there.
  push(unixMs, values, spanMs) {
    values.forEach((y, i) => {
      if ((this.points[i].at(-1)?.y ?? null) === null && y !== null) {
        this.points[i].push({x: unixMs - spanMs, y});
      }
      this.points[i].push({x: unixMs, y});
      if (this.points[i].length > kPlotPoints) this.points[i].shift();
    });
  }

  replace(points) {
    points.forEach((line, i) => this.points[i].splice(0, Infinity, ...line));
  }

  update() {
    const line = this.points[0];
    const last = line.at(-1);
    if (last !== undefined) {
      const x = this.chart.options.scales.x;
      x.max = last.x;
      x.min = Math.min(line[0].x, last.x - kMinSpanMs);
      const y = this.chart.options.scales.y;
      const step = niceStep(this.most(), this.steps);
      y.max = step * Math.max(1, Math.ceil(this.most() / step));
      y.ticks.stepSize = step;
    }
    this.chart.update('none');
    this.tell(last);
  }

  most() {
    const each = this.points.map((line) => line.map((point) => point.y ?? 0));
    if (!this.stacked) return each.flat().reduce((a, b) => Math.max(a, b), 0);
    return each[0].reduce((most, _, i) => Math.max(most, each.reduce((sum, line) => sum + line[i], 0)), 0);
  }

  // For those who cannot see it: what the last point says.
  tell(last) {
    const parts = this.specs.map((spec, i) => {
      const y = this.points[i].at(-1)?.y ?? null;
      return `${spec.label} ${y === null ? 'unknown' : this.text(y)}`;
    });
    this.canvas.setAttribute('aria-label',
      last === undefined ? 'no samples yet' : `now: ${parts.join(', ')}`);
  }
}

class Plots {
  constructor() {
    this.cpu = new Plot(byId('cpu-plot'), [
      {label: 'in callers', colour: 'charged', fill: true},
      {label: 'in kernel workers', colour: 'outside', fill: true, stackedOn: '-1'},
    ], humanShare, {stacked: true});
    this.bytes = new Plot(byId('bytes-plot'), [
      {label: 'copied', colour: 'owner', fill: true},
      {label: 'of it unattributed', colour: 'outside', dash: [4, 3]},
    ], (rate) => `${humanBytes(rate)}/s`, {least: 1024, bytes: true});
    this.all = [this.cpu, this.bytes];
  }

  // `over` is what happened since the last sample; null breaks the lines.
  push(unixMs, over) {
    const span = over === null ? 0 : over.dt / 1e6;
    const share = (ns) => (over === null ? null : ns() / over.dt);
    this.cpu.push(unixMs, [share(() => over.sums.callers), share(() => over.sums.workers)], span);
    this.bytes.push(unixMs, [share(() => over.sums.bytes * kNsPerS),
      share(() => over.sums.unattributedBytes * kNsPerS)], span);
    this.all.forEach((plot) => plot.update());
  }

  redraw() {
    this.all.forEach((plot) => plot.draw());
  }
}

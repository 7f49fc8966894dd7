// SPDX-License-Identifier: Apache-2.0
// The head of the page: what runs here, and the four figures to see first.

function showFacts(status) {
  const facts = [
    [`mode ${status.mode}`, status.mode === 'enforce' ? 'accent' : 'quiet'],
    [`${status.layer} layer`, status.layer === 'none' ? 'bad' : 'quiet'],
    [`version ${status.version}`, 'quiet'],
    [`up ${humanTime(status.uptime_ns)}`, 'quiet'],
  ];
  const box = byId('facts');
  if (box.children.length !== facts.length) box.replaceChildren(...facts.map(() => element('span')));
  facts.forEach(([text, kind], i) => {
    setText(box.children[i], text);
    box.children[i].className = `badge ${kind}`;
  });
}

function tileTexts(status, over) {
  const none = ['-', 'waiting for a second sample'];
  const sums = over === null ? null : over.sums;
  const busiest = over === null ? null
    : [...over.rows].reduce((best, [path, row]) => (row.cpu > (best?.row.cpu ?? 0) ? {path, row} : best), null);
  const outside = over === null ? 0 : [...over.rows.values()].reduce((sum, row) => sum + row.outside, 0);
  return [
    ['Copy CPU', ...(sums === null ? none
      : [humanCpuOver(sums.callers + sums.workers, over.dt),
        `${humanCpuOver(sums.workers, over.dt)} of it in kernel workers`])],
    ['Copied', ...(sums === null ? none
      : [humanBytesOver(sums.bytes, over.dt), busiest === null ? 'nobody pays' : `most by ${busiest.path}`])],
    ['Outside quota', ...(sums === null ? none
      : [humanCpuOver(outside, over.dt), 'by kernel workers, beyond cpu.max'])],
    ['Completeness', humanPpm(status.completeness_ppm), 'charged to somebody, since the start'],
  ];
}

function showTiles(status, over) {
  const box = byId('tiles');
  const texts = tileTexts(status, over);
  if (box.children.length !== texts.length) {
    box.replaceChildren(...texts.map(() => element('div', {class: 'tile'},
      element('h2'), element('p', {class: 'figure'}), element('p', {class: 'hint'}))));
  }
  texts.forEach((parts, i) => parts.forEach((text, k) => setText(box.children[i].children[k], text)));
  const hot = [false, false, parseFloat(texts[2][1]) > 0, status.completeness_ppm < 950000];
  hot.forEach((is, i) => box.children[i].classList.toggle('hot', is));
}

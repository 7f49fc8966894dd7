// SPDX-License-Identifier: Apache-2.0
// The knobs of the copy engines: what they say, and whose value it is.

const kGrips = {found: ['as found', 'quiet'], ours: ['ours', 'accent'], theirs: ['theirs', 'warn']};

function knobRow(knob) {
  const [text, kind] = kGrips[knob.grip] ?? [knob.grip, 'quiet'];
  const whose = element('span', {}, badge(text, kind));
  if (knob.theirs_since_unix_ns > 0) whose.append(` since ${clockTime(knob.theirs_since_unix_ns / 1e6)}`);
  const value = element('div', {class: 'value'}, knob.error ? element('span', {class: 'hot'}, knob.error) : knob.value);
  return [knob.name, value, knob.range, whose, knob.effect];
}

function showKnobs(knobs) {
  const rows = knobs?.rows ?? [];
  showWhenChanged(byId('knobs'), rows, () => (rows.length === 0 ? [] : [
    element('h3', {}, 'Knobs'),
    simpleTable('Knobs', ['knob', 'value', 'range', 'whose', 'what it does'], rows.map(knobRow)),
  ]));
}

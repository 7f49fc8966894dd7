// SPDX-License-Identifier: Apache-2.0
// Bytes from node to node, and for which reason.

function nodeName(node) {
  return node === -1 ? 'unknown' : `node ${node}`;
}

function flowCells(over) {
  return [...over.flows].map(([key, flow]) => {
    const [source, destination] = key.split('>').map(Number);
    return {source, destination, bytes: flow.bytes};
  });
}

function heatCell(bytes, most, over) {
  const cell = element('td', {class: bytes > 0 ? 'heat' : 'heat none'}, humanBytesOver(bytes, over.dt));
  cell.style.setProperty('--heat', most > 0 ? String(Math.sqrt(bytes / most)) : '0');
  return cell;
}

function matrix(flows, over) {
  const nodes = (side) => [...new Set(flows.map((flow) => flow[side]))].sort((a, b) => a - b);
  const [sources, destinations] = [nodes('source'), nodes('destination')];
  const most = Math.max(...flows.map((flow) => flow.bytes));
  const bytes = (source, destination) => flows
    .filter((flow) => flow.source === source && flow.destination === destination)
    .reduce((sum, flow) => sum + flow.bytes, 0);
  const corner = element('td', {class: 'corner'}, 'from \\ to');
  const head = element('tr', {}, corner,
    ...destinations.map((node) => element('th', {scope: 'col'}, nodeName(node))));
  const rows = sources.map((source) => element('tr', {}, element('th', {scope: 'row'}, nodeName(source)),
    ...destinations.map((node) => heatCell(bytes(source, node), most, over))));
  return element('table', {class: 'matrix', 'aria-label': 'Bytes from node to node'},
    element('thead', {}, head), element('tbody', {}, ...rows));
}

// What came from or went to an unknown node, only while something does.
function shownFlows(over) {
  const flows = flowCells(over);
  const shown = flows.filter(({source, destination, bytes}) => bytes > 0 || (source !== -1 && destination !== -1));
  return shown.length > 0 ? shown : flows;
}

function showFlows(over) {
  const flows = shownFlows(over);
  const unknown = flows.some((flow) => flow.source === -1 || flow.destination === -1);
  setText(byId('flows-hint'), unknown ? 'unknown: the node could not be told' : '');
  showWhenChanged(byId('flows'), [flows, over.dt], () => (flows.length === 0
    ? [element('p', {class: 'empty'}, 'Nothing has moved since the start.')]
    : [matrix(flows, over)]));
}

function reasonRow(name, row, most, over) {
  const bar = element('span', {class: 'bar owner'});
  bar.style.width = `${most > 0 ? (100 * row.bytes) / most : 0}%`;
  return element('tr', {},
    element('th', {scope: 'row'}, name, element('div', {class: 'bars', 'aria-hidden': 'true'}, bar)),
    element('td', {class: 'number'}, humanBytesOver(row.bytes, over.dt)),
    element('td', {class: 'number'}, humanCpuOver(row.cpu, over.dt)));
}

function showReasons(over) {
  const rows = [...over.classes].filter(([, row]) => row.bytes > 0).sort(([, a], [, b]) => b.bytes - a.bytes);
  const most = Math.max(0, ...rows.map(([, row]) => row.bytes));
  showWhenChanged(byId('reasons'), [rows, over.dt], () => {
    if (rows.length === 0) {
      const span = over.dt === null ? 'since the start' : `over ${humanSpan(over.dt)}`;
      return [element('p', {class: 'empty'}, `Nothing has moved ${span}.`)];
    }
    const head = element('tr', {}, element('th', {scope: 'col'}, 'reason, folio size'),
      element('th', {scope: 'col', class: 'number'}, 'bytes'),
      element('th', {scope: 'col', class: 'number'}, 'copy CPU'));
    return [element('table', {class: 'plain', 'aria-label': 'Bytes by reason and folio size'},
      element('thead', {}, head),
      element('tbody', {}, ...rows.slice(0, 8).map(([name, row]) => reasonRow(name, row, most, over))))];
  });
}

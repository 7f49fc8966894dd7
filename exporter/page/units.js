// SPDX-License-Identifier: Apache-2.0
// Numbers for people, in the words of `pagefare top`.

const kNsPerS = 1e9;
const kByteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

function humanBytes(bytes) {
  let unit = 0;
  // 1023.95 would be printed as 1024.0.
  while (bytes >= (unit === 0 ? 1023.5 : 1023.95) && unit + 1 < kByteUnits.length) {
    bytes /= 1024;
    ++unit;
  }
  return `${bytes.toFixed(unit === 0 ? 0 : 1)} ${kByteUnits[unit]}`;
}

function humanTime(ns) {
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 999950) return `${(ns / 1e3).toFixed(1)} us`;
  if (ns < 999950000) return `${(ns / 1e6).toFixed(1)} ms`;
  if (ns < 59995000000) return `${(ns / 1e9).toFixed(2)} s`;
  const seconds = Math.round(ns / 1e9);
  const [day, hour, minute] = [86400, 3600, 60];
  if (seconds >= day) return `${Math.floor(seconds / day)} d ${Math.floor((seconds % day) / hour)} h`;
  if (seconds >= hour) {
    return `${Math.floor(seconds / hour)} h ${Math.floor((seconds % hour) / minute)} min`;
  }
  return `${Math.floor(seconds / minute)} min ${seconds % minute} s`;
}

// How long something was watched: nobody asks for its hundredths.
function humanSpan(ns) {
  const seconds = ns / kNsPerS;
  if (ns < 10 * kNsPerS) return `${Number(seconds.toFixed(1))} s`;
  return ns < 90 * kNsPerS
    ? `${Math.round(seconds)} s` : humanTime(ns);
}

// CPU time per time, as a share of one CPU.
function humanShare(share) {
  const percent = 100 * share;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  return `${percent.toFixed(percent < 99.95 ? 1 : 0)} %`;
}

function humanPpm(ppm) {
  return `${(Math.floor(ppm / 100) / 100).toFixed(2)} %`;
}

function humanCount(count) {
  return count.toLocaleString('en-US');
}

function clockTime(unixMs) {
  return new Date(unixMs).toLocaleTimeString('en-GB', {hour12: false});
}

// A sum of nanoseconds or bytes over an interval, or since the start where there is none.
function humanCpuOver(ns, dt) {
  return dt === null ? humanTime(ns) : humanShare(ns / dt);
}

function humanBytesOver(bytes, dt) {
  return dt === null ? humanBytes(bytes) : `${humanBytes((bytes / dt) * kNsPerS)}/s`;
}

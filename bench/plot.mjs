/** The cost of a write against the number of live queries, as a picture that needs no program to be seen: SVG. */

import { LEVELS } from './live-workloads.mjs';

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 70;
const RIGHT = 150;
const TOP = 36;
const BOTTOM = 52;
const OURS = '#c2410c';
const COLOURS = ['#64748b', '#0f766e', '#7c3aed', '#2563eb', '#a16207', '#be185d', '#15803d'];

function linesOf(rounds, median) {
  const peers = [...new Set(rounds.flat().map(({ peer }) => peer))];
  return peers.flatMap((peer) => {
    const points = LEVELS.flatMap(([step, count]) => {
      const figures = rounds.flatMap((entries) => {
        const found = entries.find((entry) => entry.peer === peer)?.results?.W9?.steps?.[step];
        return found?.complete ? [found.us] : [];
      });
      return figures.length > 0 ? [{ count, us: median(figures) }] : [];
    });
    return points.length > 0 ? [{ peer, points }] : [];
  });
}

/** Both axes are logarithmic: the peers lie five powers of ten apart. */
function createScale(lines) {
  const all = lines.flatMap(({ points }) => points.map(({ us }) => us));
  const low = Math.floor(Math.log10(Math.min(...all)));
  const high = Math.ceil(Math.log10(Math.max(...all)));
  const [first, last] = [LEVELS[0][1], LEVELS.at(-1)[1]].map(Math.log10);
  return {
    powers: Array.from({ length: high - low + 1 }, (_, at) => low + at),
    x: (count) => LEFT + ((Math.log10(count) - first) / (last - first)) * (WIDTH - LEFT - RIGHT),
    y: (us) => HEIGHT - BOTTOM - ((Math.log10(us) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM),
  };
}

function unitOf(power) {
  if (power >= 6) return `${10 ** (power - 6)} s`;
  return power >= 3 ? `${10 ** (power - 3)} ms` : `${10 ** power} us`;
}

/** Names stand at the ends of their lines, moved apart where they would lie over each other. */
function placeNames(lines, { x, y }) {
  const names = lines.map(({ peer, points }) => {
    const end = points.at(-1);
    return { peer, x: x(end.count) + 8, y: y(end.us) + 4 };
  });
  names.sort((left, right) => left.y - right.y);
  for (let at = 1; at < names.length; at += 1) names[at].y = Math.max(names[at].y, names[at - 1].y + 14);
  return names;
}

export function drawPlot(rounds, median) {
  const lines = linesOf(rounds, median);
  if (lines.length === 0) return undefined;
  const scale = createScale(lines);
  const colourOf = (peer) => {
    if (peer === 'sojourn') return OURS;
    return COLOURS[
      lines.filter((line) => line.peer !== 'sojourn').findIndex((line) => line.peer === peer) % COLOURS.length
    ];
  };
  const text = (x, y, content, more = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${content}</text>`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(
      LEFT,
      20,
      'A write that moves one of so many live queries, until its listener has the result',
      'font-size="13" fill="#111"',
    ),
  ];
  for (const power of scale.powers) {
    const y = scale.y(10 ** power);
    parts.push(`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="#e2e8f0"/>`);
    parts.push(text(LEFT - 8, y + 4, unitOf(power), 'text-anchor="end" fill="#475569"'));
  }
  for (const [, count] of LEVELS)
    parts.push(
      text(scale.x(count), HEIGHT - BOTTOM + 20, count.toLocaleString('en-US'), 'text-anchor="middle" fill="#475569"'),
    );
  parts.push(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, 'live queries', 'text-anchor="middle" fill="#475569"'));
  for (const { peer, points } of lines) {
    const path = points.map(({ count, us }) => `${scale.x(count).toFixed(1)},${scale.y(us).toFixed(1)}`);
    const width = peer === 'sojourn' ? 3 : 1.5;
    const dash = peer.startsWith('baseline') ? ' stroke-dasharray="5 4"' : '';
    parts.push(
      `<polyline points="${path.join(' ')}" fill="none" stroke="${colourOf(peer)}" stroke-width="${width}"${dash}/>`,
    );
    for (const point of path) {
      const [x, y] = point.split(',');
      parts.push(`<circle cx="${x}" cy="${y}" r="${width + 0.5}" fill="${colourOf(peer)}"/>`);
    }
  }
  for (const { peer, x, y } of placeNames(lines, scale))
    parts.push(text(x, y, peer, `fill="${colourOf(peer)}"${peer === 'sojourn' ? ' font-weight="bold"' : ''}`));
  parts.push('</svg>');
  return `${parts.join('\n')}\n`;
}

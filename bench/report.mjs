/** The figures as text: markdown to keep, aligned columns to read in a terminal. */

import { rowsOf, TABLES } from './figures.mjs';

/** Not stores that anyone can install, so not what "best peer" means. */
const OURS = ['baseline', 'baseline-btree', 'sojourn'];

function formatUs(value) {
  if (value >= 1_000_000) return `${(value / 1_000_000).toFixed(2)} s`;
  if (value >= 1_000) return `${(value / 1_000).toFixed(1)} ms`;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} us`;
}

function formatValue(value, unit) {
  return unit === 'B' ? `${Math.round(value)} B` : formatUs(value);
}

function formatRatio(ratio) {
  return `x${ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0)}`;
}

function formatCell(cell, column, isBaseline) {
  if (!cell) return 'n/a';
  const ratio = isBaseline || cell.ratio === undefined ? '' : ` (${formatRatio(cell.ratio)})`;
  return formatValue(cell.value, column.unit) + ratio + cell.note;
}

function peerTable(rounds, columns) {
  const head = ['peer', ...columns.map(({ id }) => id)];
  const body = rowsOf(rounds, columns).map(({ peer, cells }) => {
    return [peer, ...cells.map((cell, place) => formatCell(cell, columns[place], peer === 'baseline'))];
  });
  return { head, body };
}

function formatGoal(goal, unit) {
  if (!goal) return '';
  return goal.ratio ? `<= x${goal.ratio}` : `<= ${goal.at} ${unit}`;
}

function isMet(goal, cell) {
  if (!goal || !cell) return '';
  if (goal.at !== undefined) return cell.value <= goal.at ? 'yes' : 'no';
  if (cell.ratio === undefined) return '';
  return cell.ratio <= goal.ratio ? 'yes' : 'no';
}

/** The best installable peer that keeps the indexes asked for and answered in full. */
function bestOf(rows, place) {
  const eligible = rows.filter(({ peer, unindexed, cells }) => {
    return !OURS.includes(peer) && !unindexed && cells[place] && cells[place].note === '';
  });
  return eligible.sort((left, right) => left.cells[place].value - right.cells[place].value)[0];
}

function goalTable(rounds, columns) {
  const rows = rowsOf(rounds, columns);
  const cellsOf = (name) => rows.find(({ peer }) => peer === name)?.cells ?? [];
  const body = columns.map((column, place) => {
    const sojourn = cellsOf('sojourn')[place];
    const best = bestOf(rows, place);
    return [
      `${column.id} ${column.title}`,
      formatCell(cellsOf('baseline')[place], column, true),
      formatCell(sojourn, column, false),
      formatGoal(column.goal, column.unit),
      isMet(column.goal, sojourn),
      best ? `${best.peer} ${formatCell(best.cells[place], column, false)}` : 'n/a',
    ];
  });
  return { head: ['work', 'baseline', 'sojourn', 'goal', 'met', 'best peer'], body };
}

/** What the first operation cost, untimed in the rest: it shows what is put off until somebody asks. */
function firstTable(rounds) {
  const columns = ['W4', 'W5', 'W5r', 'W6'].map((id) => {
    return { id: `${id} first`, unit: 'us', read: (results) => results[id]?.firstUs };
  });
  return peerTable(rounds, columns);
}

function toMarkdown({ head, body }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, place) => (place === 0 ? '---' : '---:'))), ...body.map(line)].join('\n');
}

function toText({ head, body }) {
  const widths = head.map((_, place) => Math.max(...[head, ...body].map((cells) => cells[place].length)));
  const pad = (cell, place) => (place === 0 ? cell.padEnd(widths[place]) : cell.padStart(widths[place]));
  return [head, ...body].map((cells) => cells.map(pad).join('  ')).join('\n');
}

function versionsOf(report) {
  const rounds = report.sizes.flatMap((each) => each.rounds);
  const named = rowsOf(rounds, []).filter(({ version }) => version);
  return named.map(({ peer, version }) => `${peer} ${version}`).join(', ');
}

/** Only what has a figure: a run without live workloads has no table of them. */
function sections(report) {
  const list = [];
  for (const { size, rounds } of report.sizes) {
    for (const { title, columns } of TABLES) {
      const filled = columns.filter((_, place) => rowsOf(rounds, columns).some(({ cells }) => cells[place]));
      if (filled.length === 0) continue;
      const heading = `${title}, n = ${size.toLocaleString('en-US')}`;
      list.push({ heading, table: peerTable(rounds, filled) });
      list.push({ heading: `${heading}: Sojourn and its goals`, table: goalTable(rounds, filled) });
    }
    const first = firstTable(rounds);
    if (first.body.some((cells) => cells.slice(1).some((cell) => cell !== 'n/a'))) {
      list.push({ heading: `First operation, n = ${size.toLocaleString('en-US')}`, table: first });
    }
  }
  return list;
}

const firstLines = (texts) => texts.map((text) => `- ${text.split('\n')[0]}`);

export function markdownReport(report) {
  const lines = [
    `Node ${report.node}, ${report.cpu}, ${report.date.slice(0, 10)}; median of up to ${report.rounds} rounds;`,
    '(xR) is the median of the ratios to the baseline of the same round.',
    '',
    versionsOf(report),
  ];
  for (const { heading, table } of sections(report)) lines.push('', `### ${heading}`, '', toMarkdown(table));
  if (report.notes.length > 0) lines.push('', '### Left out', '', ...firstLines(report.notes));
  if (report.problems.length > 0) lines.push('', '### Problems', '', ...firstLines(report.problems));
  return `${lines.join('\n')}\n`;
}

export function textReport(report) {
  const lines = [];
  for (const { heading, table } of sections(report)) lines.push('', heading, '', toText(table));
  const answers = report.problems.some((problem) => problem.includes('ANSWERS DIFFER'));
  lines.push('', answers ? 'The peers do NOT agree on the answers.' : 'All peers agree on every answer compared.');
  if (report.notes.length > 0) lines.push('', 'Left out:', ...firstLines(report.notes));
  if (report.problems.length > 0) lines.push('', 'Problems:', ...firstLines(report.problems));
  return lines.join('\n');
}

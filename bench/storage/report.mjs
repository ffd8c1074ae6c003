/** The tables of the storage bench. */

import { megabytes, milliseconds, table, time, written } from './figures.mjs';
import { BATCHES, COMMITS } from './records.mjs';

/** With how many were made, where that is not all. */
const commits = ({ us, p99Us, done }, wanted) => `${time(us)} (${time(p99Us)})${done < wanted ? ` [${done}]` : ''}`;

const SHARED = [
  ['commit of 1 (p99)', ({ one }) => commits(one, COMMITS)],
  ['commit of 100 (p99)', ({ many }) => commits(many, BATCHES)],
  ['load', ({ loadSeconds }) => `${loadSeconds.toFixed(2)} s`],
  ['first answer', ({ answeredMs }) => milliseconds(answeredMs)],
  ['all read', ({ readableMs }) => milliseconds(readableMs)],
  ['bytes a record', ({ bytes }) => `${bytes.toFixed(0)} B`],
];

const NODE = [
  ...SHARED,
  ['written, load', ({ loadWritten }) => written(loadWritten)],
  ['commits of 1', ({ oneWritten }) => written(oneWritten)],
  ['commits of 100', ({ manyWritten }) => written(manyWritten)],
  ['RSS, answer / all', ({ answeredRss, readableRss }) => `${megabytes(answeredRss)} / ${megabytes(readableRss)}`],
  ['what a commit does', ({ commit }) => commit],
];

const CHROMIUM = [
  ...SHARED,
  ['in its files', ({ folderBytes }) => `${folderBytes.toFixed(0)} B`],
  ['what a commit does', ({ commit }) => commit],
];

function tableOf(columns, results) {
  const rows = results
    .filter(({ failure }) => failure === undefined)
    .map((result) => [result.name, ...columns.map(([, read]) => read(result))]);
  const failures = results.filter(({ failure }) => failure !== undefined);
  const words = failures.map(({ name, failure }) => `${name} was not measured: ${failure}`);
  return [table(['peer', ...columns.map(([head]) => head)], rows), ...words].join('\n\n');
}

export const nodeTable = (results) => tableOf(NODE, results);
export const chromiumTable = (results) => tableOf(CHROMIUM, results);

/** Sojourn here and there; undefined unless both have been measured. */
export function openingBeside(node, chromium) {
  const own = [node, chromium].map((results) => results?.find(({ name, failure }) => name === 'sojourn' && !failure));
  if (own.includes(undefined)) return undefined;
  const rows = own.map(({ answeredMs, readableMs }, at) => [
    ['Node', 'Chromium'][at],
    milliseconds(answeredMs),
    milliseconds(readableMs),
  ]);
  return table(['Sojourn opened in', 'first answer', 'all read'], rows);
}

/** The tables of the bench of sync. */

import { table } from '../storage/figures.mjs';

const seconds = (ms) => (ms < 995 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(2)} s`);
const ms = (value) => (value < 9.95 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`);
const count = (value) => value.toLocaleString('en');
const rate = (size, time) => `${count(Math.round(((size / time) * 1_000) / 100) * 100)} /s`;
const kilobytes = (bytes) => `${(bytes / 1_024).toFixed(1)} KB`;
const megabytes = (bytes) => `${(bytes / 1_048_576).toFixed(1)} MB`;

const cpu = (size, { clientCpu, serverCpu }) =>
  `${((clientCpu / size) * 1_000).toFixed(0)} / ${((serverCpu / size) * 1_000).toFixed(0)} us`;

const BOOTSTRAP = [
  ['records', ({ size }) => count(size)],
  ['time', ({ bootstrap }) => seconds(bootstrap.ms)],
  ['records a second', ({ size, bootstrap }) => rate(size, bootstrap.ms)],
  ['computed a record, client / server', ({ size, bootstrap }) => cpu(size, bootstrap)],
  ['sent', ({ bootstrap }) => megabytes(bootstrap.sent)],
  ['its records as gzip NDJSON', ({ bootstrap }) => megabytes(bootstrap.plain.gzip)],
  ['ratio', ({ bootstrap }) => `x${(bootstrap.sent / bootstrap.plain.gzip).toFixed(2)}`],
];
const DRAIN = [
  ['records', ({ drained }) => count(drained)],
  ['written one by one', ({ drained, drain }) => rate(drained, drain.ms)],
  ['time', ({ drain }) => seconds(drain.ms)],
  ['computed a record, client / server', ({ drained, drain }) => cpu(drained, drain)],
  ['written by the thousand', ({ drained, batched }) => (batched ? rate(drained, batched.ms) : 'n/a')],
  ['time', ({ batched }) => (batched ? seconds(batched.ms) : 'n/a')],
];
const LATENCY = [
  ['p50', ({ latency }) => ms(latency.p50)],
  ['p95', ({ latency }) => ms(latency.p95)],
  ['p99', ({ latency }) => ms(latency.p99)],
  ['most', ({ latency }) => ms(latency.most)],
  ['writes', ({ latency }) => count(latency.writes)],
  ['of them seen only with the next', ({ latency }) => count(latency.skipped)],
];

function tableOf(title, columns, results, work) {
  const measured = results.filter((result) => result[work] !== undefined);
  if (measured.length === 0) return [];
  const head = ['peer', ...columns.map(([name]) => name)];
  const rows = measured.map((result) => [result.name, ...columns.map(([, read]) => read(result))]);
  return [`### ${title}`, table(head, rows)];
}

function streamsTable(streams) {
  if (streams === undefined) return [];
  const rows = [
    ['all connected, each after a pull', seconds(streams.connectMs)],
    ['held a stream: heap and buffers', kilobytes(streams.heldBytes)],
    ['RSS a stream', kilobytes(streams.rssBytes)],
    ['a write reaches the first (median of 11)', ms(streams.firstMs)],
    ['the last', ms(streams.lastMs)],
    ['the last, in the worst of 11', ms(streams.worstMs)],
  ];
  return [`### ${count(streams.streams)} streams on one server process`, table(['', 'sojourn'], rows)];
}

function sizeTable(size) {
  if (size === undefined) return [];
  const rows = [
    ['`replicate`, `http`, `syncObjects`, beyond the engine', kilobytes(size.client)],
    ['the same, with zod/mini and eventsource-parser', kilobytes(size.withParsers)],
    ['the engine', kilobytes(size.engine)],
  ];
  return ['### Size, minified and in gzip', table(['', 'sojourn'], rows)];
}

export function syncTables({ results, streams, size, flags }) {
  const failures = results.flatMap(({ name, failures }) =>
    failures.map((words) => `${name} was not measured: ${words}`),
  );
  return [
    ...tableOf('A new client fetches all', BOOTSTRAP, results, 'bootstrap'),
    ...tableOf('Writes made offline are sent', DRAIN, results, 'drain'),
    ...tableOf(`A write until another client sees it, 50 a second, ${flags.seconds} s`, LATENCY, results, 'latency'),
    ...streamsTable(streams),
    ...sizeTable(size),
    ...failures,
  ].join('\n\n');
}

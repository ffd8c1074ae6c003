/**
 * What lasting costs: a durable commit beside the store beneath it, bytes a record, and opening 100,000 records in a
 * process of its own. `npm run build` first; prints a table. `node bench/storage.mjs [records]`
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClassicLevel } from 'classic-level';
import { salesforce } from '../dist/collections/catalog.js';
import { openDatabase } from '../dist/index.js';
import { levelStorage } from '../dist/level/level-storage.js';
import { createColumns, createRecords } from './data.mjs';
import { agentId } from './ids.mjs';
import { peer } from './peers/sojourn.mjs';

const SIZE = Number(process.argv[2] ?? 100_000);
const OPENINGS = 5;
const COMMITS = 1_000;
const BATCHES = 200;
const BATCH = 100;
const OPTIONS = {
  name: 'bench',
  objects: salesforce,
  user: '0055g00000ABcdeAAD',
  indexes: { LiveAgentSession: ['AgentId', 'LoginTime', ['AgentId', 'LoginTime'], 'ChatReqAssigned'] },
};

function sizeOf(folder) {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function median(values) {
  return [...values].sort((left, right) => left - right)[values.length >> 1];
}

/** Microseconds an operation: half take less. */
async function timeEach(count, operation) {
  const times = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await operation(index);
    times.push((performance.now() - started) * 1_000);
  }
  return median(times.slice(count / 5));
}

/** In a process of its own, as a program that starts has no code compiled yet. */
async function openOnce(folder) {
  const started = performance.now();
  const db = await openDatabase({ ...OPTIONS, storage: levelStorage(folder) });
  const readable = performance.now() - started;
  const rows = db.LiveAgentSession.find({
    where: { AgentId: agentId(3) },
    orderBy: [{ LoginTime: 'desc' }],
    limit: 50,
  });
  const answered = performance.now() - started;
  if (rows.length !== 50) throw new Error('The answer is another.');
  console.log(JSON.stringify({ readable, answered, heapMb: process.memoryUsage().rss / 1_048_576 }));
  await db.close();
}

/** What reading JSON costs: one record a line, parsed into a Map by id, and no index. */
async function openJson(file) {
  const { readFileSync } = await import('node:fs');
  const started = performance.now();
  const byId = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const record = JSON.parse(line);
    byId.set(record.Id, record);
  }
  console.log(JSON.stringify({ readable: performance.now() - started, answered: 0, heapMb: byId.size && 0 }));
}

async function main() {
  const root = mkdtempSync(join(tmpdir(), 'sojourn-bench-'));
  try {
    const folder = join(root, 'data');
    const records = createRecords(createColumns(SIZE + COMMITS + BATCHES * BATCH, 20_260_112), peer.input);
    const db = await openDatabase({ ...OPTIONS, storage: levelStorage(folder) });
    const bulkStarted = performance.now();
    await db.LiveAgentSession.create(records.slice(0, SIZE));
    const bulkUs = ((performance.now() - bulkStarted) * 1_000) / SIZE;
    await db.compact();
    const json = join(root, 'records.ndjson');
    writeFileSync(
      json,
      db.LiveAgentSession.find()
        .map((record) => JSON.stringify(record))
        .join('\n'),
    );
    await db.close();
    const bytes = sizeOf(join(folder, 'bench'));
    const run = (how, path) => JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), how, path]));
    const openings = Array.from({ length: OPENINGS }, () => run('--open', folder));
    const parsings = Array.from({ length: OPENINGS }, () => run('--json', json));

    const again = await openDatabase({ ...OPTIONS, storage: levelStorage(folder) });
    const bare = new ClassicLevel(join(root, 'bare'), { valueEncoding: 'view' });
    await bare.open();
    const text = new TextEncoder();
    const bytesOf = (record) => text.encode(JSON.stringify(record));
    const own = records.slice(SIZE);
    const one = await timeEach(COMMITS, (index) => again.LiveAgentSession.create(own[index]));
    const bareOne = await timeEach(COMMITS, (index) => bare.put(`a${index}`, bytesOf(own[index]), { sync: true }));
    const batchOf = (index) => own.slice(COMMITS + index * BATCH, COMMITS + (index + 1) * BATCH);
    const many = await timeEach(BATCHES, (index) => again.LiveAgentSession.create(batchOf(index)));
    const bareMany = await timeEach(BATCHES, (index) =>
      bare.batch(
        batchOf(index).map((record, at) => ({ type: 'put', key: `b${index}-${at}`, value: bytesOf(record) })),
        { sync: true },
      ),
    );
    await again.close();
    await bare.close();
    const rows = [
      ['bulk insert, a record, kept', `${bulkUs.toFixed(1)} us`, ''],
      [
        'a durable commit of one record',
        `${one.toFixed(0)} us`,
        `${bareOne.toFixed(0)} us classic-level bare (x${(one / bareOne).toFixed(2)})`,
      ],
      [
        'a durable commit of 100 records',
        `${many.toFixed(0)} us`,
        `${bareMany.toFixed(0)} us classic-level bare (x${(many / bareMany).toFixed(2)})`,
      ],
      ['bytes a record on disk, compacted', `${(bytes / SIZE).toFixed(0)} B`, ''],
      [
        'open: all readable',
        `${median(openings.map(({ readable }) => readable)).toFixed(0)} ms`,
        `${median(parsings.map(({ readable }) => readable)).toFixed(0)} ms JSON lines parsed, without an index`,
      ],
      ['open: first indexed answer', `${median(openings.map(({ answered }) => answered)).toFixed(0)} ms`, ''],
    ];
    console.log(`| n = ${SIZE}, Node ${process.version} | Sojourn over LevelDB | beside |\n|---|---:|---:|`);
    for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const [, , how, path] = process.argv;
if (how === '--open') await openOnce(path);
else if (how === '--json') await openJson(path);
else await main();

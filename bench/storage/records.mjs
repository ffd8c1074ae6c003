/** What is stored, and what every store must answer about it: both come from the seed alone. */

import { mix, mixText } from '../checksum.mjs';
import { createColumns, createRecords, isoTime } from '../data.mjs';
import { agentId } from '../ids.mjs';

const SEED = 20_260_112;

export const COMMITS = 1_000;
export const BATCHES = 200;
export const BATCH = 100;

/** The question of the first indexed answer: this many rows of this agent, by LoginTime descending. */
export const ASKED_AGENT = 3;
export const ASKED_ROWS = 50;

/** `size` records to load, and behind them those that are committed later. */
export const columnsOf = (size) => createColumns(size + COMMITS + BATCHES * BATCH, SEED);

function slice(columns, from, to) {
  const part = { size: to - from, first: columns.first + from };
  for (const name of ['agent', 'login', 'assigned', 'flags', 'chats', 'open'])
    part[name] = columns[name].subarray(from, to);
  return part;
}

/** The records in [from, to), in the shape that a peer takes. */
export const recordsOf = (columns, from, to, shape) => createRecords(slice(columns, from, to), shape);

/** Bytes of records as JSON, a record a text: what write amplification is measured against, for every peer. */
export function jsonBytes(columns, from, to) {
  return recordsOf(columns, from, to, 'full').reduce((sum, record) => sum + JSON.stringify(record).length, 0);
}

const ofAnswer = (sum, login, chats) => mix(mixText(sum, login), chats);
const ofRecord = (agent, login, chats) => mix(mixText(mixText(0, agent), login), chats);

/** What a store answered, as numbers: the rows in their order, the records in any, as stores keep them in different ones. */
export function sumsOf(rows, records) {
  let answer = 0;
  for (const { LoginTime, TimeInChats } of rows) answer = ofAnswer(answer, LoginTime, TimeInChats);
  let all = 0;
  for (const { AgentId, LoginTime, TimeInChats } of records)
    all = (all + ofRecord(AgentId, LoginTime, TimeInChats)) | 0;
  return { rows: rows.length, answer, count: records.length, all };
}

/** What sumsOf() gives of a store that holds the records in these ranges of columns, and no others. */
export function expectedSums(columns, ranges) {
  const own = [];
  let [count, all] = [0, 0];
  for (const [from, to] of ranges)
    for (let index = from; index < to; index += 1) {
      const { agent, login, chats } = columns;
      count += 1;
      all = (all + ofRecord(agentId(agent[index]), isoTime(login[index]), chats[index])) | 0;
      if (agent[index] === ASKED_AGENT) own.push(index);
    }
  own.sort((left, right) => columns.login[right] - columns.login[left]);
  const asked = own.slice(0, ASKED_ROWS);
  const answer = asked.reduce((sum, index) => ofAnswer(sum, isoTime(columns.login[index]), columns.chats[index]), 0);
  return { rows: asked.length, answer, count, all };
}

/** The ranges that are stored once `ones` single commits and `batches` of a hundred have been acknowledged. */
export function storedRanges(size, { ones, batches }) {
  const first = size + COMMITS;
  return [
    [0, size + ones],
    [first, first + batches * BATCH],
  ];
}

export function assertSame(found, expected) {
  for (const [name, value] of Object.entries(expected))
    if (found[name] !== value) throw new Error(`Another answer: ${name} is ${found[name]} and should be ${value}.`);
}

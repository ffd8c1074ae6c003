/**
 * The records: Salesforce LiveAgentSession of 20 fields, flat JSON. They are written as text and read with JSON.parse,
 * as a vendor's answer would be, so they have one hidden class and no string in common.
 */

import { agentId, sessionId } from './ids.mjs';
import { below, createRandom } from './random.mjs';

export const AGENT_COUNT = 500;
export const DAY = 86_400_000;
export const PERIOD_DAYS = 90;
export const PERIOD_START = Date.UTC(2026, 0, 1);
export const PERIOD_END = PERIOD_START + PERIOD_DAYS * DAY;

/** ChatReqAssigned is one of these many values. */
export const ASSIGNED_VALUES = 64;
export const FLAG_VALUES = 5;
export const CHAT_SECONDS = 28_800;

/** What create() of the object takes. The other four of the twenty are the engine's own to give, where it has them. */
export const CREATEABLE_FIELDS = 16;

const OPEN_SHARE = 0.02;
const RECORDS_PER_PARSE = 5_000;

export const isoTime = (milliseconds) => new Date(milliseconds).toISOString();

/**
 * The values that the workloads ask about, in typed arrays: records are written from them, and what a peer answers is
 * checked against them. LoginTime is unique and in no order; about 2 % of the sessions are open.
 */
export function createColumns(size, seed) {
  const random = createRandom(seed);
  const slots = new Uint32Array(size).map((_, index) => index);
  for (let index = size - 1; index > 0; index -= 1) {
    const other = below(random, index + 1);
    [slots[index], slots[other]] = [slots[other], slots[index]];
  }
  const slotWidth = (PERIOD_END - PERIOD_START) / size;
  return {
    size,
    first: 0,
    agent: new Uint16Array(size).map(() => below(random, AGENT_COUNT)),
    login: new Float64Array(size).map((_, index) => PERIOD_START + Math.floor((slots[index] + random()) * slotWidth)),
    assigned: new Uint8Array(size).map(() => below(random, ASSIGNED_VALUES)),
    flags: new Uint8Array(size).map(() => below(random, FLAG_VALUES)),
    chats: new Uint32Array(size).map(() => below(random, CHAT_SECONDS)),
    open: new Uint8Array(size).map(() => Number(random() < OPEN_SHARE)),
  };
}

/**
 * Sessions that log in after all others, a second apart. `first` is the number of the first one's id, and what makes
 * later sessions later; `agentOf` tells whose each is.
 */
export function createLaterColumns(size, first, agentOf, open = 0) {
  const random = createRandom(first);
  return {
    size,
    first,
    agent: new Uint32Array(size).map((_, index) => agentOf(index)),
    login: new Float64Array(size).map((_, index) => PERIOD_END + (first + index) * 1_000),
    assigned: new Uint8Array(size).map(() => below(random, ASSIGNED_VALUES)),
    flags: new Uint8Array(size).map(() => below(random, FLAG_VALUES)),
    chats: new Uint32Array(size).map(() => below(random, CHAT_SECONDS)),
    open: new Uint8Array(size).fill(open),
  };
}

function createableText(columns, index) {
  const agent = agentId(columns.agent[index]);
  const login = columns.login[index];
  const chats = columns.chats[index];
  const online = chats + (index % 3_600);
  // LogoutTime cannot be null in this object, so an open session repeats its LoginTime there, and is known to be open
  // by what is not yet counted: TimeInOnlineStatus, which can be null.
  const open = columns.open[index] === 1;
  const logout = open ? login : login + online * 1_000;
  const assigned = columns.assigned[index];
  return (
    `"OwnerId":"${agent}","AgentId":"${agent}","LoginTime":"${isoTime(login)}","LogoutTime":"${isoTime(logout)}",` +
    `"ChatReqAssigned":${assigned},"ChatReqDeclined":${index % 3},"ChatReqEngaged":${Math.max(0, assigned - 3)},` +
    `"ChatReqTimedOut":${index % 2},"NumFlagRaised":${columns.flags[index]},"NumFlagLoweredAgent":${index % 4},` +
    `"NumFlagLoweredSupervisor":${index % 5},"TimeAtCapacity":${chats >> 3},"TimeIdle":${index % 1_800},` +
    `"TimeInAwayStatus":${index % 900},"TimeInChats":${chats},"TimeInOnlineStatus":${open ? 'null' : online}`
  );
}

function recordText(columns, index, shape) {
  if (shape === 'createable') return `{${createableText(columns, index)}}`;
  const number = columns.first + index;
  const stamp = isoTime(columns.login[index]);
  return (
    `{"Id":"${sessionId(number)}","Name":"${String(number + 1).padStart(8, '0')}","CreatedDate":"${stamp}",` +
    `"SystemModstamp":"${stamp}",${createableText(columns, index)}}`
  );
}

/** The records of `columns`: `full` with all 20 fields, `createable` with the 16 that a create() call may name. */
export function createRecords(columns, shape) {
  const records = [];
  for (let start = 0; start < columns.size; start += RECORDS_PER_PARSE) {
    const texts = [];
    const end = Math.min(columns.size, start + RECORDS_PER_PARSE);
    for (let index = start; index < end; index += 1) texts.push(recordText(columns, index, shape));
    for (const record of JSON.parse(`[${texts.join(',')}]`)) records.push(record);
  }
  return records;
}

/** The same plain values as new objects and strings, so that no argument is a string that a peer has seen before. */
export function renewed(values) {
  return JSON.parse(JSON.stringify(values));
}

/** What is synced, and what both ends must hold in the end: all from the seed. */

import { mix, mixText } from '../checksum.mjs';
import { createColumns, createRecords, isoTime } from '../data.mjs';
import { agentId } from '../ids.mjs';

const SEED = 20_261_126;

/** The question that a client answers once all is there. */
export const ASKED_AGENT = agentId(3);
export const ASKED_ROWS = 50;

/** The records that are changed again and again while latency is measured: all of one agent. */
export const LIVE_RECORDS = 50;

export const recordsOf = (size, shape) => createRecords(createColumns(size, SEED), shape);

export function liveRecords(shape) {
  const columns = createColumns(LIVE_RECORDS, SEED);
  columns.agent.fill(3);
  return createRecords(columns, shape);
}

const seeded = ({ AgentId, LoginTime, TimeInChats }) => mix(mixText(mixText(0, AgentId), LoginTime), TimeInChats);

/**
 * What an end holds, as numbers that do not depend on the order: `seed` of what the seed says, `all` with the ids, which some
 * stores give themselves, and what was changed since.
 */
export function sumsOf(records) {
  let seed = 0;
  let all = 0;
  for (const record of records) {
    const own = seeded(record);
    seed = (seed + own) | 0;
    all = (all + mix(mixText(own, record.Id), record.ChatReqAssigned)) | 0;
  }
  return { count: records.length, seed, all };
}

export function expectedSeed(size) {
  const { agent, login, chats } = createColumns(size, SEED);
  let sum = 0;
  for (let at = 0; at < size; at += 1)
    sum = (sum + seeded({ AgentId: agentId(agent[at]), LoginTime: isoTime(login[at]), TimeInChats: chats[at] })) | 0;
  return sum;
}

export function assertAgree(client, server, size) {
  if (client.count !== size || server.count !== size)
    throw new Error(`client ${client.count} and server ${server.count} records, not ${size}`);
  if (client.all !== server.all) throw new Error('client and server hold different records');
}

export function assertSeed({ seed }, size) {
  if (seed !== expectedSeed(size)) throw new Error('other records than those that were made');
}

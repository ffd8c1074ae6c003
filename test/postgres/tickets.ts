import { defineObject } from '../../src/engine/definition/define-object.ts';
import type { WireDocument } from '../../src/replication/wire.ts';
import type { Master, MasterAnswer, MasterEntry, MasterPush } from '../../src/server/master.ts';
import type { MasterRow } from '../../src/server/row-verdict.ts';

/** A field of every kind that a master treats by itself: a number it gives, a unique key, free text as it was written. */
export const Ticket = defineObject({
  name: 'Ticket',
  id: { kind: 'text' },
  text: 'verbatim',
  fields: {
    Name: { type: 'string', properties: 'Autonumber, Defaulted on create, Filter, Sort', displayFormat: 'T-{0000}' },
    Subject: { type: 'textarea', length: 200_000 },
    Size: { type: 'double' },
    Code: { type: 'string', properties: 'Create, Filter, Group, Nillable, Sort, Unique, Update' },
    Payload: { type: 'map', of: { type: 'string', length: 1000 } },
  },
});

export const Memo = defineObject({
  name: 'Memo',
  id: { kind: 'text' },
  fields: { Text: { type: 'string' } },
});

export const objects = [Ticket, Memo];
export const USER = '0055g00000ABcdeAAD';

/** A record that a client has made. */
export function made(id: string, fields: Record<string, unknown> = {}, object = 'Ticket'): MasterRow {
  return { object, id, assumed: undefined, next: { Id: id, ...fields, _deleted: false }, isWhole: false };
}

/** A change of fields from what the client takes them to be. */
export function edited(id: string, assumed: WireDocument, next: WireDocument, object = 'Ticket'): MasterRow {
  return { object, id, assumed: { Id: id, ...assumed }, next: { Id: id, ...next }, isWhole: false };
}

/** To the recycle bin, or back. */
export function binned(id: string, isDeleted = true, object = 'Ticket'): MasterRow {
  return edited(id, { _deleted: !isDeleted }, { _deleted: isDeleted }, object);
}

/** Gone for good. */
export function purged(id: string, object = 'Ticket'): MasterRow {
  const next = { Id: id, _deleted: true, _purged: true };
  return { object, id, assumed: { Id: id, _deleted: true }, next, isWhole: false };
}

export function pushOf(commits: MasterPush['commits'], more: Partial<MasterPush> = {}): MasterPush {
  const hash = JSON.stringify(commits);
  return {
    client: 'ada',
    push: undefined,
    hash,
    user: USER,
    commits,
    sees: () => true,
    judge: () => undefined,
    ...more,
  };
}

/** Writes rows as one commit and gives their answers. */
export async function write(
  master: Master,
  rows: readonly MasterRow[],
  more: Partial<MasterPush> = {},
): Promise<readonly MasterAnswer[]> {
  const outcome = await master.write(pushOf([rows], more));
  if (outcome.kind !== 'done') throw new Error(outcome.kind);
  return outcome.commits[0] ?? [];
}

/** All that has changed after a sequence, page by page. */
export async function readAll(master: Master, after = 0, limit = 1000): Promise<readonly MasterEntry[]> {
  const entries: MasterEntry[] = [];
  for (let at = after; ; ) {
    const page = await master.read({
      objects: ['Ticket', 'Memo'],
      after: at,
      limit,
      withBefore: false,
      heldOnly: false,
    });
    entries.push(...page.entries);
    at = page.sequence;
    if (page.done) return entries;
  }
}

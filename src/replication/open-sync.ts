import { changeKey } from './change-key.ts';
import { openedChange } from './opened-change.ts';
import type { SyncParts } from './sync-parts.ts';
import { objectsOf, type SyncedObject } from './sync-scope.ts';
import type { SyncHand, SyncStore } from './sync-store.ts';

/**
 * Has a database remember that objects are synced, from which moment on every write to them waits to be sent. Records that were
 * there before are sent as made here, and all of an object that is new to the sync, or asked for by another filter, is fetched.
 */
export function openSync({ name, at, env, objects }: SyncParts): void {
  const before = at.state(name);
  const asked = JSON.stringify(objects);
  if (before?.Objects === asked) return;
  const known =
    before === undefined ? new Map<string, SyncedObject>() : new Map(objectsOf(before).map((one) => [one.name, one]));
  const added = objects.filter((one) => !known.has(one.name));
  const isWider = objects.some((one) => JSON.stringify(known.get(one.name)) !== JSON.stringify(one));
  at.write((hand) => {
    hand.put('SyncState', name, {
      Objects: asked,
      ...(before === undefined && { Client: newClient(env.random(new Uint8Array(16))), NextPush: 1, InFlight: null }),
    });
    if (isWider && before !== undefined) hand.beginAnew(name, 'rights');
    for (const one of added) offerRecords(at, hand, one.name);
  });
}

/** A name by which no other client is known. */
export function newClient(random: Uint8Array): string {
  return [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The live records of an object that wait for nothing yet, as if they had been made now. */
function offerRecords(at: SyncStore, hand: SyncHand, object: string): void {
  const { entity, definition } = at.entity(object);
  const { table } = entity;
  const { now } = at.store.moment();
  for (let slot = 0; slot < table.slotCount; slot++) {
    const record = table.row(slot);
    if (record === undefined || table.isDeleted(slot)) continue;
    const id = record[definition.roles.id] as string;
    // Each is a commit of its own: they were not made together.
    const commit = at.store.feed.sequence + 1 + slot / 2 ** 32;
    const change = openedChange({ object, id, kind: 'create', commit, since: now, base: undefined });
    if (at.change(object, id) === undefined) hand.put('SyncChange', changeKey(object, id), change);
  }
}

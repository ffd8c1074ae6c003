import type { StoredRecord } from '../engine/record/record.ts';
import { toFields } from './document.ts';
import type { ChangeRow, SyncHand, SyncStore } from './sync-store.ts';
import type { PushAnswer, WireDocument } from './wire.ts';

/** A change that was refused for a unique key which the server still gives to a record that waits here to give it up. */
export interface Swap {
  /** The ids of both entries: of the change that was refused, and of what is written to the record that has the key. */
  readonly refused: string;
  readonly holder: string;
  /** The place of the key among those of the object, and its value. */
  readonly unique: number;
  readonly key: unknown;
}

const DUPLICATE = 'DUPLICATE_VALUE';

function isClash({ State, Code }: ChangeRow): boolean {
  return State === 'rejected' && Code === DUPLICATE;
}

/**
 * Which of the refused rows of a push want a key that another entry is to give up: as values that change hands in commits of their
 * own do, each of which is refused while the others have not been taken. Asked before the answers are taken in, as an entry that
 * was applied is gone then.
 */
export function findSwaps(
  at: SyncStore,
  commits: readonly (readonly string[])[],
  answer: PushAnswer['commits'],
): readonly Swap[] {
  const refused = commits.flatMap((keys, i) =>
    keys.filter((_, j) => {
      const row = answer[i]?.[j];
      return row?.status === 'refused' && row.code === DUPLICATE;
    }),
  );
  const holders = new Map<string, readonly Map<unknown, string>[]>();
  return refused.flatMap((id): Swap[] => {
    const change = at.changeAt(id);
    const record = change === undefined ? undefined : at.record(change.Object, change.RecordId);
    if (change === undefined || record === undefined) return [];
    const { entity } = at.entity(change.Object);
    const known = holders.get(change.Object) ?? heldKeys(at, change.Object);
    holders.set(change.Object, known);
    return entity.table.uniques.flatMap((one, unique): Swap[] => {
      const key = one.keyOf(record);
      const holder = key === undefined ? undefined : known[unique]?.get(key);
      return holder === undefined || holder === id ? [] : [{ refused: id, holder, unique, key }];
    });
  });
}

/** By unique key of an object, the entries of the records that the server is taken to hold with it. */
function heldKeys(at: SyncStore, object: string): readonly Map<unknown, string>[] {
  const { uniques } = at.entity(object).entity.table;
  const held = uniques.map(() => new Map<unknown, string>());
  for (const change of at.changes({ Object: object })) {
    const record = heldThere(at, change);
    if (record === undefined) continue;
    for (const [i, unique] of uniques.entries()) held[i]?.set(unique.keyOf(record), change.Id);
  }
  return held;
}

/** The record as the server is taken to hold it; undefined where it has none, has it in the bin, or where that is not known here. */
function heldThere(at: SyncStore, { Object: object, RecordId, Base }: ChangeRow): StoredRecord | undefined {
  const record = at.record(object, RecordId);
  if (record === undefined || Base === null) return undefined;
  const { definition } = at.entity(object);
  const held = { ...record, ...toFields(definition, JSON.parse(Base) as WireDocument) };
  return held[definition.roles.deleted] === true ? undefined : held;
}

/**
 * Once the answers are taken in: what was refused waits again, together with what gives up the key, of which neither can go before
 * the other; alone where the key was given up in this push. Those of one commit are not joined again, so what is refused together
 * stays refused. `most`: rows of a push, as more would be sent apart.
 */
export function settleSwaps(at: SyncStore, hand: SyncHand, swaps: readonly Swap[], most: number): void {
  const joins = new CommitJoins();
  const again: { readonly id: string; readonly commit: number }[] = [];
  for (const { refused, holder, unique, key } of swaps) {
    const change = at.changeAt(refused);
    const other = at.changeAt(holder);
    if (change === undefined || !isClash(change) || other?.Commit === change.Commit) continue;
    const record = other === undefined ? undefined : heldThere(at, other);
    const isHeld = record !== undefined && at.entity(change.Object).entity.table.uniques[unique]?.keyOf(record) === key;
    if (isHeld && other !== undefined) {
      // What waits for a person, or was refused for another reason, would only hold this back.
      if (other.State !== 'pending' && !isClash(other)) continue;
      joins.add(change.Commit, other.Commit);
      if (isClash(other)) again.push({ id: holder, commit: other.Commit });
    }
    again.push({ id: refused, commit: change.Commit });
  }
  const tooLarge = joins.carryOut(at, hand, most);
  for (const { id, commit } of again)
    if (!tooLarge.has(commit)) hand.put('SyncChange', id, { State: 'pending', Code: null, Message: null });
}

/** Commits of the outbox that are to become one. */
class CommitJoins {
  /** By number, all that it is joined with. */
  readonly #groups = new Map<number, Set<number>>();

  add(left: number, right: number): void {
    const group = new Set([...(this.#groups.get(left) ?? [left]), ...(this.#groups.get(right) ?? [right])]);
    for (const number of group) this.#groups.set(number, group);
  }

  /** Gives each group the number of its first. Returns the commits that stay as they are, being too large together. */
  carryOut(at: SyncStore, hand: SyncHand, most: number): ReadonlySet<number> {
    const tooLarge = new Set<number>();
    if (this.#groups.size === 0) return tooLarge;
    const rows = at.changes({ Commit: { $in: [...this.#groups.keys()] } });
    for (const group of new Set(this.#groups.values())) {
      const own = rows.filter(({ Commit }) => group.has(Commit));
      const first = Math.min(...group);
      if (own.length > most) for (const number of group) tooLarge.add(number);
      else for (const { Id, Commit } of own) if (Commit !== first) hand.put('SyncChange', Id, { Commit: first });
    }
    return tooLarge;
  }
}

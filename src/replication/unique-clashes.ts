import type { EngineError, Issue } from '../engine/ground/errors.ts';
import { changeKey } from './change-key.ts';
import { DELETED } from './document.ts';
import type { SyncEntity, SyncHand } from './sync-store.ts';
import type { WireDocument } from './wire.ts';

/** A document that could not be stored because another record has its unique key. */
export interface Clash {
  readonly scope: SyncEntity;
  readonly id: string;
  readonly document: WireDocument;
  readonly issues: readonly Issue[];
}

/** Stores a document, or gives the error for which it cannot be. */
export type TryTake = (clash: Clash) => EngineError | undefined;

/**
 * Documents whose unique keys are still those of other records here. On the server each key is of one record, so a key that seems
 * taken is most often given up by a document that comes later, or by one whose own new key is taken in turn: two that have swapped.
 */
export class UniqueClashes {
  readonly #hand: SyncHand;
  readonly #waiting = new Map<string, Clash>();

  constructor(hand: SyncHand) {
    this.#hand = hand;
  }

  add(clash: Clash): void {
    this.#waiting.set(keyOf(clash), clash);
  }

  /** Of a record that a later document is of. */
  forget(object: string, id: string): void {
    this.#waiting.delete(changeKey(object, id));
  }

  /** Stores what can be, and gives the rest. `isOpen`: whether nothing was written here to the record of a document. */
  settle(take: TryTake, isOpen: (clash: Clash) => boolean): readonly Clash[] {
    for (let before = Number.POSITIVE_INFINITY; this.#waiting.size < before; ) {
      before = this.#waiting.size;
      for (const clash of [...this.#waiting.values()])
        if (take(clash) === undefined) this.#waiting.delete(keyOf(clash));
    }
    let group = [...this.#waiting.values()].filter((clash) => clash.document[DELETED] === false && isOpen(clash));
    while (group.length > 1) {
      const failed = this.#swap(group, take);
      if (failed === undefined) {
        for (const clash of group) this.#waiting.delete(keyOf(clash));
        break;
      }
      group = group.filter((clash) => clash !== failed);
    }
    const left = [...this.#waiting.values()];
    this.#waiting.clear();
    return left;
  }

  /** Has all of them give up their keys for a moment within the commit, then stores each. Gives one that could not be, with nothing done. */
  #swap(group: readonly Clash[], take: TryTake): Clash | undefined {
    const { unit } = this.#hand;
    const { mark } = unit;
    for (const { scope, id } of group) {
      const { table, writer } = scope.entity;
      const slot = table.slotOf(id);
      const record = slot === undefined ? undefined : table.row(slot);
      const { deleted } = scope.definition.roles;
      if (slot !== undefined && record !== undefined && deleted !== undefined && !table.isDeleted(slot))
        unit.replace(table, slot, writer.setField(record, deleted, true));
    }
    const failed = group.find((clash) => take(clash) !== undefined);
    if (failed !== undefined) unit.undo(mark);
    return failed;
  }
}

function keyOf({ scope, id }: Clash): string {
  return changeKey(scope.definition.name, id);
}

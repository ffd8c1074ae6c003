import { must } from '../ground/assert.ts';
import type { StoredRecord } from '../record/record.ts';
import { CREATE, decodeCommits, originOf, PURGE, type StoredChange } from '../storage/commit-codec.ts';
import { freezeParsed } from '../storage/freeze-parsed.ts';
import type { StoredObject } from '../storage/match-schema.ts';
import type { Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import type { Origin } from '../write/change.ts';

/** Hears of a commit that has been made here, while others have yet to hear of it. */
export type FinishCommit = (unit: Unit, sequence: number, at: number, origin: Origin | undefined) => void;

/** Makes the commits of another tab in a store that is in use, each in a unit of its own. */
export class RemoteCommits {
  readonly #store: Store;
  readonly #objects: readonly (StoredObject | undefined)[];
  readonly #finish: FinishCommit;
  /** Of the commit that has begun. */
  #unit: Unit;

  /** `objects`: by which the payloads name objects and fields. */
  constructor(store: Store, objects: readonly (StoredObject | undefined)[], finish: FinishCommit) {
    this.#store = store;
    this.#objects = objects;
    this.#finish = finish;
    this.#unit = store.createUnit();
  }

  take(payload: Uint8Array): void {
    for (const [sequence, at, more, changes, origin] of decodeCommits(payload)) {
      this.#make(changes, at);
      if (more === 1) continue;
      const unit = this.#unit;
      this.#unit = this.#store.createUnit();
      this.#finish(unit, sequence, at, origin && originOf(origin));
    }
  }

  /** Creates of one object that follow each other are put in together. */
  #make(changes: readonly StoredChange[], at: number): void {
    for (let from = 0; from < changes.length; ) {
      const [place, kind] = changes[from] as StoredChange;
      const stored = this.#objectAt(place);
      if (kind !== CREATE) {
        this.#change(stored, changes[from++] as StoredChange, at);
        continue;
      }
      const records: StoredRecord[] = [];
      for (; changes[from]?.[0] === place && changes[from]?.[1] === CREATE; from++)
        records.push(this.#create(stored, (changes[from] as StoredChange)[2] as readonly unknown[]));
      this.#unit.insertAll(this.#entityOf(stored).table, records);
    }
  }

  #objectAt(place: number): StoredObject {
    return must(this.#objects[place], 'a change is of an object of the schema');
  }

  #entityOf(stored: StoredObject) {
    return this.#store.entity(stored.entity.definition.name);
  }

  #create({ entity, places, absent }: StoredObject, given: readonly unknown[]): StoredRecord {
    const values = [...absent];
    for (const [place, value] of given.entries()) values[places[place] as number] = freezeParsed(value);
    const record = entity.table.shape.make(values);
    entity.numbers.observe(record);
    return record;
  }

  #change(stored: StoredObject, change: StoredChange, at: number): void {
    const entity = this.#entityOf(stored);
    const { table, numbers } = entity;
    const slot = must(table.slotOf(change[2] as string), 'a change is of a record that is held');
    const before = must(table.row(slot), 'a slot of an id holds its record');
    if (change[1] === PURGE) {
      this.#store.notePurge(entity, before, at);
      this.#unit.purge(table, slot);
      return;
    }
    const [, , , changed = [], rootPlace, rootId] = change as Extract<StoredChange, { readonly 1: 1 }>;
    const values = new Array<unknown>(table.shape.names.length);
    table.shape.read(before, values);
    for (let i = 0; i < changed.length; i += 2)
      values[stored.places[changed[i] as number] as number] = freezeParsed(changed[i + 1]);
    const after = table.shape.make(values);
    numbers.observe(after);
    const root =
      rootPlace === undefined
        ? undefined
        : { object: this.#objectAt(rootPlace).entity.definition.name, id: rootId as string };
    this.#unit.replace(table, slot, after, root);
  }
}

import { must } from '../engine/ground/assert.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import type { Store } from '../engine/store/store.ts';
import type { Unit } from '../engine/store/unit.ts';
import type { Position } from './master.ts';
import { lastVersion } from './read-versions.ts';

interface Era {
  readonly id: string;
  readonly start: number;
  readonly forgotten: number;
}

const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The history of a database, cut into eras: a new one begins whenever it is opened, since what came after the last commit that
 * it finds may have been told to clients and lost. A place in the history is thus known by its era and its sequence: the same
 * number of a commit that was lost is of another era.
 */
export class Eras {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** In the order of their beginnings. */
  get #eras(): Era[] {
    const { table } = this.#store.entity('SyncEra');
    const eras: Era[] = [];
    for (let slot = 0; slot < table.slotCount; slot++) {
      const row = table.row(slot);
      if (row === undefined) continue;
      eras.push({
        id: row.Id as string,
        start: row.Start as number,
        forgotten: (row.Forgotten as number | null) ?? 0,
      });
    }
    return eras.sort((left, right) => left.start - right.start);
  }

  /** Begins an era, in the place of the last where nothing was committed since that began. The first of all stays. */
  begin(): void {
    const store = this.#store;
    const eras = this.#eras;
    const last = eras[eras.length - 1];
    const { table, writer } = store.entity('SyncEra');
    store.write((unit) => {
      const moment = store.moment();
      const isUnused = last !== undefined && eras.length > 1 && lastVersion(store) < last.start;
      if (isUnused) unit.purge(table, must(table.slotOf(last.id), 'the last era is held'));
      // Where it takes another's place it begins where that did: the commits that wrote them down are in nobody's history.
      const start = isUnused ? last.start : store.feed.sequence + 1;
      const values = { Id: this.#token(), Start: start, At: moment.now, Forgotten: this.forgotten };
      unit.insert(table, writer.internal(values, moment));
    });
  }

  #token(): string {
    const bytes = this.#store.environment.random(new Uint8Array(10));
    return Array.from(bytes, (byte) => DIGITS[byte & 31]).join('');
  }

  /** Up to which sequence changes have been forgotten. */
  get forgotten(): number {
    return this.#eras.reduce((most, { forgotten }) => Math.max(most, forgotten), 0);
  }

  /** Remembers that changes up to a sequence are forgotten. */
  forget(unit: Unit, sequence: number): void {
    const { table } = this.#store.entity('SyncEra');
    const last = must(this.#eras.at(-1), 'an era has begun');
    const slot = must(table.slotOf(last.id), 'the last era is held');
    const before = table.row(slot) as StoredRecord;
    unit.replace(
      table,
      slot,
      this.#store.entity('SyncEra').writer.setField(before, 'Forgotten', Math.max(sequence, this.forgotten)),
    );
  }

  eraAt(sequence: number): string {
    const eras = this.#eras;
    return must(eras.findLast(({ start }) => start <= sequence) ?? eras[0], 'an era has begun').id;
  }

  /**
   * The place at which all has been told: the last commit that changed a record. What came after it were books alone; told as
   * places, they would set apart clients that hold the same, and be lost with an era in which nothing was done.
   */
  get present(): number {
    return Math.max(lastVersion(this.#store), this.forgotten);
  }

  check({ era, sequence }: Position): 'known' | 'lost' | 'too-old' {
    const eras = this.#eras;
    const at = eras.findIndex(({ id }) => id === era);
    if (at < 0) return 'lost';
    const from = at === 0 ? 0 : (eras[at] as Era).start - 1;
    const to = (eras[at + 1]?.start ?? this.#store.feed.sequence + 1) - 1;
    if (!Number.isInteger(sequence) || sequence < from || sequence > to) return 'lost';
    return sequence < this.forgotten ? 'too-old' : 'known';
  }
}

import type { ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import type { LiveQuery } from '../../src/index.ts';
import { type AnyCollection, type AnyDatabase, collectionOf, type Row } from './any-database.ts';
import { expectEqual } from './expect-rows.ts';
import { NOON_MS } from './fake-environment.ts';

const FROM = new Date(NOON_MS - 86_400_000);
const TO = new Date(NOON_MS + 20 * 86_400_000);

interface Held {
  record: Row;
  deleted: boolean;
  takenBy: string | undefined;
}

/**
 * What must be in the recycle bin and what must not, by the definitions' cascades alone. Learns from the database what
 * records there are while they live; from then on it knows what they must look like, in the bin and back again.
 */
export class RecycleBin {
  readonly #definitions: ReadonlyMap<string, ObjectDefinition>;
  readonly #collections: ReadonlyMap<string, AnyCollection>;
  readonly #lives: ReadonlyMap<string, { readonly rows: LiveQuery<Row>; readonly count: LiveQuery<Row> }>;
  readonly #held = new Map<string, Map<string, Held>>();

  constructor(database: AnyDatabase, definitions: readonly ObjectDefinition[], names: readonly string[]) {
    this.#definitions = new Map(
      definitions.filter(({ name }) => names.includes(name)).map((definition) => [definition.name, definition]),
    );
    this.#collections = new Map(names.map((name) => [name, collectionOf(database, name)]));
    this.#lives = new Map(
      [...this.#collections].map(([name, collection]) => [
        name,
        { rows: collection.live({}), count: collection.live({ select: { n: { $count: '*' } } }) },
      ]),
    );
    for (const name of names) this.#held.set(name, new Map());
  }

  #of(name: string): Map<string, Held> {
    return this.#held.get(name) as Map<string, Held>;
  }

  /** The root of the deletion that took a record. */
  takenBy(name: string, id: string): string | undefined {
    return this.#of(name).get(id)?.takenBy;
  }

  /** Notes records that are new or have changed. */
  learn(): void {
    for (const [name, collection] of this.#collections) {
      const held = this.#of(name);
      for (const record of collection.find({})) {
        const known = held.get(record.Id as string);
        // One that must be in the bin and is not is left for the check to find.
        if (known?.deleted === true) continue;
        held.set(record.Id as string, { record, deleted: false, takenBy: undefined });
      }
    }
  }

  put(name: string, id: string, now: string, root?: string): void {
    const held = this.#of(name).get(id);
    if (held === undefined || held.deleted) return;
    held.deleted = true;
    held.takenBy = root;
    held.record = { ...held.record, IsDeleted: true, SystemModstamp: now };
    for (const [child, { fields }] of this.#definitions) {
      const ways = fields.filter((field) => field.cascadeDelete === true && field.referenceTo?.includes(name));
      for (const { name: field } of ways) {
        for (const [childId, { record }] of this.#of(child))
          if (record[field] === id) this.put(child, childId, now, root ?? `${name} ${id}`);
      }
    }
  }

  take(name: string, id: string, now: string): void {
    const root = `${name} ${id}`;
    for (const [other, all] of this.#held) {
      for (const [key, held] of all) {
        if (held.takenBy !== root && !(other === name && key === id)) continue;
        held.deleted = false;
        held.takenBy = undefined;
        held.record = { ...held.record, IsDeleted: false, SystemModstamp: now };
      }
    }
  }

  purge(name: string, id: string): void {
    for (const [other, all] of this.#held) {
      for (const [key, held] of all)
        if (held.takenBy === `${name} ${id}` || (other === name && key === id)) all.delete(key);
    }
  }

  /** Checks every way of reading. */
  async expectKept(): Promise<void> {
    for (const [name, collection] of this.#collections) {
      const held = [...this.#of(name).values()];
      const live = held.filter(({ deleted }) => !deleted).map(({ record }) => record);
      const deleted = held.filter((one) => one.deleted).map(({ record }) => record);
      const byId = (rows: readonly Row[]) => new Map(rows.map((row) => [row.Id, row]));
      expectEqual(byId(collection.find({})), byId(live));
      expectEqual(byId(collection.find({ deleted: 'only' })), byId(deleted));
      expectEqual(byId(this.#lives.get(name)?.rows.getSnapshot() ?? []), byId(live));
      expectEqual(this.#lives.get(name)?.count.getSnapshot(), [{ n: live.length }]);
      expectEqual(collection.count(), live.length);
      expectEqual(collection.size, live.length);
      expectEqual(collection.count({ where: { IsDeleted: true } }), 0);
      expectEqual(collection.aggregate({ select: { n: { $count: 'Id' } } }), [{ n: live.length }]);
      for (const { Id: id } of deleted) expectEqual(collection.get(id as string), undefined);
      for (const { Id: id } of deleted) expectEqual(collection.find({ where: { Id: id } }), []);
      await this.#expectCalls(name, collection, live, deleted);
    }
  }

  async #expectCalls(
    name: string,
    collection: AnyCollection,
    live: readonly Row[],
    deleted: readonly Row[],
  ): Promise<void> {
    const { calls } = this.#definitions.get(name) as ObjectDefinition;
    const ids = deleted.slice(0, 200).map(({ Id }) => Id as string);
    if (calls.has('retrieve'))
      expectEqual(
        await collection.retrieve(ids),
        ids.map(() => null),
      );
    if (calls.has('getUpdated')) {
      const updated = collection.getUpdated(FROM, TO, { unlimited: true }).ids;
      expectEqual(new Set(updated), new Set(live.map(({ Id }) => Id)));
    }
    if (!calls.has('getDeleted')) return;
    const told = collection.getDeleted(FROM, TO, { unlimited: true }).deletedRecords;
    expectEqual(
      new Map(told.map(({ id, deletedDate }) => [id, deletedDate])),
      new Map(deleted.map((row) => [row.Id, row.SystemModstamp])),
    );
  }
}

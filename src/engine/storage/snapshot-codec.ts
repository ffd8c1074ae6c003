import { must } from '../ground/assert.ts';
import type { StoredRecord } from '../record/record.ts';
import type { CapturedRows } from '../store/captured-rows.ts';
import type { RecordName } from '../store/cascade-memory.ts';
import type { Entity, Store } from '../store/store.ts';
import type { Origin } from '../write/change.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { readColumn, writeColumn } from './column-codec.ts';
import { sealBlock } from './envelope.ts';
import type { StoredObject } from './match-schema.ts';
import { SameColumn, type StoredColumn } from './stored-column.ts';
import type { StoredTables } from './stored-tables.ts';

/** Records in one block: enough for lists of different values to be short beside them, few enough to write in 10 ms. */
const ROWS_MAX = 4096;

/** What else a store knows, beside its records. Plain JSON. */
export interface StoredState {
  /** The last number given of each autonumber field, by object and field. */
  readonly numbers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** When the record was deleted that was the last to be, among those purged, by object. */
  readonly purges: Readonly<Record<string, number>>;
  /** The newest calls of other tabs that were answered. */
  readonly origins?: readonly Origin[] | undefined;
}

/** A store at one moment. Records never change, so holding them is all it takes. */
export interface StoreCapture {
  readonly sequence: number;
  readonly at: number;
  readonly state: StoredState;
  readonly tables: readonly CapturedTable[];
}

interface CapturedTable {
  readonly entity: Entity;
  /** In the order of their slots. */
  readonly records: CapturedRows;
  /** By id: the record whose deletion took it. */
  readonly roots: ReadonlyMap<string, RecordName>;
}

export function captureStore(store: Store): StoreCapture {
  const tables = [...store.entities].map((entity) => {
    const { table } = entity;
    return { entity, records: table.capture(), roots: table.deletedWith.copy() };
  });
  const numbers = Object.fromEntries(tables.map(({ entity }) => [entity.definition.name, entity.numbers.last()]));
  const purges: Record<string, number> = {};
  for (const { entity } of tables) {
    const at = store.lastPurgedMs(entity);
    if (at !== undefined) purges[entity.definition.name] = at;
  }
  const origins = store.origins.list();
  const state = origins.length === 0 ? { numbers, purges } : { numbers, purges, origins };
  return { sequence: store.feed.sequence, at: store.lastMs, state, tables };
}

/** A block of rows of one object by columns: its place, the count, a column a field, and who was deleted with whom. */
export interface SealedRows {
  readonly bytes: Uint8Array;
  readonly checksum: number;
  readonly count: number;
}

/** The records of a capture as a chain of blocks, one at a time, so that others have their turn between. */
export function* sealRows({ tables, sequence }: StoreCapture): Generator<SealedRows> {
  let [number, previous] = [0, 0];
  const places = new Map(tables.map(({ entity }, place) => [entity.definition.name, place]));
  for (const [place, table] of tables.entries())
    for (let from = 0; from < table.records.length; from += ROWS_MAX) {
      const records = table.records.slice(from, from + ROWS_MAX);
      const count = records.length;
      const payload = encodeChunk(place, table, records, places);
      const sealed = sealBlock({ kind: 'rows', number, sequence, count, previous, payload });
      yield { ...sealed, count };
      number++;
      previous = sealed.checksum;
    }
}

function encodeChunk(
  place: number,
  { entity, roots }: CapturedTable,
  records: readonly StoredRecord[],
  places: ReadonlyMap<string, number>,
): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(place);
  writer.u32(records.length);
  const { fields, roles } = entity.definition;
  for (const { name, type } of fields)
    writeColumn(
      writer,
      records.map((record) => record[name]),
      type,
    );
  const rootsOf = records.map((record) => {
    const root = roots.get(record[roles.id] as string);
    return root === undefined ? null : [must(places.get(root.object), 'a root is of this store'), root.id];
  });
  writeColumn(writer, rootsOf, 'roots');
  return writer.finish();
}

/** Gathers the rows of a snapshot. None is made into a record. */
export class SnapshotReplay {
  readonly #objects: readonly StoredObject[];
  readonly #tables: StoredTables;

  constructor(objects: readonly StoredObject[], tables: StoredTables) {
    this.#objects = objects;
    this.#tables = tables;
  }

  /** Throws unless the block holds what it says. */
  replay(payload: Uint8Array): void {
    const reader = new ByteReader(payload);
    const object = must(this.#objects[reader.u32()], 'rows are of an object of the schema');
    const count = reader.u32();
    if (count === 0 || count > ROWS_MAX) throw new RangeError('a block holds some records, and not more than fit');
    const { entity, places, absent } = object;
    // In the order of today's fields; those that came later are of their default throughout.
    const columns: StoredColumn[] = absent.map((value) => new SameColumn(value));
    for (const place of places) columns[place] = readColumn(reader, count);
    const { table } = entity;
    const ids = columns[table.positionOf(entity.definition.roles.id)] as StoredColumn;
    this.#tables.rowsOf(entity).addBlock(columns, count);
    const roots = readColumn(reader, count);
    reader.end();
    if (roots instanceof SameColumn && roots.value === null) return;
    for (let row = 0; row < count; row++) {
      const root = roots.at(row) as readonly [number, string] | null;
      if (root === null) continue;
      const { definition } = must(this.#objects[root[0]], 'a root is of the schema').entity;
      table.deletedWith.set(ids.at(row) as string, { object: definition.name, id: root[1] });
    }
  }

  finish(store: Store, { numbers, purges, origins = [] }: StoredState): void {
    for (const origin of origins) store.origins.note(origin);
    for (const { entity } of this.#objects) {
      const { definition } = entity;
      const own = numbers[definition.name];
      if (own !== undefined) entity.numbers.resume(own);
      const purgedMs = purges[definition.name];
      if (purgedMs !== undefined) store.resumePurge(definition.name, purgedMs);
    }
  }
}

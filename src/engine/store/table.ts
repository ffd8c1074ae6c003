import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import { assert, must } from '../ground/assert.ts';
import type { StoredRecord } from '../record/record.ts';
import type { RecordShape } from '../record/record-shape.ts';
import { CapturedRows, slotsUnlike } from './captured-rows.ts';
import { CascadeMemory } from './cascade-memory.ts';
import { Column, columnKind } from './column.ts';
import { IdSlots } from './id-slots.ts';
import { NO_INDEXES, OrderedIndex } from './ordered-index.ts';
import type { RowSource } from './row-source.ts';
import { sortSlotsBy } from './sort-slots.ts';
import { createUniqueIndexes, type UniqueIndex } from './unique-index.ts';

/** What a slot holds. */
export const EMPTY = 0;
export const LIVE = 1;
export const DELETED = 2;

/** A list of slots up to this long gets the buffer that every table has once it has been asked. */
const SMALL_BUFFER = 1024;

/** From how many new records on a batch is sorted into the indexes rather than put in one by one. */
const BULK_MIN = 512;

/**
 * All records of one object, by slot: slots rise in the order of creation, so slot order is creation order. Only the
 * last one is given again, when its record has left for good. Records are the truth; columns and indexes hold what can be
 * found faster, over live records only. Of records that were stored each is made when first read, and kept from then on;
 * columns, indexes and unique keys are made ready when first asked for.
 */
export class Table {
  readonly definition: ObjectDefinition;
  readonly shape: RecordShape;
  /** Undefined where a slot is empty, or its record was stored and nobody has read it. */
  readonly #rows: (StoredRecord | undefined)[] = [];
  states = new Uint8Array(0);
  #slots = new IdSlots();
  /** Where stored records come from, until all are made; and how many are not. */
  #source: RowSource | undefined;
  #unmade = 0;
  /** Slots of the source whose record is another now or gone, while there is a source. */
  readonly #changed = new Set<number>();
  /** The slots in the recycle bin. */
  readonly bin = new Set<number>();
  /** The same in order, while the bin is as it was. */
  #binSlots: Int32Array | undefined;
  /** Records scanned for want of an index, by field; undefined where none may be built unasked. */
  scanDebts: Map<string, number> | undefined;
  readonly deletedWith = new CascadeMemory();
  readonly indexes: OrderedIndex[] = [];
  readonly uniques: UniqueIndex[];
  /** Columns by field position, where built. */
  readonly #columns: (Column | undefined)[];
  readonly #active: { readonly at: number; readonly column: Column }[] = [];
  readonly #positions: ReadonlyMap<string, number>;
  readonly #before: unknown[];
  readonly #after: unknown[];
  readonly #deletedAt: number;
  /** The field positions of each index. */
  readonly #indexPositions: (readonly number[])[] = [];
  #byWidth: readonly OrderedIndex[] = [];
  #smallBuffer: Int32Array | undefined;
  #slotBuffer = new Int32Array(0);
  #capacity = 0;
  #liveCount = 0;

  constructor(definition: ObjectDefinition, shape: RecordShape) {
    this.definition = definition;
    this.shape = shape;
    this.#columns = definition.fields.map(() => undefined);
    this.#before = definition.fields.map(() => null);
    this.#after = definition.fields.map(() => null);
    this.#positions = new Map(definition.fields.map((field, at) => [field.name, at]));
    this.#deletedAt = must(this.#positions.get(definition.roles.deleted), 'a definition has its deleted flag');
    this.uniques = createUniqueIndexes(definition);
  }

  get name(): string {
    return this.definition.name;
  }

  /** Live records; those in the recycle bin not counted. */
  get liveCount(): number {
    return this.#liveCount;
  }

  /** One above the highest slot. */
  get slotCount(): number {
    return this.#rows.length;
  }

  /** How many stored records nobody has read yet. */
  get unmadeCount(): number {
    return this.#unmade;
  }

  /** The record in a slot, the same object each time. */
  row(slot: number): StoredRecord | undefined {
    const row = this.#rows[slot];
    return row === undefined && this.#source !== undefined ? this.#make(this.#source, slot) : row;
  }

  #make(source: RowSource, slot: number): StoredRecord | undefined {
    if (slot >= source.count || this.states[slot] === EMPTY) return undefined;
    const row = source.make(slot);
    this.#rows[slot] = row;
    if (--this.#unmade === 0) this.#endSource();
    return row;
  }

  #endSource(): void {
    this.#slots.keepStored();
    this.#source = undefined;
    this.#changed.clear();
  }

  /** A value of the record in a slot, which is not made for it. */
  value(slot: number, at: number): unknown {
    const row = this.#rows[slot];
    if (row !== undefined) return row[(this.definition.fields[at] as FieldDefinition).name];
    const isStored = this.#source !== undefined && slot < this.#source.count && this.states[slot] !== EMPTY;
    return isStored ? this.#source?.value(slot, at) : undefined;
  }

  /** Takes the records of a source into an empty table. None is made, and nothing sorted. */
  load(source: RowSource): void {
    assert(this.#rows.length === 0, 'a table that is loaded is empty');
    if (source.count === 0) return;
    this.reserve(source.count);
    // Pushed, as an array that is made with its length is read the slower way for good.
    const empty = Array.from({ length: Math.min(source.count, 4096) }, () => undefined);
    while (this.#rows.length < source.count) this.#rows.push(...empty.slice(0, source.count - this.#rows.length));
    this.states.fill(LIVE, 0, source.count);
    this.#liveCount = source.count;
    for (const slot of source.deleted) this.#setState(slot, DELETED);
    for (const slot of source.gone) this.#setState(slot, EMPTY);
    this.#source = source;
    this.#unmade = this.#liveCount + this.bin.size;
    this.#slots = source.ids;
    if (this.#unmade === 0) this.#endSource();
    for (const { column } of this.#active.splice(0)) column.isFilled = false;
    for (const index of this.indexes) index.postpone(() => this.#sortInto(index));
    for (const unique of this.uniques) unique.postpone(() => this.#fillUnique(unique));
  }

  /** The records of this moment, to be read while others write. */
  capture(): CapturedRows {
    const held = this.states.subarray(0, this.#rows.length);
    return new CapturedRows(this.#rows.slice(), slotsUnlike(held, EMPTY), this.#source);
  }

  field(name: string): FieldDefinition {
    return must(this.definition.fieldsByName.get(name), 'a checked field exists');
  }

  positionOf(name: string): number {
    return must(this.#positions.get(name), 'a checked field exists');
  }

  /** The slots in the recycle bin, in order. Not to be written to. */
  binSlots(): Int32Array {
    this.#binSlots ??= Int32Array.from(this.bin).sort();
    return this.#binSlots;
  }

  /** Whether a slot's record is in the recycle bin. */
  isDeleted(slot: number): boolean {
    return this.states[slot] === DELETED;
  }

  /** The slot of a canonical id, or undefined. */
  slotOf(id: string): number | undefined {
    return this.#slots.get(id);
  }

  /** The column of a field, built on first use; undefined where the field can have none. */
  column(name: string): Column | undefined {
    const at = this.positionOf(name);
    const known = this.#columns[at];
    if (known?.isFilled === true) return known;
    const field = this.field(name);
    if (columnKind(field) === undefined) return undefined;
    const column = known ?? new Column(field, this.#capacity);
    this.#fill(column, at);
    this.#columns[at] = column;
    return column;
  }

  /** Slot after slot, as the first spelling of a text is the one that its dictionary keeps. */
  #fill(column: Column, at: number): void {
    column.grow(this.#capacity);
    const { name } = column.field;
    const set = (slot: number) => {
      const row = this.#rows[slot];
      if (row !== undefined) column.set(slot, row[name]);
    };
    let from = 0;
    if (this.#source !== undefined) {
      const fill = this.#source.filler(at, column);
      for (const slot of Int32Array.from(this.#changed).sort()) {
        fill(from, slot);
        set(slot);
        from = slot + 1;
      }
      fill(from, this.#source.count);
      from = this.#source.count;
    }
    for (let slot = from; slot < this.#rows.length; slot++) set(slot);
    column.isFilled = true;
    this.#active.push({ at, column });
  }

  /** The column of a field if it is already built, or was when its records were stored. */
  builtColumn(name: string): Column | undefined {
    const column = this.#columns[this.positionOf(name)];
    return column === undefined || column.isFilled ? column : this.column(name);
  }

  /** The index on just this text field, whose groups are in slot order; undefined when there is none. */
  groupIndex(column: Column): OrderedIndex | undefined {
    return this.indexes.find(
      (index) => index.groupColumns.length === 1 && index.groupColumns[0] === column && index.orderColumn === undefined,
    );
  }

  /** The index on exactly these fields, made from the records held when there is none. */
  addIndex(names: readonly string[]): OrderedIndex {
    const known = this.indexes.find((index) => index.fields.join() === names.join());
    if (known !== undefined) return known;
    const columns = names.map((name) => must(this.column(name), 'an indexed field has a column'));
    const index = new OrderedIndex(columns);
    this.#sortInto(index);
    this.indexes.push(index);
    this.#indexPositions.push(names.map((name) => this.positionOf(name)));
    return index;
  }

  #sortInto(index: OrderedIndex): void {
    for (const name of index.fields) this.column(name);
    const live = new Int32Array(this.#liveCount);
    let count = 0;
    for (let slot = 0; slot < this.#rows.length; slot++) if (this.states[slot] === LIVE) live[count++] = slot;
    if (count > 0) index.insertAll(live);
  }

  #fillUnique(unique: UniqueIndex): void {
    const places = unique.fields.map((name) => this.positionOf(name));
    for (let slot = 0; slot < this.#rows.length; slot++) {
      if (this.states[slot] !== LIVE) continue;
      unique.insert(unique.keyOfValues(places.map((at) => this.value(slot, at))), slot);
    }
  }

  /** The indexes, those on most fields first. */
  indexesByWidth(): readonly OrderedIndex[] {
    if (this.#byWidth.length !== this.indexes.length)
      this.#byWidth = [...this.indexes].sort((left, right) => right.fields.length - left.fields.length);
    return this.#byWidth;
  }

  /**
   * Room for `count` slots, lent to one query at a time: a new array each would cost 1.5 us, and work for the
   * collector, even for the few slots of a page of a list.
   */
  slotBuffer(count: number): Int32Array {
    if (count <= SMALL_BUFFER) {
      this.#smallBuffer ??= new Int32Array(SMALL_BUFFER);
      return this.#smallBuffer;
    }
    if (this.#slotBuffer.length < this.#rows.length) this.#slotBuffer = new Int32Array(this.#capacity);
    return this.#slotBuffer;
  }

  /** Makes room for `extra` more records at once, exactly where many come together. */
  reserve(extra: number): void {
    const wanted = this.#rows.length + extra;
    if (wanted <= this.#capacity) return;
    const capacity = extra >= BULK_MIN ? wanted : Math.max(64, Math.ceil(wanted * 1.25));
    const states = new Uint8Array(capacity);
    states.set(this.states);
    this.states = states;
    for (const { column } of this.#active) column.grow(capacity);
    this.#capacity = capacity;
  }

  #setColumns(slot: number, values: readonly unknown[]): void {
    for (const { at, column } of this.#active) column.set(slot, values[at]);
  }

  /** Adds records at the end. Their ids are new and their unique keys free: commit has seen to it. */
  insertAll(records: readonly StoredRecord[]): void {
    this.reserve(records.length);
    const bulk = records.length >= BULK_MIN;
    // Into an empty table most often come many more, as in a first pull: an index takes them all in when it is first asked.
    if (bulk && this.#liveCount === 0) for (const index of this.indexes) index.postpone(() => this.#sortInto(index));
    const added = bulk ? new Int32Array(records.length) : undefined;
    let addedCount = 0;
    for (const record of records) {
      const slot = this.#place(record, this.#rows.length);
      if (this.states[slot] !== LIVE) continue;
      if (added !== undefined) added[addedCount++] = slot;
      else for (const index of this.indexes) index.insert(slot);
    }
    if (added === undefined || addedCount === 0) return;
    const slots = addedCount === added.length ? added : added.slice(0, addedCount);
    // Indexes that end in one field share the sorting.
    const sorted = new Map<Column | undefined, Int32Array>([[undefined, slots]]);
    for (const index of this.indexes.filter(({ isSorted }) => isSorted)) {
      let ordered = sorted.get(index.orderColumn);
      if (ordered === undefined) {
        ordered = sortSlotsBy(index.orderColumn as Column, slots);
        sorted.set(index.orderColumn, ordered);
      }
      index.insertMany(ordered);
    }
  }

  insert(record: StoredRecord): number {
    this.reserve(1);
    const slot = this.#place(record, this.#rows.length);
    if (this.states[slot] === LIVE) for (const index of this.indexes) index.insert(slot);
    return slot;
  }

  /** Puts a purged record back where it stood, when a transaction is undone. */
  restore(record: StoredRecord, slot: number): void {
    this.#place(record, slot);
    if (this.states[slot] === LIVE) for (const index of this.indexes) index.insert(slot);
  }

  #place(record: StoredRecord, slot: number): number {
    const values = this.#after;
    this.shape.read(record, values);
    this.#rows[slot] = record;
    this.#slots.set(record[this.definition.roles.id] as string, slot);
    this.#setColumns(slot, values);
    this.#setState(slot, values[this.#deletedAt] === true ? DELETED : LIVE);
    if (this.states[slot] === LIVE) for (const unique of this.uniques) unique.insert(unique.keyOf(record), slot);
    return slot;
  }

  #setState(slot: number, state: number): void {
    const before = this.states[slot];
    if (before === state) return;
    if (before === LIVE) this.#liveCount--;
    if (before === DELETED || state === DELETED) this.#binSlots = undefined;
    if (before === DELETED) this.bin.delete(slot);
    if (state === LIVE) this.#liveCount++;
    if (state === DELETED) this.bin.add(slot);
    this.states[slot] = state;
  }

  /** Puts `after` in the place of the record held. Indexes whose fields did not change are not touched. */
  replace(slot: number, after: StoredRecord): void {
    const record = must(this.row(slot), 'a record to replace is held');
    if (this.#source !== undefined && slot < this.#source.count) this.#changed.add(slot);
    this.shape.read(record, this.#before);
    this.shape.read(after, this.#after);
    const wasLive = this.states[slot] === LIVE;
    const isLive = this.#after[this.#deletedAt] !== true;
    const touched = wasLive === isLive ? this.#touched() : this.indexes;
    if (wasLive) for (const index of touched) index.remove(slot);
    for (const { at, column } of this.#active)
      if (this.#before[at] !== this.#after[at]) column.set(slot, this.#after[at]);
    if (wasLive) for (const unique of this.uniques) unique.remove(unique.keyOf(record), slot);
    this.#rows[slot] = after;
    this.#setState(slot, isLive ? LIVE : DELETED);
    if (!isLive) return;
    for (const index of touched) index.insert(slot);
    for (const unique of this.uniques) unique.insert(unique.keyOf(after), slot);
  }

  /** The indexes with a field in which the values just read differ. */
  #touched(): readonly OrderedIndex[] {
    let touched: OrderedIndex[] | undefined;
    for (let i = 0; i < this.indexes.length; i++) {
      for (const at of this.#indexPositions[i] as readonly number[]) {
        if (this.#before[at] === this.#after[at]) continue;
        touched ??= [];
        touched.push(this.indexes[i] as OrderedIndex);
        break;
      }
    }
    return touched ?? NO_INDEXES;
  }

  /** Takes a record out for good. The last slot is given back, so that undoing an insert leaves no trace. */
  remove(slot: number): void {
    const record = must(this.row(slot), 'a record to remove is held');
    if (this.#source !== undefined && slot < this.#source.count) this.#changed.add(slot);
    if (this.states[slot] === LIVE) {
      for (const index of this.indexes) index.remove(slot);
      for (const unique of this.uniques) unique.remove(unique.keyOf(record), slot);
    }
    this.#setState(slot, EMPTY);
    this.#slots.delete(record[this.definition.roles.id] as string);
    if (slot === this.#rows.length - 1) this.#rows.pop();
    else this.#rows[slot] = undefined;
  }
}

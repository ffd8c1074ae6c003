import type { FieldSpec, ObjectSpec } from '../../src/engine/definition/definition.ts';
import { type Row, USER_ID } from './any-database.ts';
import { type AggregateLike, aggregateRecords } from './oracle-aggregate.ts';
import { type Fields, type FindLike, findRecords, project } from './oracle-find.ts';

/**
 * A database as simple as can be: for each object an array of records in the order of creation. It says what every
 * read must give after any history of writes.
 */

const SYSTEM_FIELDS: Fields = {
  Id: { type: 'id' },
  IsDeleted: { type: 'boolean' },
  CreatedDate: { type: 'dateTime' },
  CreatedById: { type: 'reference' },
  LastModifiedDate: { type: 'dateTime' },
  LastModifiedById: { type: 'reference' },
  SystemModstamp: { type: 'dateTime' },
};

/** Never changed in place, so that a copy of the arrays is a copy of everything. */
interface Held {
  readonly record: Row;
  /** The record whose deletion took this one, as `object id`. */
  readonly takenBy: string | undefined;
}

export type OracleSnapshot = ReadonlyMap<string, readonly Held[]>;

export class Oracle {
  readonly #specs: ReadonlyMap<string, ObjectSpec>;
  readonly #fields = new Map<string, Fields>();
  #held: Map<string, Held[]>;
  /** The moment of the next write, in the stored form. */
  now = '';

  constructor(specs: readonly ObjectSpec[]) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#held = new Map(specs.map((spec) => [spec.name, []]));
  }

  fields(object: string): Fields {
    const known = this.#fields.get(object) ?? { ...SYSTEM_FIELDS, ...this.#specs.get(object)?.fields };
    this.#fields.set(object, known);
    return known;
  }

  #of(object: string): Held[] {
    return this.#held.get(object) as Held[];
  }

  /** The ids of an object in order of creation, those in the bin too. */
  ids(object: string): readonly string[] {
    return this.#of(object).map(({ record }) => record.Id as string);
  }

  records(object: string, deleted: FindLike['deleted'] = 'exclude'): readonly Row[] {
    const all = this.#of(object).map(({ record }) => record);
    return deleted === 'include' ? all : all.filter((record) => record.IsDeleted === (deleted === 'only'));
  }

  get(object: string, id: string): Row | undefined {
    return this.records(object).find((record) => record.Id === id);
  }

  findWhole(object: string, query: FindLike): readonly Row[] {
    return findRecords(this.fields(object), this.records(object, query.deleted), query);
  }

  find(object: string, query: FindLike): readonly Row[] {
    return this.findWhole(object, query).map((record) => project(record, query.select));
  }

  aggregate(object: string, query: AggregateLike): readonly Row[] {
    return aggregateRecords(this.fields(object), this.records(object), query);
  }

  snapshot(): OracleSnapshot {
    return new Map([...this.#held].map(([object, held]) => [object, [...held]]));
  }

  restore(snapshot: OracleSnapshot): void {
    this.#held = new Map([...snapshot].map(([object, held]) => [object, [...held]]));
  }

  /** `made`: the id and the number that the database gave. */
  create(object: string, input: Row, made: { readonly id: string; readonly name: unknown }): void {
    const { now } = this;
    const record: Record<string, unknown> = {
      Id: made.id,
      IsDeleted: false,
      CreatedDate: now,
      CreatedById: USER_ID,
      LastModifiedDate: now,
      LastModifiedById: USER_ID,
      SystemModstamp: now,
    };
    const spec = this.#specs.get(object) as ObjectSpec;
    for (const [name, field] of Object.entries(spec.fields)) {
      if (name === 'Name') record[name] = made.name;
      else record[name] = stored(field, input[name] ?? null, spec) ?? (isRequiredBoolean(field) ? false : null);
    }
    this.#of(object).push({ record, takenBy: undefined });
  }

  update(object: string, input: Row): boolean {
    const at = this.#liveAt(object, input.Id as string);
    if (at < 0) return false;
    const spec = this.#specs.get(object) as ObjectSpec;
    const changes: Record<string, unknown> = {
      LastModifiedDate: this.now,
      LastModifiedById: USER_ID,
      SystemModstamp: this.now,
    };
    for (const [name, value] of Object.entries(input)) {
      if (name !== 'Id' && value !== undefined) changes[name] = stored(spec.fields[name] as FieldSpec, value, spec);
    }
    this.#change(object, at, changes, undefined);
    return true;
  }

  delete(object: string, id: string, takenBy?: string): boolean {
    const at = this.#liveAt(object, id);
    if (at < 0) return false;
    this.#change(object, at, { IsDeleted: true, SystemModstamp: this.now }, takenBy);
    const root = takenBy ?? `${object} ${id}`;
    for (const [child, { fields }] of this.#specs) {
      for (const [name, field] of Object.entries(fields)) {
        if (field.cascadeDelete !== true || field.referenceTo?.includes(object) !== true) continue;
        const children = this.records(child).filter((record) => record[name] === id);
        for (const record of children) this.delete(child, record.Id as string, root);
      }
    }
    return true;
  }

  undelete(object: string, id: string): boolean {
    const at = this.#at(object, id);
    const held = this.#of(object)[at];
    if (held === undefined || held.record.IsDeleted !== true || held.takenBy !== undefined) return false;
    this.#change(object, at, { IsDeleted: false, SystemModstamp: this.now }, undefined);
    for (const [other, all] of this.#held) {
      for (const [place, { takenBy }] of all.entries()) {
        if (takenBy === `${object} ${id}`)
          this.#change(other, place, { IsDeleted: false, SystemModstamp: this.now }, undefined);
      }
    }
    return true;
  }

  /** Out of the bin for good, with what its deletion took. */
  purge(object: string, id: string): boolean {
    const held = this.#of(object)[this.#at(object, id)];
    if (held?.record.IsDeleted !== true) return false;
    for (const [other, all] of this.#held) {
      const kept = all.filter(
        ({ record, takenBy }) => takenBy !== `${object} ${id}` && !(other === object && record.Id === id),
      );
      this.#held.set(other, kept);
    }
    return true;
  }

  #at(object: string, id: string): number {
    return this.#of(object).findIndex(({ record }) => record.Id === id);
  }

  #liveAt(object: string, id: string): number {
    return this.#of(object).findIndex(({ record }) => record.Id === id && record.IsDeleted === false);
  }

  #change(object: string, at: number, changes: Row, takenBy: string | undefined): void {
    const { record } = this.#of(object)[at] as Held;
    this.#of(object)[at] = { record: { ...record, ...changes }, takenBy };
  }
}

function isRequiredBoolean(field: FieldSpec): boolean {
  return field.type === 'boolean' && field.properties !== undefined && !field.properties.includes('Nillable');
}

const TEXTS = new Set(['string', 'textarea', 'phone', 'picklist', 'multipicklist', 'url', 'email']);

/** A value in its stored form; given values are all good ones. */
function stored(field: FieldSpec, value: unknown, { text }: ObjectSpec): unknown {
  if (value === null) return null;
  if (TEXTS.has(field.type) && text !== 'verbatim')
    return (value as string).trim() === '' ? null : (value as string).trim();
  return storedNested(field, value);
}

function storedNested(field: FieldSpec, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (field.type === 'dateTime') return new Date(value as string | Date).toISOString();
  if (field.type === 'date' && value instanceof Date) return value.toISOString().slice(0, 10);
  const { of } = field;
  if (field.type === 'list' && of !== undefined)
    return (value as readonly unknown[]).map((element) => storedNested(of, element));
  if (field.type === 'map' && of !== undefined)
    return Object.fromEntries(Object.entries(value as Row).map(([key, element]) => [key, storedNested(of, element)]));
  if (field.type !== 'object') return value;
  return Object.fromEntries(
    Object.entries(field.fields ?? {}).map(([name, nested]) => [name, storedNested(nested, (value as Row)[name])]),
  );
}

import type { FieldDefinition } from '../../engine/definition/define-object.ts';
import type { Target } from '../../engine/query/condition.ts';
import { createProjection } from '../../engine/query/project.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import type { CatalogObject } from '../resolve/catalog.ts';
import { parentOf } from '../resolve/path-value.ts';
import type { ResolvedPath } from '../resolve/resolve-path.ts';
import type { RunContext } from './run-context.ts';

/** How rows look. */
export interface RowForm {
  /** The version in the addresses of `attributes`; undefined for rows without them and dates as they are stored. */
  readonly restVersion: string | undefined;
}

export type Row = Record<string, unknown>;

type ReadPart = (record: StoredRecord, run: RunContext, form: RowForm) => unknown;

type Entry =
  | { readonly kind: 'value'; readonly read: ReadPart }
  /** Places nested in one field. */
  | { readonly kind: 'nested'; readonly shape: RowShape }
  | {
      readonly kind: 'parent';
      readonly reference: FieldDefinition;
      readonly parents: { readonly object: CatalogObject; readonly shape: RowShape }[];
    };

/** Dates as the REST API writes them. */
export function restDate(value: unknown): unknown {
  return typeof value === 'string' && value.endsWith('Z') ? `${value.slice(0, -1)}+0000` : value;
}

function createFieldRead(target: Target) {
  const isDateTime = target.spec.type === 'dateTime';
  if (target.steps.length === 0 && !isDateTime) return (record: StoredRecord) => record[target.field.name];
  const project = createProjection([target]);
  return (record: StoredRecord, _: RunContext, form: RowForm) => {
    const value = project(record)[target.path];
    return isDateTime && form.restVersion !== undefined ? restDate(value) : value;
  };
}

function readerOf(entry: Entry): ReadPart {
  if (entry.kind === 'value') return entry.read;
  if (entry.kind === 'nested') return (record, run, form) => entry.shape.makeRow(record, run, form);
  return (record, run, form) => {
    const found = parentOf(entry.parents, record[entry.reference.name], run);
    return found === undefined ? null : found.parent.shape.makeRow(found.record, run, form);
  };
}

/** What a row of one object holds, in the order selected: fields, parents and children. */
export class RowShape {
  readonly #object: CatalogObject;
  readonly #entries = new Map<string, Entry>();
  /** Whether rows are records: a row of places nested in a field has no address. */
  readonly #isRecord: boolean;
  #settled: { readonly names: readonly string[]; readonly reads: readonly ReadPart[] } | undefined;

  constructor(object: CatalogObject, isRecord = true) {
    this.#object = object;
    this.#isRecord = isRecord;
  }

  /** Whether a row has a part of this name. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Adds a computed part. */
  addValue(name: string, read: ReadPart): void {
    this.#entries.set(name, { kind: 'value', read });
  }

  /** Adds a field, a place in one, or what lies beyond a reference. Returns whether it was there already. */
  addPath(path: ResolvedPath): boolean {
    if (path.kind === 'type') return this.#addNew('Type', () => path.name);
    if (path.kind === 'own') return this.#addTarget(path.target);
    let entry = this.#entries.get(path.relationship);
    if (entry !== undefined && entry.kind !== 'parent') return true;
    if (entry === undefined) {
      entry = {
        kind: 'parent',
        reference: path.reference,
        parents: path.parents.map(({ object }) => ({ object, shape: new RowShape(object) })),
      };
      this.#entries.set(path.relationship, entry);
    }
    let repeated = true;
    for (const { object, path: rest } of path.parents) {
      let parent = entry.parents.find((other) => other.object === object);
      if (parent === undefined) {
        parent = { object, shape: new RowShape(object) };
        entry.parents.push(parent);
      }
      if (!parent.shape.addPath(rest)) repeated = false;
    }
    // A parent of an object that has no such field shows it as null, so that rows look alike.
    for (const object of path.lacking) {
      let parent = entry.parents.find((other) => other.object === object);
      if (parent === undefined) {
        parent = { object, shape: new RowShape(object) };
        entry.parents.push(parent);
      }
      parent.shape.#addNew(path.next, () => null);
    }
    return repeated;
  }

  #addNew(name: string, read: ReadPart): boolean {
    if (this.#entries.has(name)) return true;
    this.#entries.set(name, { kind: 'value', read });
    return false;
  }

  #addTarget(target: Target): boolean {
    const read = createFieldRead(target);
    const { name } = target.field;
    if (target.steps.length === 0) return this.#addNew(name, read);
    let shape: RowShape = this;
    for (const step of [name, ...target.steps.slice(0, -1)]) {
      let entry = shape.#entries.get(step);
      if (entry !== undefined && entry.kind !== 'nested') return true;
      if (entry === undefined) {
        entry = { kind: 'nested', shape: new RowShape(this.#object, false) };
        shape.#entries.set(step, entry);
      }
      shape = entry.shape;
    }
    return shape.#addNew(target.steps[target.steps.length - 1] as string, read);
  }

  /** The parts as lists, made with the first row: they stand side by side and are all of one kind. */
  #settle(): { readonly names: readonly string[]; readonly reads: readonly ReadPart[] } {
    const entries = [...this.#entries];
    this.#settled = { names: entries.map(([name]) => name), reads: entries.map(([, entry]) => readerOf(entry)) };
    return this.#settled;
  }

  makeRow(record: StoredRecord, run: RunContext, form: RowForm): Row {
    const { names, reads } = this.#settled ?? this.#settle();
    const row: Row = {};
    if (form.restVersion !== undefined && this.#isRecord) row.attributes = this.#attributes(record, form.restVersion);
    for (let i = 0; i < names.length; i++) row[names[i] as string] = (reads[i] as ReadPart)(record, run, form);
    return row;
  }

  #attributes(record: StoredRecord, version: string): Row {
    const { name, roles } = this.#object.reader.entity.definition;
    return { type: name, url: `/services/data/v${version}/sobjects/${name}/${String(record[roles.id])}` };
  }
}

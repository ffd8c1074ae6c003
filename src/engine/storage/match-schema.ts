import type { ObjectDefinition } from '../definition/define-object.ts';
import type { Migration } from '../definition/definition.ts';
import { createError } from '../ground/errors.ts';
import type { Entity, Store } from '../store/store.ts';
import { StagedObject } from './staged-object.ts';
import type { StoredEntity } from './stored-entity.ts';
import type { ObjectSchema, StoredSchema } from './stored-schema.ts';
import { StoredTables } from './stored-tables.ts';
import { findMisfit, typeOf } from './stored-type.ts';

/** How stored records of one object become records in memory. */
export interface StoredObject {
  readonly entity: StoredEntity;
  /** By the place of a stored field: its place in a record. */
  readonly places: readonly number[];
  /** A record's values where nothing is stored for them: null, or the default of a field that came later. */
  readonly absent: readonly unknown[];
}

/** A step from the version before to `version`. */
export interface MigrationStep {
  readonly version: number;
  readonly run: Migration;
}

/** The steps that records stored in a version take to today's, in order. Steps with nothing to do are left out. */
export function stepsFrom(stored: number, { version, spec }: ObjectDefinition): readonly MigrationStep[] {
  const steps: MigrationStep[] = [];
  for (const [to, run] of Object.entries(spec.migrations ?? {}))
    if (Number(to) > stored && Number(to) <= version && run !== undefined) steps.push({ version: Number(to), run });
  return steps.sort((left, right) => left.version - right.version);
}

/** Matches what is stored with the objects of a store, and stages those that are stored in an earlier version. */
export class SchemaMatch {
  /** By name. Empty where nothing is to be migrated. */
  readonly staged = new Map<string, StagedObject>();
  readonly #store: Store;
  readonly #versions = new Map<string, number>();

  readonly #tables: StoredTables;

  /** `tables`: where the records that have been read are. */
  constructor(store: Store, tables = new StoredTables()) {
    this.#store = store;
    this.#tables = tables;
  }

  /**
   * Throws `STORAGE_NEWER` for versions, objects and fields that are unknown here, and `INVALID_DEFINITION` for fields that
   * have become of another type with nothing to say how.
   */
  match({ objects }: StoredSchema): readonly StoredObject[] {
    return objects.map((stored) => {
      const entity = this.#store.find(stored.name);
      if (entity === undefined)
        throw createError('STORAGE_NEWER', `the object ${stored.name} is stored, and not among those that were given`);
      const { definition } = entity;
      const version = stored.version ?? 1;
      // Where a version rises all is written anew, so blocks that follow each other are of one.
      if ((this.#versions.get(stored.name) ?? version) !== version) throw new RangeError('another version');
      this.#versions.set(stored.name, version);
      if (version > definition.version)
        throw createError(
          'STORAGE_NEWER',
          `${stored.name} is stored in version ${version}, and this program knows it up to version ${definition.version}`,
        );
      assertTypes(stored, definition);
      return version === definition.version ? matchObject(stored, entity) : this.#stage(stored, definition);
    });
  }

  #stage(stored: ObjectSchema, definition: ObjectDefinition): StoredObject {
    const known = this.staged.get(stored.name);
    const { compile } = this.#store;
    const staged = known ?? new StagedObject(stored, definition, compile);
    known?.grow(stored, definition, compile, this.#tables);
    this.staged.set(stored.name, staged);
    const { entity } = staged;
    return placed(stored, entity, (at) => staged.defaultOf(entity.definition.fields[at]?.name ?? ''));
  }
}

function matchObject(stored: ObjectSchema, entity: Entity): StoredObject {
  const missing = stored.fields.find((field) => !entity.definition.fieldsByName.has(field));
  if (missing !== undefined) throw undefinedField(stored.name, missing);
  return placed(stored, entity, (at) => entity.writer.defaultAt(at));
}

function placed({ fields }: ObjectSchema, entity: StoredEntity, defaultAt: (at: number) => unknown): StoredObject {
  const own = entity.definition.fields;
  const places = fields.map((field) => own.findIndex(({ name }) => name === field));
  const given = new Set(places);
  return { entity, places, absent: own.map((_, at) => (given.has(at) ? null : defaultAt(at))) };
}

function undefinedField(object: string, path: string) {
  return createError(
    'STORAGE_NEWER',
    `the field ${path} of ${object} is stored, and not defined: a later program has written it, or the version of the object must be raised, with a migration`,
  );
}

/** Fields that are still there must be of the type that they were, unless there is a step that may see to it. */
function assertTypes({ name, version = 1, fields, types }: ObjectSchema, definition: ObjectDefinition): void {
  if (types === undefined || stepsFrom(version, definition).length > 0) return;
  const hasRisen = version < definition.version;
  for (const [at, field] of fields.entries()) {
    const today = definition.fieldsByName.get(field);
    const misfit = today && findMisfit(types[at] ?? typeOf(today), typeOf(today), field, hasRisen);
    if (misfit === undefined) continue;
    const { path, was, is } = misfit;
    if (is === undefined) throw undefinedField(name, path);
    const advice = hasRisen ? 'the new version must' : 'raise the version of the object and';
    throw createError(
      'INVALID_DEFINITION',
      `${name}: ${path} is stored as ${was} and defined as ${is}: ${advice} give a migration`,
      [field],
    );
  }
}

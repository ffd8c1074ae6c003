import type { FieldDefinition, ObjectDefinition } from '../definition/define-object.ts';
import { createIssue, EngineError, type Issue } from '../ground/errors.ts';
import type { ValueCheck } from '../record/check-value.ts';
import { pruneJson } from '../record/prune-json.ts';
import { freezeJson, type StoredRecord } from '../record/record.ts';
import type { Entity } from '../store/store.ts';
import { missing, unknownField } from '../write/record-issues.ts';
import { isKept } from '../write/required-fields.ts';
import { type MigrationStep, stepsFrom } from './match-schema.ts';
import type { StagedObject } from './staged-object.ts';

/** An error of one record. It has no values in it; what the step threw, which may, is its cause. */
export function migrationFailed(
  object: string,
  version: number,
  id: string,
  words: string,
  cause?: unknown,
): EngineError {
  const message = `${object}: record ${id} cannot become one of version ${version}: ${words}`;
  return new EngineError([createIssue('MIGRATION_FAILED', message)], cause === undefined ? {} : { cause });
}

/** Carries records of one object from the version that they were stored in to that of today. */
export class RecordCarrier {
  /** Fields with a number in every record, for which some were without. */
  readonly unnumbered = new Set<string>();
  readonly #entity: Entity;
  readonly #staged: StagedObject;
  readonly #steps: readonly MigrationStep[];
  readonly #storedId: string;
  /** The fields that stay as they are, by their names of then. */
  readonly #carried: ReadonlyMap<string, string>;
  readonly #values: unknown[];
  /** Whether what the last step gives is to be a record of today, or one of a version before. */
  readonly #endsToday: boolean;

  constructor(entity: Entity, staged: StagedObject) {
    const { definition } = entity;
    this.#entity = entity;
    this.#staged = staged;
    this.#steps = stepsFrom(staged.version, definition);
    this.#endsToday = this.#steps.at(-1)?.version === definition.version;
    this.#storedId = staged.entity.definition.roles.id;
    this.#carried = carriedFields(definition, staged);
    this.#values = definition.fields.map(() => null);
  }

  /** Throws `MIGRATION_FAILED`. */
  carry(stored: StoredRecord): StoredRecord {
    if (this.#steps.length === 0) return this.#reshape(stored);
    let record = stored;
    for (const step of this.#steps) record = this.#take(step, record, stored);
    return this.#check(record, stored);
  }

  /** Without a step fields may have gone, and have come. */
  #reshape(stored: StoredRecord): StoredRecord {
    const { definition, writer, table } = this.#entity;
    for (const [at, field] of definition.fields.entries()) {
      const before = this.#carried.get(field.name) ?? field.name;
      this.#values[at] = this.#staged.has(before) ? withoutGone(stored[before], field) : writer.defaultAt(at);
    }
    return table.shape.make(this.#values);
  }

  #take({ version, run }: MigrationStep, record: StoredRecord, stored: StoredRecord): StoredRecord {
    const { name, roles } = this.#entity.definition;
    const id = stored[this.#storedId];
    const fail = (words: string, cause?: unknown) => migrationFailed(name, version, String(id), words, cause);
    let given: unknown;
    let copy: Record<string, unknown>;
    try {
      given = run(record);
      // Here, as reading what it gave may run code of its own.
      copy = isPlain(given) ? { ...given } : {};
    } catch (cause) {
      throw fail('the migration threw an error', cause);
    }
    if (!isPlain(given)) throw fail('the migration gave no plain object');
    if (copy[roles.id] !== undefined && copy[roles.id] !== id) throw fail(`the migration changed ${roles.id}`);
    for (const [field, before] of this.#carried) copy[field] = stored[before];
    return Object.freeze(copy);
  }

  #check(record: StoredRecord, stored: StoredRecord): StoredRecord {
    const { definition, table } = this.#entity;
    const issues: Issue[] = [];
    const absent: string[] = [];
    if (this.#endsToday)
      for (const name of Object.keys(record))
        if (!definition.fieldsByName.has(name) && !this.#staged.has(name)) issues.push(unknownField(definition, name));
    for (const [at, field] of definition.fields.entries()) {
      const { name } = field;
      const value = this.#carried.has(name) ? record[name] : this.#valueOf(at, field, record[name], stored, issues);
      this.#values[at] = value;
      if (value !== null || field.nillable || this.#carried.has(name)) continue;
      if (field.autoNumber) this.unnumbered.add(name);
      // What had no value before, as the field came after it, may stay without.
      else if (isKept(field) && stored[name] !== null) absent.push(name);
    }
    if (absent.length > 0) issues.push(missing(absent));
    if (issues.length === 0) return table.shape.make(this.#values);
    const words = issues.map(({ message }) => message).join('; ');
    throw migrationFailed(
      definition.name,
      definition.version,
      String(stored[this.#storedId]),
      words,
      new EngineError(issues),
    );
  }

  /** What is given, in its stored form. What is left out is as in a create that leaves it out, and numbers stay. */
  #valueOf(at: number, field: FieldDefinition, given: unknown, stored: StoredRecord, issues: Issue[]): unknown {
    const { checks, writer } = this.#entity;
    const before = stored[field.name];
    if (given === undefined || given === null) {
      if (field.autoNumber && typeof before === 'string') return before;
      return given === undefined || !field.nillable ? writer.defaultAt(at) : null;
    }
    return (checks[at] as ValueCheck)(given === before ? withoutGone(given, field) : given, issues);
  }
}

/** By their names of today: id, recycle bin and stamps, the other audit fields too where they were stored under their names. */
function carriedFields(definition: ObjectDefinition, staged: StagedObject): ReadonlyMap<string, string> {
  const { roles, fields } = definition;
  const before = staged.entity.definition.roles;
  const carried = new Map<string, string>();
  const audit = new Set([roles.created, roles.createdBy, roles.modified, roles.modifiedBy]);
  for (const { name, system } of fields) if ((system || audit.has(name)) && staged.has(name)) carried.set(name, name);
  for (const role of ['id', 'deleted', 'stamp'] as const) carried.set(roles[role], before[role]);
  return carried;
}

/** A nested value without the nested fields that its definition no longer has. */
function withoutGone(value: unknown, field: FieldDefinition): unknown {
  const pruned = pruneJson(value, field, field.name, () => undefined);
  return pruned === value ? value : freezeJson(pruned);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

import { EngineError } from '../engine/ground/errors.ts';
import { checkWhere, isPlainObject } from '../engine/query/check-where.ts';
import { Reader } from '../engine/query/reader.ts';
import { createRowPredicate, type RowPredicate } from '../engine/query/row-predicate.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import type { Entity } from '../engine/store/store.ts';
import { purgedDocument, removedDocument, toDocument } from '../replication/document.ts';
import type { ObjectScope, WireDocument } from '../replication/wire.ts';
import type { Master, MasterEntry } from './master.ts';
import { malformed } from './sync-failure.ts';
import type { SyncHandlerOptions, SyncIdentity } from './sync-options.ts';

/** Whether a condition moves with the clock, so that a record may leave it with nothing done to it. */
function hasAge(where: unknown): boolean {
  if (Array.isArray(where)) return where.some(hasAge);
  if (!isPlainObject(where)) return false;
  return Object.entries(where).some(([key, value]) => key === '$ago' || hasAge(value));
}

/** A filter is asked of every record that changes, for every client: it is held to less than a query that is asked once. */
const TESTS_MAX = 100;

function countTests(where: unknown): number {
  if (Array.isArray(where)) return where.reduce<number>((sum, each) => sum + countTests(each), 0);
  if (!isPlainObject(where)) return 1;
  return Object.values(where).reduce<number>((sum, each) => sum + countTests(each), 0);
}

interface Place {
  readonly entity: Entity;
  readonly at: number;
  readonly fits: RowPredicate | undefined;
}

/** What one user sees of the objects of a request, by their filters and his rights. */
export class View {
  readonly objects: readonly string[];
  /** Whether some records are not for all who ask for the same. */
  readonly isFiltered: boolean;
  /** Whether there may be records that the user may not see, whatever he asks for. */
  readonly hides: boolean;
  readonly #places = new Map<string, Place>();
  readonly #canRead: SyncHandlerOptions['canRead'];
  readonly #master: Master;
  readonly #hear: (error: unknown) => void;
  identity: SyncIdentity;

  /** `hear` is told what `canRead` throws. Throws a `SyncFailure` for a filter that is none. */
  constructor(
    master: Master,
    canRead: SyncHandlerOptions['canRead'],
    identity: SyncIdentity,
    scopes: readonly Pick<ObjectScope, 'name' | 'where'>[],
    hear: (error: unknown) => void,
  ) {
    this.#master = master;
    this.#hear = hear;
    this.#canRead = canRead;
    this.identity = identity;
    this.objects = scopes.map(({ name }) => name);
    for (const [at, { name, where }] of scopes.entries()) {
      const entity = master.store.entity(name);
      if (this.#places.has(name)) throw malformed('an object is asked for twice');
      this.#places.set(name, { entity, at, fits: where === undefined ? undefined : readFilter(master, entity, where) });
    }
    this.hides = canRead !== undefined;
    this.isFiltered = canRead !== undefined || scopes.some(({ where }) => where !== undefined);
  }

  entity(object: string): Entity {
    return (this.#places.get(object) as Place).entity;
  }

  holds(object: string): boolean {
    return this.#places.has(object);
  }

  /** Whether the user may see a record, whatever he asks for. */
  mayRead(object: string, record: StoredRecord): boolean {
    if (this.#canRead === undefined) return true;
    try {
      return this.#canRead(this.identity.user, object, record, this.identity) === true;
    } catch (error) {
      this.#hear(error);
      return false;
    }
  }

  #sees({ entity, fits }: Place, record: StoredRecord | undefined): boolean {
    if (record === undefined || (fits !== undefined && !fits(record))) return false;
    return this.mayRead(entity.definition.name, record);
  }

  /** Whether he may hold it: he was told of a state that he could see, or made it and was told no more than that. */
  #hasSeen(place: Place, { before, earlier = [] }: MasterEntry): boolean {
    if (this.#sees(place, before)) return true;
    for (const state of earlier) if (this.#sees(place, state)) return true;
    return false;
  }

  /** A record as he may see it: without the name of one that he may not, or has not asked for. */
  document(object: string, { record, root }: Pick<MasterEntry, 'record' | 'root'>): WireDocument {
    const { definition } = this.#master.store.entity(object);
    return toDocument(definition, record as StoredRecord, this.#isHiddenRoot(root) ? undefined : root);
  }

  #isHiddenRoot(root: MasterEntry['root']): boolean {
    if (root === undefined) return false;
    if (!this.#places.has(root.object)) return true;
    if (!this.hides) return false;
    const { table } = this.#master.store.find(root.object) ?? {};
    const slot = table?.slotOf(root.id);
    const record = slot === undefined ? undefined : table?.row(slot);
    return record === undefined || !this.mayRead(root.object, record);
  }

  /** The place of an entry's object in the request; undefined where it is not asked for. */
  placeOf({ object }: MasterEntry): number | undefined {
    return this.#places.get(object)?.at;
  }

  /**
   * What an entry is to the client: the record, that it is gone or no longer for him, or nothing at all. `isFresh`: the client
   * holds nothing yet.
   */
  show(entry: MasterEntry, isFresh: boolean): 'record' | WireDocument | undefined {
    const place = this.#places.get(entry.object);
    if (place === undefined) return undefined;
    if (this.#sees(place, entry.record)) return 'record';
    if (isFresh) return undefined;
    if (this.isFiltered && !this.#hasSeen(place, entry)) return undefined;
    const { definition } = place.entity;
    return entry.record === undefined ? purgedDocument(definition, entry.id) : removedDocument(definition, entry.id);
  }

  /** Whether a record is shown the same to everyone: then it can be written down once for all. */
  isShared({ root }: MasterEntry): boolean {
    return root === undefined;
  }
}

function readFilter(master: Master, entity: Entity, where: Record<string, unknown>): RowPredicate {
  if (countTests(where) > TESTS_MAX) throw malformed(`a filter of more than ${TESTS_MAX} tests`);
  if (hasAge(where)) throw malformed('a filter that moves with the clock cannot be synced by');
  try {
    const condition = checkWhere(new Reader(master.store, entity).scope, where);
    return createRowPredicate(condition);
  } catch (error) {
    if (error instanceof EngineError)
      throw malformed(`a filter of ${entity.definition.name} is none: ${error.message}`);
    throw error;
  }
}

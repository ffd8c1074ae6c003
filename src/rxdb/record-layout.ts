import { purgeInUnit } from '../engine/calls/undelete.ts';
import type { ObjectDefinition } from '../engine/definition/define-object.ts';
import type { DatabaseParts } from '../engine/open-parts.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import { putFields } from '../engine/store/put-fields.ts';
import type { Entity } from '../engine/store/store.ts';
import type { Unit } from '../engine/store/unit.ts';
import type { Batch, Change } from '../engine/write/change.ts';
import { type AnyDocument, type BuildDocument, DocumentEntry } from './document-entry.ts';
import {
  type AnyWriteError,
  type AnyWriteRow,
  type AttachmentData,
  type DocumentChange,
  type DocumentLayout,
  valueAt,
  type WriteCall,
} from './document-layout.ts';
import { judgeWrite } from './judge-write.ts';
import { metaToKeep } from './meta-to-keep.ts';
import { COMMIT_SPAN, heightOf, revisionKey } from './revision.ts';
import { validationError } from './validation-error.ts';
import { isAsWritten, writeRecord } from './write-record.ts';

/** A row with what is known of its document. */
interface RowWrite {
  readonly id: string;
  readonly row: AnyWriteRow;
  readonly held: DocumentEntry | undefined;
  readonly context: string;
  readonly sequence: number;
}

const REVISION = 'RxRevision';
const NO_RECORD: StoredRecord = Object.freeze({});

/**
 * The records of an object that a database has, as documents: each field that is not null, and beside the record its revision. What
 * RxDB writes goes through the object's own checks, rules and defaults, as a call does.
 */
export class RecordLayout implements DocumentLayout {
  readonly parts: DatabaseParts;
  readonly completes = true;
  readonly #entity: Entity;
  readonly #revisions: Entity;
  readonly #token: string;
  readonly #entries = new Map<string, DocumentEntry>();
  readonly #build: BuildDocument;

  /** `token`: ends the revisions that the database gives. */
  constructor(parts: DatabaseParts, object: string, token: string) {
    this.parts = parts;
    this.#entity = parts.store.entity(object);
    this.#revisions = parts.store.entity(REVISION);
    this.#token = token;
    this.#build = createBuild(this.#entity.definition);
  }

  get #object(): string {
    return this.#entity.definition.name;
  }

  entryOf(id: string): DocumentEntry | undefined {
    const revision = rowOf(this.#revisions, revisionKey(this.#object, id));
    if (revision === undefined) return undefined;
    const record = rowOf(this.#entity, id) ?? NO_RECORD;
    const known = this.#entries.get(id);
    if (known !== undefined && known.record === record && known.beside === revision) return known;
    const entry = this.#makeEntry(record, revision);
    this.#entries.set(id, entry);
    return entry;
  }

  #makeEntry(record: StoredRecord, revision: StoredRecord): DocumentEntry {
    const isDeleted = record === NO_RECORD || record[this.#entity.definition.roles.deleted] === true;
    return new DocumentEntry(revision.RecordId as string, record, revision, isDeleted, this.#build);
  }

  *entries(): Iterable<DocumentEntry> {
    const { table } = this.#revisions;
    for (let slot = 0; slot < table.slotCount; slot++) {
      const revision = table.row(slot);
      if (revision?.Object !== this.#object) continue;
      const entry = this.entryOf(revision.RecordId as string);
      if (entry !== undefined) yield entry;
    }
  }

  deletedEntries(): Iterable<DocumentEntry> {
    return this.entries();
  }

  reader(path: string): (entry: DocumentEntry) => unknown {
    const steps = path.split('.');
    const [first = ''] = steps;
    const { roles, fieldsByName } = this.#entity.definition;
    if (path === roles.id) return ({ id }) => id;
    if (path === '_deleted') return ({ isDeleted }) => isDeleted;
    if (path === '_meta.lwt') return ({ beside }) => beside.WriteTime;
    if (steps.length === 1 && fieldsByName.has(first) && first !== roles.deleted)
      // Not taken apart in the list of parameters, which would make every document that is compared.
      return (entry) => (entry.record === NO_RECORD ? entry.document[first] : (entry.record[first] ?? undefined));
    return ({ document }) => valueAt(document, steps);
  }

  write(unit: Unit, { rows, context }: WriteCall): AnyWriteError[] {
    const { store } = this.parts;
    const errors: AnyWriteError[] = [];
    let sequence = (store.feed.sequence + 1) * COMMIT_SPAN;
    for (const row of rows) {
      const id = row.document[this.#entity.definition.roles.id] as string;
      const held = this.entryOf(id);
      const error =
        judgeWrite({ id, row, held, context, keepsAttachments: false }) ??
        this.#tryWrite(unit, { id, row, held, context, sequence: sequence++ });
      if (error !== undefined) errors.push(error);
    }
    return errors;
  }

  /** Writes one row with what follows from it, or takes all of that back and gives what is wrong with it. */
  #tryWrite(unit: Unit, write: RowWrite): AnyWriteError | undefined {
    const { mark } = unit;
    try {
      writeRecord({ store: this.parts.store, unit, entity: this.#entity, ...write });
      this.#putRevision(unit, write);
      return undefined;
    } catch (error) {
      unit.undo(mark);
      return validationError(error, { documentId: write.id, writeRow: write.row, context: write.context });
    }
  }

  /** Where the engine made something else of what was written, the revision is one further than RxDB's. */
  #putRevision(unit: Unit, { id, row, held, context, sequence }: RowWrite): void {
    const { _rev: given, _meta: meta } = row.document;
    const { definition } = this.#entity;
    const record = rowOf(this.#entity, id) ?? NO_RECORD;
    const height = heightOf(held?.beside.Revision);
    const isAs = heightOf(given) > height && isAsWritten(definition, record, row.document);
    putFields(
      unit,
      this.#revisions,
      revisionKey(this.#object, id),
      {
        Object: this.#object,
        RecordId: id,
        Revision: isAs ? given : `${Math.max(heightOf(given), height) + 1}-${this.#token}`,
        Given: isAs ? null : given,
        WriteTime: meta.lwt,
        Meta: metaToKeep(meta),
        Sequence: sequence,
        Context: context,
      },
      this.parts.store.moment(),
    );
  }

  attachment(): AttachmentData | undefined {
    return undefined;
  }

  purge(unit: Unit, id: string): void {
    const { table } = this.#entity;
    const slot = table.slotOf(id);
    if (slot !== undefined && table.isDeleted(slot)) purgeInUnit(this.parts.store, unit, this.#entity, id);
    this.#forget(unit, id);
  }

  /** The records are the database's, and other tabs go on with their revisions. */
  purgeAll(): void {}

  #forget(unit: Unit, id: string): void {
    const { table } = this.#revisions;
    const slot = table.slotOf(revisionKey(this.#object, id));
    if (slot !== undefined) unit.purge(table, slot);
    this.#entries.delete(id);
  }

  changes({ changes }: Batch): readonly DocumentChange[] {
    const records = new Map<string, Change>();
    for (const change of changes) if (change.object === this.#object) records.set(change.id, change);
    const found: DocumentChange[] = [];
    for (const { object, before, after } of changes) {
      const id = (after ?? before)?.RecordId as string;
      if (object !== REVISION || (after ?? before)?.Object !== this.#object) continue;
      const record = records.get(id);
      const now = rowOf(this.#entity, id);
      const [was, is] = record === undefined ? [now, now] : [record.before, record.after];
      const version = before && this.#versionOf(id, was ?? NO_RECORD, before);
      if (after === undefined) this.#entries.delete(id);
      found.push({
        id,
        before: version,
        after: after && this.#versionOf(id, is ?? NO_RECORD, after),
      });
    }
    return found;
  }

  #versionOf(id: string, record: StoredRecord, revision: StoredRecord): DocumentEntry {
    const known = this.#entries.get(id);
    return known?.record === record && known.beside === revision ? known : this.#makeEntry(record, revision);
  }
}

function rowOf({ table }: Entity, id: string): StoredRecord | undefined {
  const slot = table.slotOf(id);
  return slot === undefined ? undefined : table.row(slot);
}

const NO_ATTACHMENTS = Object.freeze({});

function createBuild({ fields, roles }: ObjectDefinition): BuildDocument {
  const names = fields.map(({ name }) => name).filter((name) => name !== roles.deleted);
  return (record, revision) => {
    const document: Record<string, unknown> = { [roles.id]: revision.RecordId };
    const isGone = record === NO_RECORD;
    for (const name of names) if (record[name] !== null && record[name] !== undefined) document[name] = record[name];
    document._deleted = isGone || record[roles.deleted] === true;
    document._rev = revision.Revision;
    const lwt = revision.WriteTime;
    document._meta = Object.freeze(revision.Meta === null ? { lwt } : { ...(revision.Meta as object), lwt });
    document._attachments = NO_ATTACHMENTS;
    return Object.freeze(document) as unknown as AnyDocument;
  };
}

import { must } from '../engine/ground/assert.ts';
import type { DatabaseParts } from '../engine/open-parts.ts';
import type { StoredRecord } from '../engine/record/record.ts';
import type { Entity } from '../engine/store/store.ts';
import type { Table } from '../engine/store/table.ts';
import type { Unit } from '../engine/store/unit.ts';
import type { Batch } from '../engine/write/change.ts';
import { copyJson, setOwn } from './copy-json.ts';
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
import { attachmentKey, RxAttachmentObject, RxDocumentObject } from './document-object.ts';
import { judgeWrite } from './judge-write.ts';
import { metaToKeep } from './meta-to-keep.ts';
import { COMMIT_SPAN } from './revision.ts';

/** Each document as a record of its own: what the application wrote, and beside it what RxDB has to know. */
export class OwnLayout implements DocumentLayout {
  readonly parts: DatabaseParts;
  readonly completes = false;
  readonly #table: Table;
  readonly #attachments: Entity;
  readonly #key: string;
  readonly #keepsAttachments: boolean;
  readonly #entries: (DocumentEntry | undefined)[] = [];
  readonly #build: BuildDocument;

  /** `key`: the field of the primary key. */
  constructor(parts: DatabaseParts, key: string, keepsAttachments: boolean) {
    this.parts = parts;
    this.#attachments = parts.store.entity(RxAttachmentObject.name);
    this.#table = parts.store.entity(RxDocumentObject.name).table;
    this.#key = key;
    this.#keepsAttachments = keepsAttachments;
    this.#build = createBuild(key);
  }

  entryOf(id: string): DocumentEntry | undefined {
    const slot = this.#table.slotOf(id);
    return slot === undefined ? undefined : this.#entryAt(slot);
  }

  *entries(): Iterable<DocumentEntry> {
    for (let slot = 0; slot < this.#table.slotCount; slot++) {
      const entry = this.#entryAt(slot);
      if (entry !== undefined) yield entry;
    }
  }

  *deletedEntries(): Iterable<DocumentEntry> {
    for (const slot of this.#table.binSlots()) {
      const entry = this.#entryAt(slot);
      if (entry !== undefined) yield entry;
    }
  }

  #entryAt(slot: number): DocumentEntry | undefined {
    const record = this.#table.row(slot);
    if (record === undefined) return undefined;
    const known = this.#entries[slot];
    if (known !== undefined && known.record === record) return known;
    const entry = this.#makeEntry(record);
    // Filled without holes, as an array that has some is read the slower way for good.
    while (this.#entries.length < slot) this.#entries.push(undefined);
    this.#entries[slot] = entry;
    return entry;
  }

  #makeEntry(record: StoredRecord): DocumentEntry {
    return new DocumentEntry(record.Id as string, record, record, record.IsDeleted === true, this.#build);
  }

  reader(path: string): (entry: DocumentEntry) => unknown {
    if (path === this.#key) return ({ id }) => id;
    if (path === '_deleted') return ({ isDeleted }) => isDeleted;
    if (path === '_meta.lwt') return ({ record }) => record.WriteTime;
    if (path.startsWith('_')) {
      const steps = path.split('.');
      return ({ document }) => valueAt(document, steps);
    }
    const steps = path.split('.');
    const [first = ''] = steps;
    if (steps.length === 1) return ({ record }) => (record.Body as Record<string, unknown>)[first];
    return ({ record }) => valueAt(record.Body as Record<string, unknown>, steps);
  }

  write(unit: Unit, { rows, context, data }: WriteCall): AnyWriteError[] {
    const { store } = this.parts;
    const { now } = store.moment();
    const errors: AnyWriteError[] = [];
    let sequence = (store.feed.sequence + 1) * COMMIT_SPAN;
    this.#table.reserve(rows.length);
    for (const row of rows) {
      const id = row.document[this.#key] as string;
      const slot = this.#table.slotOf(id);
      const held = slot === undefined ? undefined : this.#entryAt(slot);
      const error = judgeWrite({ id, row, held, context, keepsAttachments: this.#keepsAttachments });
      if (error !== undefined) {
        errors.push(error);
        continue;
      }
      const record = this.#recordOf(id, row, { context, sequence: sequence++, now });
      if (slot === undefined) unit.insert(this.#table, record);
      else unit.replace(this.#table, slot, record);
      if (this.#keepsAttachments) this.#writeAttachments(unit, id, row, { held, data });
    }
    return errors;
  }

  #recordOf(
    id: string,
    { document }: AnyWriteRow,
    { context, sequence, now }: { context: string; sequence: number; now: string },
  ): StoredRecord {
    const body: Record<string, unknown> = {};
    let isFirst = true;
    for (const name of Object.keys(document)) {
      if (name === '_deleted' || name === '_rev' || name === '_meta' || name === '_attachments') continue;
      if (name === this.#key && isFirst) continue;
      isFirst = false;
      const value = copyJson((document as Record<string, unknown>)[name], name, 1);
      if (value !== undefined) setOwn(body, name, value);
    }
    const { _meta: meta, _attachments: attachments } = document;
    return this.#table.shape.make([
      id,
      document._deleted,
      now,
      Object.freeze(body),
      document._rev,
      meta.lwt,
      metaToKeep(meta),
      attachments === undefined ? false : withoutData(attachments),
      sequence,
      context,
    ]);
  }

  #writeAttachments(
    unit: Unit,
    id: string,
    { document }: AnyWriteRow,
    { held, data }: Pick<WriteCall, 'data'> & { readonly held: DocumentEntry | undefined },
  ): void {
    const { table } = this.#attachments;
    const before = held?.document._attachments ?? {};
    const after = document._deleted ? {} : (document._attachments ?? {});
    for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) this.#purgeAttachment(unit, id, name);
    for (const [name, { digest, type }] of Object.entries(after)) {
      const key = attachmentKey(id, name);
      const text = data.get(key);
      if (text === undefined || before[name]?.digest === digest) continue;
      const record = table.shape.make([key, false, this.parts.store.moment().now, digest, type, text]);
      const slot = table.slotOf(key);
      if (slot === undefined) unit.insert(table, record);
      else unit.replace(table, slot, record);
    }
  }

  attachment(documentId: string, attachmentId: string, digest: string): AttachmentData | undefined {
    const { table } = this.#attachments;
    const slot = table.slotOf(attachmentKey(documentId, attachmentId));
    const record = slot === undefined ? undefined : table.row(slot);
    return record?.Digest === digest ? { data: record.Data as string, type: record.Type as string } : undefined;
  }

  purge(unit: Unit, id: string): void {
    const slot = this.#table.slotOf(id);
    if (slot === undefined) return;
    const { Attachments: attachments } = must(this.#table.row(slot), 'a slot of an id holds its record');
    for (const name of Object.keys(attachments || {})) this.#purgeAttachment(unit, id, name);
    unit.purge(this.#table, slot);
  }

  purgeAll(unit: Unit): void {
    for (const table of [this.#table, this.#attachments.table])
      for (let slot = table.slotCount - 1; slot >= 0; slot--)
        if (table.row(slot) !== undefined) unit.purge(table, slot);
  }

  #purgeAttachment(unit: Unit, id: string, name: string): void {
    const { table } = this.#attachments;
    const slot = table.slotOf(attachmentKey(id, name));
    if (slot !== undefined) unit.purge(table, slot);
  }

  changes({ changes }: Batch): readonly DocumentChange[] {
    const found: DocumentChange[] = [];
    for (const { object, id, before, after, slot } of changes) {
      if (object !== RxDocumentObject.name) continue;
      const known = this.#entries[slot];
      found.push({
        id,
        // Most often the version is still at hand, and its document with it.
        before: before && (known?.record === before ? known : this.#makeEntry(before)),
        after: after && (this.#table.row(slot) === after ? this.#entryAt(slot) : this.#makeEntry(after)),
      });
    }
    return found;
  }
}

function withoutData(attachments: AnyDocument['_attachments']): unknown {
  const names = Object.keys(attachments);
  if (names.length === 0) return null;
  const kept: Record<string, unknown> = {};
  for (const name of names) {
    const { length, type, digest, data, ...others } = attachments[name] as AnyDocument['_attachments'][string] & {
      data?: { size: number };
    };
    setOwn(kept, name, copyJson({ ...others, length: data?.size ?? length, type, digest }, name, 1));
  }
  return Object.freeze(kept);
}

const NO_ATTACHMENTS = Object.freeze({});

function createBuild(key: string): BuildDocument {
  return (record) => {
    const body = record.Body as Record<string, unknown>;
    const document: Record<string, unknown> = Object.hasOwn(body, key) ? {} : { [key]: record.Id };
    for (const name of Object.keys(body)) setOwn(document, name, body[name]);
    document._deleted = record.IsDeleted;
    document._rev = record.Revision;
    document._meta = record.Meta ?? Object.freeze({ lwt: record.WriteTime });
    if (record.Attachments !== false) document._attachments = record.Attachments ?? NO_ATTACHMENTS;
    return Object.freeze(document) as unknown as AnyDocument;
  };
}

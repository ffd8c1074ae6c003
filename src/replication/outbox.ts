import { createError } from '../engine/ground/errors.ts';
import type { Keeper } from '../engine/storage/keeper.ts';
import { DocumentsIn } from './apply-documents.ts';
import { rootOfChange, toRow } from './build-push.ts';
import { changeKey } from './change-key.ts';
import { toFields } from './document.ts';
import type { ChangeRow, SyncHand, SyncStore } from './sync-store.ts';
import type { PushRow, WireDocument } from './wire.ts';

/** Local writes to one record that the server has not taken. */
export interface OutboxEntry {
  readonly object: string;
  readonly id: string;
  readonly kind: ChangeRow['Kind'];
  readonly state: ChangeRow['State'];
  /** The fields that were written; all of a record that was made here. */
  readonly fields: readonly string[];
  /** Entries of one number are sent together. */
  readonly commit: number;
  /** When the record was first written: a stored dateTime. */
  readonly since: string;
  /** Whether it is on its way at this moment. */
  readonly isSending: boolean;
  /** Why it is not sent. */
  readonly code: string | undefined;
  readonly message: string | undefined;
}

const STATES = ['pending', 'conflict', 'rejected'] as const;

/** An entry with what it would send. */
export interface ExportedEntry extends OutboxEntry {
  readonly row: PushRow;
}

export interface OutboxParts {
  readonly at: SyncStore;
  readonly name: string;
  readonly keeper: Keeper | undefined;
  readonly objects: readonly string[];
  /** Looks again whether there is something to send. */
  readonly onChange: () => void;
  /** Fetches everything anew. */
  readonly refetch: () => void;
}

/**
 * The local writes that the server has not taken, in the order in which they are sent. What it shows are records of `SyncChange`,
 * so it can be queried and watched as any object; this door changes it.
 */
export class Outbox {
  readonly #parts: OutboxParts;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** How many records have writes that wait, for whatever reason. */
  get size(): number {
    const { at, objects } = this.#parts;
    return STATES.reduce((sum, state) => sum + at.countChanges(objects, state), 0);
  }

  list(): readonly OutboxEntry[] {
    const sending = this.#sending();
    return this.#rows().map((change) => this.#entryOf(change, sending));
  }

  /** Of one record; undefined where nothing waits. */
  get(object: string, id: string): OutboxEntry | undefined {
    const change = this.#parts.at.change(object, id);
    return change === undefined ? undefined : this.#entryOf(change, this.#sending());
  }

  /** All entries with what each would send, as NDJSON: to be kept elsewhere, or looked at. It holds values of records. */
  export(): string {
    const { at } = this.#parts;
    const sending = this.#sending();
    const lines = this.#rows().map((change): ExportedEntry => {
      const row = toRow(at, change, { isWhole: false, root: rootOfChange(at, change) });
      return { ...this.#entryOf(change, sending), row };
    });
    return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  }

  /** Sends what was refused once more, as it is. */
  async retry(object: string, id: string): Promise<void> {
    await this.#change(object, id, (hand, change) => {
      if (change.State !== 'rejected') return;
      hand.put('SyncChange', change.Id, { State: 'pending', Code: null, Message: null });
    });
  }

  /**
   * Forgets what was written here: the record becomes what the server holds as far as is known, and one that was made here is gone.
   * Rejects with `NOT_FOUND` where nothing waits, and with `WRITE_CONFLICT` while it is on its way.
   */
  async drop(object: string, id: string): Promise<void> {
    let isPurge = false;
    await this.#change(object, id, (hand, change) => {
      isPurge = change.Kind === 'purge';
      hand.remove('SyncChange', change.Id);
      if (change.Base === null) hand.remove(object, id);
      else if (!isPurge && this.#parts.at.record(object, id) !== undefined) this.#restore(hand, change);
    });
    // What was taken away for good is not here to be restored.
    if (isPurge) this.#parts.refetch();
  }

  /**
   * Settles a conflict that waits for a person: whose values stand, or the values. Rejects with `NOT_FOUND` where none waits.
   */
  async resolve(
    object: string,
    id: string,
    choice: 'mine' | 'theirs' | Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const isSide = choice === 'mine' || choice === 'theirs';
    if (!isSide && (typeof choice !== 'object' || choice === null))
      throw createError('INVALID_OPTION', "a conflict is settled by 'mine', 'theirs' or an object of values");
    await this.#change(object, id, (hand, change) => {
      if (change.State !== 'conflict' || change.Theirs === null)
        throw createError(
          'NOT_FOUND',
          'no conflict of this record waits to be settled: outbox.list() has those in state conflict',
        );
      const theirs = JSON.parse(change.Theirs) as WireDocument;
      const documents = new DocumentsIn(this.#parts.at, hand, () =>
        typeof choice === 'string' ? choice : () => choice as WireDocument,
      );
      documents.settleWith(change, theirs);
      documents.finish();
      if (this.#parts.at.changeAt(change.Id)?.State === 'conflict')
        throw createError(
          'INVALID_FIELD',
          'the conflict still waits: the values name a field that the record lacks, or one that cannot hold its value',
        );
    });
  }

  #rows(): readonly ChangeRow[] {
    return this.#parts.at.changes({ Object: { $in: this.#parts.objects } });
  }

  #sending(): ReadonlySet<string> {
    return this.#parts.at.sending(this.#parts.name);
  }

  #entryOf(change: ChangeRow, sending: ReadonlySet<string>): OutboxEntry {
    const { definition, serverFields } = this.#parts.at.entity(change.Object);
    const own = definition.fields.map(({ name }) => name).filter((name) => !serverFields.has(name));
    return {
      object: change.Object,
      id: change.RecordId,
      kind: change.Kind,
      state: change.State,
      fields: change.Base === null ? own : Object.keys(toFields(definition, JSON.parse(change.Base) as WireDocument)),
      commit: change.Commit,
      since: change.FirstChangeDate,
      isSending: sending.has(change.Id),
      code: change.Code ?? undefined,
      message: change.Message ?? undefined,
    };
  }

  #restore(hand: SyncHand, change: ChangeRow): void {
    const { at } = this.#parts;
    const documents = new DocumentsIn(at, hand, () => 'theirs');
    const base = change.Theirs === null ? change.Base : change.Theirs;
    const { definition } = at.entity(change.Object);
    documents.take(change.Object, {
      ...(JSON.parse(base as string) as WireDocument),
      [definition.roles.id]: change.RecordId,
    });
    documents.finish();
  }

  /** A change to an entry: made where commits are made, which may be another tab. */
  async #change(object: string, id: string, work: (hand: SyncHand, change: ChangeRow) => void): Promise<void> {
    const { at, keeper } = this.#parts;
    const run = () => {
      const change = at.changeAt(changeKey(object, id));
      if (change === undefined)
        throw createError('NOT_FOUND', 'nothing of this record waits to be sent: outbox.list() has what does');
      if (this.#sending().has(change.Id))
        throw createError('WRITE_CONFLICT', 'it is on its way to the server: pause the sync, or wait for the answer');
      at.write((hand) => work(hand, change));
    };
    if (keeper?.transact === undefined) run();
    else await keeper.transact(run);
    await at.store.settled?.();
    this.#parts.onChange();
  }
}

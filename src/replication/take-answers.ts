import { EngineError } from '../engine/ground/errors.ts';
import { isSameJson } from '../engine/record/record.ts';
import type { DocumentsIn } from './apply-documents.ts';
import { DELETED, toDocument } from './document.ts';
import type { ChangeRow, SyncHand, SyncStore } from './sync-store.ts';
import type { RowAnswer, WireDocument } from './wire.ts';

type Values = Record<string, unknown>;

/** Takes the answers to a push in, within one commit. */
export class AnswersIn {
  readonly #at: SyncStore;
  readonly #hand: SyncHand;
  readonly #documents: DocumentsIn;

  constructor(at: SyncStore, hand: SyncHand, documents: DocumentsIn) {
    this.#at = at;
    this.#hand = hand;
    this.#documents = documents;
  }

  take(key: string, answer: RowAnswer): void {
    const change = this.#at.changeAt(key);
    if (change === undefined) return;
    switch (answer.status) {
      case 'applied':
        return this.#accept(change, answer.set);
      case 'conflict':
        return this.#documents.take(change.Object, { ...answer.document } as WireDocument);
      case 'missing':
        return this.#hand.put('SyncChange', key, {
          Base: null,
          Sent: null,
          Kind: change.Kind === 'purge' ? 'purge' : 'create',
        });
      case 'refused':
        return this.#hand.put('SyncChange', key, {
          State: 'rejected',
          Code: answer.code.slice(0, 80),
          Message: answer.message.slice(0, 1_000),
          Sent: null,
        });
      case 'held':
        return this.#hand.put('SyncChange', key, { Sent: null });
    }
  }

  /** The server has it. What was written meanwhile still waits, with what was sent as its base. */
  #accept(change: ChangeRow, set: WireDocument | undefined): void {
    const { Object: object, RecordId: id } = change;
    const record = this.#at.record(object, id);
    const sent = change.Sent === null ? {} : (JSON.parse(change.Sent) as Values);
    const { definition } = this.#at.entity(object);
    const now: Values = record === undefined ? {} : toDocument(definition, record);
    const isPurged = change.Kind === 'purge' && DELETED in sent;
    const left: Values = {};
    for (const [name, value] of Object.entries(sent)) if (isPurged || !isSameJson(now[name], value)) left[name] = value;
    if (isPurged)
      this.#hand.put('SyncChange', change.Id, { Base: JSON.stringify({ [DELETED]: sent[DELETED] }), Sent: null });
    else if (record === undefined || Object.keys(left).length === 0) this.#hand.remove('SyncChange', change.Id);
    else {
      const isBin = DELETED in left;
      const Kind = isBin ? (now[DELETED] === true ? 'delete' : 'undelete') : 'update';
      this.#hand.put('SyncChange', change.Id, { Kind, Base: JSON.stringify(left), Sent: null });
    }
    if (set !== undefined && record !== undefined) this.#takeSet(object, id, set);
  }

  /** What the server sets is taken over as it is; a value that cannot be stored is left for the next pull to tell of. */
  #takeSet(object: string, id: string, set: WireDocument): void {
    const { entity, definition, serverFields } = this.#at.entity(object);
    const slot = entity.table.slotOf(id);
    const before = slot === undefined ? undefined : entity.table.row(slot);
    if (slot === undefined || before === undefined) return;
    const fields = Object.fromEntries(Object.entries(set).filter(([name]) => serverFields.has(name)));
    try {
      const input = { ...fields, [definition.roles.id]: id };
      const record = entity.writer.import(input, before, this.#at.store.moment(), { ignored: new Map() });
      if (record !== before) this.#hand.unit.replace(entity.table, slot, record);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }
}

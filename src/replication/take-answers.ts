import { EngineError } from '../engine/ground/errors.ts';
import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import type { DocumentsIn } from './apply-documents.ts';
import { DELETED, PURGED, removedDocument, toDocument } from './document.ts';
import type { ChangeRow, SyncHand, SyncStore } from './sync-store.ts';
import type { RowAnswer, WireDocument } from './wire.ts';

type Values = Record<string, unknown>;

/** A record and where it stands. */
interface Placed {
  readonly slot: number;
  readonly record: StoredRecord;
}

/** Takes the answers to a push in, within one commit. */
export class AnswersIn {
  readonly #at: SyncStore;
  readonly #hand: SyncHand;
  readonly #documents: DocumentsIn;
  /** Whether all that the answers say is here now. What is not has to come with a document of its record. */
  isWhole = true;

  constructor(at: SyncStore, hand: SyncHand, documents: DocumentsIn) {
    this.#at = at;
    this.#hand = hand;
    this.#documents = documents;
  }

  take(key: string, answer: RowAnswer): void {
    const change = this.#at.changeAt(key);
    if (change === undefined) {
      this.isWhole = false;
      return;
    }
    const later = this.putBy(change);
    if (answer.status === 'applied') this.#accept(change, answer);
    else if (answer.status === 'refused') this.#refuse(change, answer);
    else if (answer.status === 'missing')
      this.#hand.put('SyncChange', key, {
        Kind: change.Kind === 'purge' ? 'purge' : 'create',
        Base: null,
        IsMissed: true,
        Sent: null,
      });
    else if (answer.status === 'conflict') {
      const { document } = answer;
      this.#documents.take(
        change.Object,
        later !== undefined && this.#isLater(change, later, document) ? later : document,
      );
      return;
    } else this.#hand.put('SyncChange', key, { Sent: null });
    const isStale =
      answer.status === 'applied' && answer.set !== undefined && !this.#isLater(change, later, answer.set);
    if (later !== undefined && !isStale) this.#documents.take(change.Object, later);
  }

  /** What is refused stays as it is, unless it is something else by now: that the server has not been asked. */
  #refuse(change: ChangeRow, { code, message }: Extract<RowAnswer, { status: 'refused' }>): void {
    const isOther = change.Sent !== null && this.#wroteAgain(change, JSON.parse(change.Sent) as Values);
    const reason = { State: 'rejected', Code: code.slice(0, 80), Message: message.slice(0, 1_000) };
    this.#hand.put('SyncChange', change.Id, { ...(!isOther && reason), Sent: null });
  }

  /** Whether a record holds something else than what was sent of it. */
  #wroteAgain({ Object: object, RecordId }: ChangeRow, sent: Values): boolean {
    const record = this.#at.record(object, RecordId);
    if (record === undefined) return !(PURGED in sent);
    const now: Values = toDocument(this.#at.entity(object).definition, record);
    return Object.entries(sent).some(([name, value]) => !isSameJson(now[name], value));
  }

  /** What the server said of the record while its change was on its way; it is put by no longer. */
  putBy(change: ChangeRow): WireDocument | undefined {
    if (change.State === 'conflict' || change.Theirs === null) return undefined;
    this.#hand.put('SyncChange', change.Id, { Theirs: null });
    return JSON.parse(change.Theirs) as WireDocument;
  }

  /** Whether what was pulled is of no earlier moment than an answer: by the stamps, which are the server's both times. */
  #isLater({ Object: object }: ChangeRow, pulled: WireDocument | undefined, answered: WireDocument): boolean {
    const { stamp } = this.#at.entity(object).definition.roles;
    // What says that the record is gone has no stamp, and the last word.
    return pulled?.[stamp] === undefined || String(pulled[stamp]) >= String(answered[stamp] ?? '');
  }

  /** The server has it. What was written meanwhile still waits, with what was sent as its base. */
  #accept(change: ChangeRow, { set, hidden }: Extract<RowAnswer, { status: 'applied' }>): void {
    const { Object: object, RecordId: id } = change;
    const { definition, entity } = this.#at.entity(object);
    const slot = entity.table.slotOf(id);
    const record = slot === undefined ? undefined : entity.table.row(slot);
    const sent = change.Sent === null ? {} : (JSON.parse(change.Sent) as Values);
    // Looked at only where it was written again while it was being sent.
    const now: Values = record === undefined || change.Sent === null ? {} : toDocument(definition, record);
    const isPurged = change.Kind === 'purge' && DELETED in sent;
    const left: Values = {};
    for (const [name, value] of Object.entries(sent)) if (isPurged || !isSameJson(now[name], value)) left[name] = value;
    // What has been put back meanwhile is new to the server.
    if (PURGED in sent) this.#hand.put('SyncChange', change.Id, { Base: null, Sent: null });
    else if (isPurged)
      this.#hand.put('SyncChange', change.Id, { Base: JSON.stringify({ [DELETED]: sent[DELETED] }), Sent: null });
    else if (record === undefined || Object.keys(left).length === 0) this.#hand.remove('SyncChange', change.Id);
    else {
      const isBin = DELETED in left;
      const Kind = isBin ? (now[DELETED] === true ? 'delete' : 'undelete') : 'update';
      this.#hand.put('SyncChange', change.Id, { Kind, Base: JSON.stringify(left), Sent: null });
    }
    if (hidden === true) this.#documents.take(object, removedDocument(definition, id));
    else if (set !== undefined && slot !== undefined && record !== undefined)
      this.#takeSet(object, { slot, record }, set);
    else if (set !== undefined) this.isWhole = false;
  }

  /** What the server sets is taken over as it is; a value that cannot be stored is left for the next pull to tell of. */
  #takeSet(object: string, { slot, record: before }: Placed, set: WireDocument): void {
    const { entity, definition, serverFields } = this.#at.entity(object);
    const { writer } = entity;
    const values = new Array<unknown>(definition.fields.length).fill(undefined);
    for (const name in set) if (serverFields.has(name)) values[writer.placeOf(name) as number] = set[name];
    try {
      const record = writer.importValues(values, before, this.#at.store.moment(), { ignored: new Map() });
      if (record !== before) this.#hand.unit.replace(entity.table, slot, record);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.isWhole = false;
    }
  }
}

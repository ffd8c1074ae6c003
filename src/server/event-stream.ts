import { isSameJson, type StoredRecord } from '../engine/record/record.ts';
import { writeCheckpoint } from './checkpoint.ts';
import type { MasterEntry } from './master.ts';
import { documentOf, readShown, type Shown, show } from './read-shown.ts';
import type { PlacedText, StreamFormat } from './stream-format.ts';
import { checkpointAt, type SyncCall, type SyncContext, type Viewpoint } from './sync-context.ts';

/** Commits as they are told to all streams. */
export interface StreamBatch {
  readonly entries: readonly MasterEntry[];
  readonly sequence: number;
  readonly era: string;
  readonly withBefore: boolean;
  /** Records written down once for all streams that show them whole. */
  readonly texts: Map<StreamFormat, Map<MasterEntry, string>>;
}

export interface StreamParts {
  readonly context: SyncContext;
  readonly call: SyncCall;
  readonly viewpoint: Viewpoint;
  readonly format: StreamFormat;
  /** Joins those who are told of commits; false where some have been told that this stream has not read. */
  join(stream: EventStream, sequence: number): boolean;
  leave(stream: EventStream): void;
}

/** How long it is held true that the user is who he is and may what he may. */
const ADMITTED_MS = 1_000;
const PAGE = 1_000;
/** Commits that wait while the user is asked for, and records of one event: beyond them the client had better pull. */
const WAITING_MAX = 256;
const EVENT_MAX = 5_000;

/** One client's stream of events. Its client reads as slowly as it likes: no more than a bounded text waits for it. */
export class EventStream {
  readonly isFiltered: boolean;
  readonly body: ReadableStream<Uint8Array>;
  readonly #parts: StreamParts;
  readonly #encoder = new TextEncoder();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** The sequence up to which it has read. */
  #position: number;
  /** Where the pull began that it is in the middle of, while it has not read all there was. */
  #since: number | undefined;
  /** The checkpoint that the client has by this stream. */
  #told = '';
  /** Whether events were left out for want of room. */
  #isBehind = false;
  #drained: (() => void) | undefined;
  readonly #waiting: StreamBatch[] = [];
  /** Records that its client has made itself. One that is changed again is another object. */
  readonly #passedOver = new WeakSet<StoredRecord>();
  #isTelling = false;
  #admittedAt: number;
  #calledOff: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: StreamParts) {
    this.#parts = parts;
    const { context, viewpoint, call } = parts;
    this.isFiltered = viewpoint.view.isFiltered;
    this.#position = viewpoint.after;
    this.#since = viewpoint.since;
    this.#admittedAt = context.environment.elapsed();
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          this.#send(parts.format.alive);
        },
        pull: () => this.#drain(),
        cancel: () => this.close(),
      },
      { highWaterMark: context.limits.streamBacklog, size: (chunk) => chunk?.byteLength ?? 0 },
    );
    call.request.signal.addEventListener('abort', () => this.close(), { once: true });
    if (call.request.signal.aborted) this.close();
    this.#endAt(call.identity.until);
  }

  #endAt(until: number | undefined): void {
    this.#calledOff?.();
    this.#calledOff = undefined;
    if (until === undefined || this.#isClosed) return;
    const { environment } = this.#parts.context;
    const ms = until - environment.now();
    if (ms <= 0) return this.close();
    // Timers hold 31 bits.
    this.#calledOff = environment.wake(() => this.#endAt(until), Math.min(ms, 0x7fff_ffff));
  }

  get #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  #send(text: string): void {
    if (!this.#isClosed) this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #drain(): void {
    if (this.#isBehind && this.#hasRoom) {
      this.#isBehind = false;
      this.#send(this.#parts.format.resync(this.#told));
      if (this.#parts.format.endsBehind) this.close();
    }
    this.#drained?.();
    this.#drained = undefined;
  }

  /** Tells everything after the place where it begins, and then joins those who are told of commits. */
  async run(isAtEnd: boolean): Promise<void> {
    const { context, viewpoint, call, format } = this.#parts;
    const { view, rights } = viewpoint;
    this.#told = await checkpointAt(context.master, viewpoint.after, rights, this.#since);
    if (isAtEnd) this.#send(format.resync(this.#told));
    let fresh = viewpoint.freshUpTo;
    while (!this.#isClosed) {
      const from = { after: this.#position, since: this.#since, freshUpTo: fresh };
      const request = { ...from, limit: PAGE, signal: call.request.signal };
      const page = await readShown(context.master, view, request);
      const era = await context.master.eraAt(page.sequence);
      if (!(await this.#admit())) return;
      if (page.done) this.#since = undefined;
      if (page.shown.length > 0) this.#tell(page.shown, { sequence: page.sequence, era, texts: new Map() });
      this.#position = page.sequence;
      if (fresh !== undefined && page.sequence >= fresh) {
        fresh = undefined;
        if (view.isFiltered && !page.done) this.#since = page.sequence;
      }
      if (page.done && this.#parts.join(this, page.sequence)) return;
      if (!this.#hasRoom)
        await new Promise<void>((resolve) => {
          this.#drained = resolve;
        });
    }
  }

  /** Takes commits to tell, after those that wait. */
  hear(batch: StreamBatch): void {
    if (this.#isClosed || this.#isBehind) return;
    if (this.#waiting.length >= WAITING_MAX) return this.#fallBehind();
    this.#waiting.push(batch);
    if (!this.#isTelling) this.#tellWaiting().catch((error) => this.fail(error));
  }

  #fallBehind(): void {
    this.#waiting.length = 0;
    this.#isBehind = true;
    if (this.#hasRoom) this.#drain();
  }

  async #tellWaiting(): Promise<void> {
    this.#isTelling = true;
    try {
      while (this.#waiting.length > 0) {
        if (!(await this.#admit())) return;
        // It may have fallen behind meanwhile.
        const batch = this.#waiting.shift();
        if (batch !== undefined) this.#tellBatch(batch);
      }
    } finally {
      this.#isTelling = false;
    }
  }

  #tellBatch(batch: StreamBatch): void {
    if (batch.sequence <= this.#position) return;
    const isPartial = batch.entries.length > EVENT_MAX || (this.isFiltered && !batch.withBefore);
    const after = this.#position;
    this.#position = batch.sequence;
    if (isPartial || !this.#hasRoom) return this.#fallBehind();
    const entries = batch.entries.filter(({ sequence }) => sequence > after);
    const shown = show(this.#parts.viewpoint.view, entries, false);
    if (shown.length > 0) this.#tell(shown, batch);
  }

  /** From now on this very record is not told: its client holds it, and hears of the place up to which all has been told. */
  passOver(record: StoredRecord): void {
    this.#passedOver.add(record);
  }

  #isPassedOver({ entry, instead }: Shown): boolean {
    return instead === undefined && entry.record !== undefined && this.#passedOver.delete(entry.record);
  }

  #tell(shown: readonly Shown[], batch: Pick<StreamBatch, 'sequence' | 'era' | 'texts'>): void {
    const texts: PlacedText[] = [];
    for (const each of shown)
      if (!this.#isPassedOver(each)) texts.push({ place: each.place, text: this.#textOf(each, batch) });
    this.#tellTexts(texts, batch.sequence, batch.era);
  }

  #tellTexts(texts: readonly PlacedText[], sequence: number, era: string): void {
    const { format, viewpoint } = this.#parts;
    const checkpoint = writeCheckpoint({ era, sequence }, viewpoint.rights, this.#since);
    this.#send(format.documents(texts, this.#told, checkpoint));
    this.#told = checkpoint;
    this.#parts.call.rows += texts.length;
  }

  #textOf(shown: Shown, { texts }: Pick<StreamBatch, 'texts'>): string {
    const { format, viewpoint } = this.#parts;
    const { view } = viewpoint;
    const write = () => format.document(documentOf(view, shown));
    if (shown.instead !== undefined || !view.isShared(shown.entry)) return write();
    let known = texts.get(format);
    if (known === undefined) {
      known = new Map();
      texts.set(format, known);
    }
    let text = known.get(shown.entry);
    if (text === undefined) {
      text = write();
      known.set(shown.entry, text);
    }
    return text;
  }

  /** Asks again who the user is; false, and the stream ends, where he is no longer let in or may something else. */
  async #admit(): Promise<boolean> {
    if (this.#isClosed) return false;
    const { context, call, viewpoint, format } = this.#parts;
    const elapsed = context.environment.elapsed();
    if (elapsed - this.#admittedAt < ADMITTED_MS) return true;
    const identity = await Promise.resolve(call.request).then(context.options.authorize).catch(call.hear);
    if (this.#isClosed) return false;
    const known = viewpoint.view.identity;
    if (typeof identity?.user !== 'string') {
      this.close();
      return false;
    }
    if (identity.user !== known.user || !isSameJson(identity.rights ?? null, known.rights ?? null)) {
      this.#send(format.resync(this.#told));
      this.close();
      return false;
    }
    this.#admittedAt = elapsed;
    viewpoint.view.identity = identity;
    if (identity.until !== known.until) this.#endAt(identity.until);
    return !this.#isClosed;
  }

  /** Says that it is alive, and how far it has come: so a client notices what was lost on the way, though nothing follows it. */
  async beat(era: string): Promise<void> {
    const position = this.#position;
    if (!(await this.#admit()) || !this.#hasRoom || this.#isBehind) return;
    const isQuiet = this.#waiting.length === 0 && position === this.#position;
    if (isQuiet && this.#told !== '' && this.#parts.format.marksQuiet) this.#tellTexts([], position, era);
    else this.#send(this.#parts.format.alive);
  }

  get position(): number {
    return this.#position;
  }

  /** Ends it for an error, which is told of. */
  fail(error: unknown): void {
    this.#parts.call.hear(error);
    this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#calledOff?.();
    this.#drained?.();
    this.#parts.leave(this);
    try {
      this.#controller?.close();
    } catch {
      // Its reader has gone, and closed it.
    }
  }
}

import type { StoredRecord } from '../engine/record/record.ts';
import { EventStream, type StreamBatch } from './event-stream.ts';
import type { StreamFormat } from './stream-format.ts';
import type { SyncCall, SyncContext, Viewpoint } from './sync-context.ts';
import { SyncFailure } from './sync-failure.ts';

/** How many versions are read for all streams at once. */
const AT_ONCE = 1_000;
const HEARTBEAT_MS = 15_000;
export const EVENT_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/** All open streams of a handler: the master is watched once for all of them, and each commit is read once. */
export class StreamHub {
  readonly #context: SyncContext;
  readonly #streams = new Map<EventStream, string>();
  readonly #joined = new Set<EventStream>();
  readonly #byUser = new Map<string, number>();
  /** Those that have a name, by it and their user. */
  readonly #named = new Map<string, Set<EventStream>>();
  /** The sequence up to which those who joined have been told. */
  #position = 0;
  #stopWatching: (() => void) | undefined;
  #stopBeating: (() => void) | undefined;
  #isReading = false;
  #isBehind = false;
  #isClosed = false;

  constructor(context: SyncContext) {
    this.#context = context;
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Opens a stream. `isAtEnd`: it tells nothing of what was before. Throws a `SyncFailure` where there are too many. */
  open(call: SyncCall, viewpoint: Viewpoint, format: StreamFormat, isAtEnd: boolean, name?: string): Response {
    const { limits } = this.#context;
    const { user } = call.identity;
    const ofUser = this.#byUser.get(user) ?? 0;
    if (this.#isClosed || this.#streams.size >= limits.streams || ofUser >= limits.streamsPerUser)
      throw new SyncFailure(429, 'SYNC_LIMIT', 'too many streams are open', { headers: { 'retry-after': '30' } });
    let hasLeft = false;
    const stream = new EventStream({
      context: this.#context,
      call,
      viewpoint,
      format,
      join: (joining, sequence) => this.#join(joining, sequence),
      leave: (leaving) => {
        hasLeft = true;
        this.#leave(leaving);
        if (name !== undefined) this.#forgetName(nameOf(user, name), leaving);
      },
    });
    if (!hasLeft) {
      this.#streams.set(stream, user);
      this.#byUser.set(user, ofUser + 1);
      if (name !== undefined)
        this.#named.set(nameOf(user, name), (this.#named.get(nameOf(user, name)) ?? new Set()).add(stream));
      this.#beat();
      stream.run(isAtEnd).catch((error) => stream.fail(error));
    }
    return new Response(stream.body as never, { headers: EVENT_HEADERS });
  }

  #forgetName(key: string, stream: EventStream): void {
    const streams = this.#named.get(key);
    streams?.delete(stream);
    if (streams?.size === 0) this.#named.delete(key);
  }

  /** What has the streams of a name pass over records, while they are open; undefined where none is. */
  passOver({ identity }: SyncCall, name: string): ((record: StoredRecord) => void) | undefined {
    const streams = this.#named.get(nameOf(identity.user, name));
    if (streams === undefined) return undefined;
    return (record) => {
      for (const stream of streams) stream.passOver(record);
    };
  }

  #join(stream: EventStream, sequence: number): boolean {
    if (!this.#streams.has(stream)) return true;
    if (this.#joined.size === 0) this.#position = sequence;
    if (sequence < this.#position) return false;
    this.#joined.add(stream);
    this.#stopWatching ??= this.#context.master.watch(() => this.#read());
    // What was committed between its reading and now.
    this.#read();
    return true;
  }

  #leave(stream: EventStream): void {
    const user = this.#streams.get(stream);
    if (user === undefined) return;
    this.#streams.delete(stream);
    this.#joined.delete(stream);
    const left = (this.#byUser.get(user) ?? 1) - 1;
    if (left === 0) this.#byUser.delete(user);
    else this.#byUser.set(user, left);
    if (this.#joined.size === 0) {
      this.#stopWatching?.();
      this.#stopWatching = undefined;
    }
    if (this.#streams.size === 0) {
      this.#stopBeating?.();
      this.#stopBeating = undefined;
    }
  }

  #read(): void {
    this.#isBehind = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#readAll().catch((error) => this.#fail(error));
  }

  async #readAll(): Promise<void> {
    try {
      // Out of the commit that it was called from.
      await Promise.resolve();
      while (this.#isBehind && this.#joined.size > 0) await this.#readOnce();
    } finally {
      this.#isReading = false;
    }
  }

  async #readOnce(): Promise<void> {
    const { master, objects } = this.#context;
    this.#isBehind = false;
    const withBefore = [...this.#joined].some(({ isFiltered }) => isFiltered);
    const after = this.#position;
    const page = await master.read({ objects: [...objects], after, limit: AT_ONCE, withBefore, heldOnly: false });
    const era = await master.eraAt(page.sequence);
    this.#position = page.sequence;
    if (!page.done) this.#isBehind = true;
    const batch: StreamBatch = { ...page, era, withBefore, texts: new Map() };
    if (page.entries.length > 0) for (const stream of [...this.#joined]) stream.hear(batch);
  }

  #beat(): void {
    const { environment, options } = this.#context;
    this.#stopBeating ??= environment.wake(() => {
      this.#stopBeating = undefined;
      this.#beatAll()
        .catch((error) => this.#fail(error))
        .finally(() => {
          if (this.#streams.size > 0) this.#beat();
        });
    }, options.heartbeatMs ?? HEARTBEAT_MS);
  }

  async #beatAll(): Promise<void> {
    const eras = new Map<number, Promise<string>>();
    const eraAt = (sequence: number) => {
      const known = eras.get(sequence) ?? this.#context.master.eraAt(sequence);
      eras.set(sequence, known);
      return known;
    };
    const beats = [...this.#streams.keys()].map(async (stream) => stream.beat(await eraAt(stream.position)));
    await Promise.all(beats);
  }

  /** What is read for all ends all. */
  #fail(error: unknown): void {
    this.#context.hear(error, { route: 'POST /stream' });
    this.#endAll();
  }

  #endAll(): void {
    for (const stream of [...this.#streams.keys()]) stream.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#endAll();
  }
}

/** A name is that of one user's streams: nobody else can have something left out of them. */
function nameOf(user: string, name: string): string {
  return JSON.stringify([user, name]);
}

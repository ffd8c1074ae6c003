import type { PullPage, Remote, StreamMessage } from '../../src/replication/remote.ts';
import { RemoteFailure } from '../../src/replication/remote.ts';
import type {
  PullRequest,
  PushAnswer,
  PushRequest,
  PushRow,
  RowAnswer,
  WireDocument,
} from '../../src/replication/wire.ts';

type Values = Record<string, unknown>;

interface Kept {
  readonly object: string;
  readonly id: string;
  document: Values;
  sequence: number;
}

/** Fields that the model gives by itself. */
const STAMPS = [
  'SystemModstamp',
  'LastModifiedDate',
  'LastModifiedById',
  'CreatedDate',
  'CreatedById',
  'Name',
  'LastViewedDate',
  'LastReferencedDate',
];

/**
 * A server in forty lines: a Map, a counter, and the rules of docs/sync.md written down a second time. It shares no code with the
 * engine, so a client that agrees with it agrees with what is written.
 */
export class ModelServer {
  readonly kept = new Map<string, Kept>();
  readonly answers = new Map<string, { push: number; content: string; answer: PushAnswer }>();
  readonly applied: { readonly client: string; readonly push: number; readonly rows: number }[] = [];
  readonly #watchers = new Set<() => void>();
  sequence = 0;
  era = 'a';
  numbers = 0;
  /** Rows that are never taken, by what they hold. */
  refuses: (row: PushRow) => boolean = () => false;

  #stamp(): string {
    return new Date(Date.UTC(2026, 0, 1) + this.sequence).toISOString();
  }

  /** What someone else writes. */
  set(object: string, id: string, values: Values): void {
    this.sequence++;
    this.#put(object, id, values);
    this.#tell();
  }

  get(object: string, id: string): Values | undefined {
    return this.kept.get(`${object}:${id}`)?.document;
  }

  #put(object: string, id: string, values: Values): Values {
    const before = this.kept.get(`${object}:${id}`)?.document;
    const made = before ?? {
      Id: id,
      Name: `SRV-${String(++this.numbers).padStart(4, '0')}`,
      CreatedDate: this.#stamp(),
      _deleted: false,
    };
    const document = { ...made, ...values, SystemModstamp: this.#stamp(), LastModifiedDate: this.#stamp() };
    this.kept.set(`${object}:${id}`, { object, id, document, sequence: this.sequence });
    return document;
  }

  #tell(): void {
    for (const tell of [...this.#watchers]) tell();
  }

  push(request: PushRequest): PushAnswer {
    this.#assertKept(request.pushed);
    const content = JSON.stringify(request.commits);
    const last = this.answers.get(request.client);
    if (last !== undefined && request.push <= last.push) {
      if (request.push === last.push && content === last.content) return last.answer;
      throw new RemoteFailure('cloned', 'SYNC_CLIENT', 'the number has been used');
    }
    this.sequence++;
    const commits = request.commits.map((rows) => this.#commit(rows));
    const answer = { push: request.push, commits, pushed: this.checkpoint() };
    this.answers.set(request.client, { push: request.push, content, answer });
    this.applied.push({ client: request.client, push: request.push, rows: request.commits.flat().length });
    this.#tell();
    return answer;
  }

  #commit(rows: readonly PushRow[]): RowAnswer[] {
    const verdicts = rows.map((row) => this.#judge(row));
    const isWhole = verdicts.every((verdict) => verdict === 'put' || verdict === 'same');
    return rows.map((row, i): RowAnswer => {
      const verdict = verdicts[i] as 'put' | 'same' | RowAnswer;
      if (typeof verdict !== 'string') return verdict;
      if (!isWhole) return { status: 'held' };
      const { object, newDocumentState: next } = row;
      const id = next.Id as string;
      const own = Object.fromEntries(Object.entries(next).filter(([name]) => !STAMPS.includes(name)));
      const document = verdict === 'put' ? this.#put(object, id, own) : (this.get(object, id) ?? {});
      const set = Object.fromEntries(STAMPS.filter((name) => name in document).map((name) => [name, document[name]]));
      return { status: 'applied', set };
    });
  }

  #judge(row: PushRow): 'put' | 'same' | RowAnswer {
    const { object, assumedMasterState: assumed, newDocumentState: next } = row;
    const now = this.get(object, next.Id as string);
    if (this.refuses(row)) return { status: 'refused', code: 'FIELD_INTEGRITY_EXCEPTION', message: 'no', fields: [] };
    if (now?._purged === true) {
      if (next._purged === true) return 'same';
      return { status: 'refused', code: 'ENTITY_IS_DELETED', message: 'gone', fields: [] };
    }
    if (now === undefined) return assumed === undefined ? 'put' : { status: 'missing' };
    const same = (document: Values) =>
      Object.keys(document).every(
        (name) =>
          STAMPS.includes(name) ||
          name === '_deletedWith' ||
          JSON.stringify(document[name] ?? null) === JSON.stringify(now[name] ?? null),
      );
    if (same(next)) return 'same';
    if (next._purged === true)
      return now._deleted === true || assumed?._deleted === false ? 'put' : { status: 'conflict', document: now };
    return assumed !== undefined && same(assumed) ? 'put' : { status: 'conflict', document: now };
  }

  checkpoint(sequence = this.sequence): string {
    return `${this.era}-${sequence}`;
  }

  #assertKept(place: string | null | undefined): void {
    const [era, pushed] = place?.split('-') ?? [this.era, 0];
    if (era !== this.era || Number(pushed) > this.sequence)
      throw new RemoteFailure('reset', 'SYNC_CHECKPOINT', 'lost', { reason: 'lost' });
  }

  /** What has changed since a checkpoint; throws where that is of no use. */
  since(request: PullRequest): { documents: [number, WireDocument][]; checkpoint: string } {
    let after = 0;
    this.#assertKept(request.pushed);
    if (request.checkpoint !== null) {
      const [era, sequence] = request.checkpoint.split('-');
      after = Number(sequence);
      if (era !== this.era || after > this.sequence)
        throw new RemoteFailure('reset', 'SYNC_CHECKPOINT', 'lost', { reason: 'lost' });
    }
    const names = request.objects.map(({ name }) => name);
    const documents = [...this.kept.values()]
      .filter(({ object, sequence }) => sequence > after && names.includes(object))
      .filter(({ document }) => request.checkpoint !== null || document._purged !== true)
      .sort((left, right) => left.sequence - right.sequence)
      .map(({ object, id, document }): [number, WireDocument] => [
        names.indexOf(object),
        (document._purged === true ? { Id: id, _deleted: true, _purged: true } : document) as WireDocument,
      ]);
    return { documents, checkpoint: this.checkpoint() };
  }

  watch(tell: () => void): () => void {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  }
}

export interface ModelFaults {
  /** Called before each request; what it throws is what the request fails with. */
  before?: ((what: 'pull' | 'push' | 'stream') => void) | undefined;
  /** Called when a request has been carried out; what it throws loses the answer. */
  after?: ((what: 'pull' | 'push') => void) | undefined;
}

interface ModelOptions {
  readonly streams?: boolean;
  /** Calls back now and then: a stream says then how far it has come. */
  readonly beat?: ((tell: () => void) => void) | undefined;
}

/** The way to a model server. */
export function modelRemote(
  server: ModelServer,
  faults: ModelFaults = {},
  { streams = true, beat }: ModelOptions = {},
): Remote {
  return {
    async *pull(request): AsyncGenerator<PullPage> {
      await Promise.resolve();
      faults.before?.('pull');
      const { documents, checkpoint } = server.since(request);
      faults.after?.('pull');
      for (let from = 0; from < documents.length; from += request.limit)
        yield {
          documents: documents.slice(from, from + request.limit),
          checkpoint: undefined,
          done: false,
          total: documents.length,
        };
      yield { documents: [], checkpoint, done: true };
    },
    async push(request) {
      await Promise.resolve();
      faults.before?.('push');
      const answer = server.push(JSON.parse(JSON.stringify(request)) as PushRequest);
      faults.after?.('push');
      return answer;
    },
    ...(streams && {
      stream: (request: PullRequest, signal: AbortSignal) => follow(server, request, signal, faults, beat),
    }),
  };
}

async function* follow(
  server: ModelServer,
  request: PullRequest,
  signal: AbortSignal,
  faults: ModelFaults,
  beat: ModelOptions['beat'],
): AsyncGenerator<StreamMessage> {
  await Promise.resolve();
  faults.before?.('stream');
  let at = request.checkpoint;
  let wake: () => void = () => undefined;
  const stop = server.watch(() => wake());
  signal.addEventListener('abort', () => wake());
  let isBeat = false;
  const next = () =>
    beat?.(() => {
      isBeat = true;
      wake();
      if (!signal.aborted) next();
    });
  next();
  try {
    while (!signal.aborted) {
      if (isBeat || at !== server.checkpoint()) {
        isBeat = false;
        const { documents, checkpoint } = server.since({ ...request, checkpoint: at });
        yield { kind: 'documents', documents, after: at as string, checkpoint };
        at = checkpoint;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
  }
}

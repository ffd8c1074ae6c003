import {
  createRxDatabase,
  type RxCollection,
  type RxConflictHandler,
  type RxJsonSchema,
  type RxReplicationPullStreamItem,
  type RxReplicationWriteToMasterRow,
  type RxStorage,
} from 'rxdb/plugins/core';
import { type RxReplicationState, replicateRxCollection } from 'rxdb/plugins/replication';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { type Observable, Subject } from 'rxjs';
import type { ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import { ReconnectingEvents } from './event-source.ts';

/** A document of an RxDB collection: the fields of a record that are not the recycle bin's. */
export type RxRow = Readonly<Record<string, unknown>>;
export interface RxPosition {
  readonly position: string;
}

const TYPES: Readonly<Record<string, string>> = { boolean: 'boolean', int: 'number', double: 'number' };

/** The schema of an RxDB collection for the records of an object: its id as primary key, all else may be null. */
export function rxSchemaOf({ fields, roles }: ObjectDefinition): RxJsonSchema<RxRow> {
  const properties: Record<string, unknown> = {};
  for (const { name, type } of fields) {
    if (name === roles.id) properties[name] = { type: 'string', maxLength: 18 };
    else if (name !== roles.deleted) properties[name] = { type: [TYPES[type] ?? 'string', 'null'] };
  }
  return { version: 0, primaryKey: roles.id, type: 'object', properties, required: [roles.id] } as RxJsonSchema<RxRow>;
}

/** What is used of an `EventSource`: a browser's own, or {@link ReconnectingEvents}. */
export interface EventsSource {
  onmessage: ((event: { readonly data: string }) => void) | null | undefined;
  onerror: (() => void) | null | undefined;
  close(): void;
}

export interface RxClientOptions {
  readonly url: string;
  readonly definition: ObjectDefinition;
  readonly batchSize?: number;
  readonly retryTime?: number;
  readonly conflictHandler?: RxConflictHandler<RxRow>;
  /** Begins anew where the server says that a checkpoint is of no use. */
  readonly beginsAnew?: boolean;
  /** Where documents are kept; RxDB's memory storage by default. */
  readonly storage?: RxStorage<unknown, unknown>;
  /** What stands in the way of requests: may throw, or answer in the server's place. */
  readonly fetch?: typeof fetch;
  /** What hears the stream; the instrument for Node by default. */
  readonly listen?: (url: string) => EventsSource;
}

export interface RxClient {
  readonly collection: RxCollection<RxRow>;
  readonly replication: RxReplicationState<RxRow, RxPosition>;
  readonly events: EventsSource & { readonly opened?: number };
  /** Requests by route, and what they carried. */
  readonly counts: { pull: number; push: number; readonly pages: number[]; readonly conflicts: RxRow[] };
  readonly errors: unknown[];
  /** The records, by id, as they are without RxDB's own fields. */
  rows(): Promise<Map<string, RxRow>>;
  close(): Promise<void>;
}

let databases = 0;

/** A real RxDB database that syncs one collection over HTTP, its handlers written as RxDB's documentation has them. */
export async function openRxClient(options: RxClientOptions): Promise<RxClient> {
  const { url, definition, batchSize = 100, retryTime = 50, conflictHandler, beginsAnew = false } = options;
  const database = await createRxDatabase({
    name: `desk${++databases}`,
    storage: options.storage ?? (getRxStorageMemory() as unknown as RxStorage<unknown, unknown>),
    multiInstance: false,
  });
  const { records } = await database.addCollections({
    records: { schema: rxSchemaOf(definition), ...(conflictHandler !== undefined && { conflictHandler }) },
  });
  const collection = records as unknown as RxCollection<RxRow>;
  const ask: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const counts = { pull: 0, push: 0, pages: [] as number[], conflicts: [] as RxRow[] };
  const base = `${url}/${definition.name}`;
  const pull = async (checkpoint: RxPosition | undefined, limit: number) => {
    counts.pull++;
    const position = checkpoint === undefined ? '' : checkpoint.position;
    const response = await ask(`${base}/pull?position=${encodeURIComponent(position)}&limit=${limit}`);
    if (response.status === 410 && beginsAnew && checkpoint !== undefined) return pull(undefined, limit);
    if (!response.ok) throw new Error(`pull: ${response.status}`);
    const data = (await response.json()) as { readonly documents: RxRow[]; readonly checkpoint: RxPosition };
    counts.pages.push(data.documents.length);
    return { documents: data.documents as never, checkpoint: data.checkpoint };
  };
  const push = async (rows: RxReplicationWriteToMasterRow<RxRow>[]) => {
    counts.push++;
    const response = await ask(`${base}/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rows),
    });
    if (!response.ok) throw new Error(`push: ${response.status}`);
    const conflicts = (await response.json()) as RxRow[];
    counts.conflicts.push(...conflicts);
    return conflicts as never;
  };
  const told = new Subject<RxReplicationPullStreamItem<RxRow, RxPosition>>();
  const listen = options.listen ?? ((address: string): EventsSource => new ReconnectingEvents(address));
  const events = listen(`${base}/stream`);
  events.onmessage = ({ data }) => {
    const { documents, checkpoint } = JSON.parse(data);
    told.next({ documents, checkpoint });
  };
  events.onerror = () => told.next('RESYNC');
  const replication = replicateRxCollection<RxRow, RxPosition>({
    collection,
    replicationIdentifier: `${base}-sync`,
    live: true,
    retryTime,
    pull: { handler: pull, batchSize, stream$: told.asObservable() as Observable<never> },
    push: { handler: push as never, batchSize },
  });
  const errors: unknown[] = [];
  replication.error$.subscribe((error) => errors.push(error));
  return {
    collection,
    replication,
    events,
    counts,
    errors,
    rows: async () => {
      const found = await collection.find().exec();
      return new Map(found.map((one) => [one.primary, one.toJSON() as RxRow]));
    },
    close: async () => {
      events.close();
      await replication.cancel();
      await database.close();
    },
  };
}

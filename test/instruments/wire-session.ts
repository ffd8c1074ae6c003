import { partsOf } from '../../src/engine/parts-of.ts';
import { defineObject, openDatabase } from '../../src/index.ts';
import { createSyncHandler } from '../../src/server/create-sync-handler.ts';
import { masterObjects } from '../../src/server/master-objects.ts';
import { createFakeEnvironment } from './fake-environment.ts';

const Call = defineObject({
  name: 'Call',
  fields: { Subject: { type: 'string', length: 40 }, Note: { type: 'string' } },
});
const Leg = defineObject({
  name: 'Leg',
  fields: { Kind: { type: 'string' }, CallId: { type: 'reference', referenceTo: ['Call'], cascadeDelete: true } },
});

/** A JSON text with the outer levels a line each, and what lies deeper on one line. */
function toText(value: unknown, depth = 2, indent = ''): string {
  if (typeof value !== 'object' || value === null || depth === 0) return inLine(value);
  const inner = `${indent}  `;
  const entries = Array.isArray(value)
    ? value.map((each) => `${inner}${toText(each, depth - 1, inner)}`)
    : Object.entries(value).map(([name, each]) => `${inner}${inLine(name)}: ${toText(each, depth - 1, inner)}`);
  if (entries.length === 0) return inLine(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${entries.join(',\n')}\n${indent}${close}`;
}

function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${inLine(each)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Reads a stream until it has told some events, and leaves it. */
async function readEvents(response: Response, count: number): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while ((text.match(/^data: /gm)?.length ?? 0) < count) {
    const { done, value } = await reader.read();
    if (done) throw new Error('the stream has ended');
    text += new TextDecoder().decode(value);
  }
  await reader.cancel();
  return text.trim();
}

/** What goes over the wire in a session that is always the same, by the names of the examples that show it. */
export async function captureWireSession(): Promise<ReadonlyMap<string, string>> {
  const examples = new Map<string, string>();
  const env = createFakeEnvironment({ seed: 7 });
  const db = await openDatabase({ name: 'served', objects: [Call, Leg, ...masterObjects], env });
  const handle = createSyncHandler(db, { objects: ['Call', 'Leg'], authorize: () => ({ user: 'ann' }), env });
  const send = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    handle(
      new Request(`https://sync.example${path}`, {
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      }),
    );
  /** Sends, notes both sides, and gives the answer. */
  const note = async <T>(name: string, path: string, body?: unknown): Promise<T> => {
    if (body !== undefined) examples.set(`${name}-request`, toText(body, 3));
    const answer = (await (await send(path, body)).json()) as T;
    examples.set(`${name}-answer`, toText(answer, 3));
    return answer;
  };
  const objects = [
    { name: 'Call', version: 1 },
    { name: 'Leg', version: 1, where: { Kind: 'voice' } },
  ];
  const pull = (checkpoint: string | null) => ({ protocol: 1, client: 'c7f2', objects, checkpoint, limit: 500 });
  type Page = { readonly checkpoint: string };

  await note('hello', '/');
  const call = (await db.Call.create({ Subject: 'Late parcel' })).id as string;
  env.advance(1_000);
  await db.Leg.create({ Kind: 'voice', CallId: call });
  const gone = (await db.Call.create({ Subject: 'Wrong number' })).id as string;
  const first = await note<Page>('pull', '/pull', pull(null));
  const lines = await send('/pull', pull(null), { accept: 'application/x-ndjson' });
  examples.set('lines', (await lines.text()).trim());

  env.advance(60_000);
  await db.Call.delete(call);
  await db.Call.delete(gone);
  await db.Call.emptyRecycleBin([gone]);
  const second = await note<Page>('changes', '/pull', pull(first.checkpoint));
  await db.Call.undelete(call);

  env.advance(60_000);
  const third = (await (await send('/pull', pull(second.checkpoint))).json()) as Page;
  const store = partsOf(db)?.store;
  const newCall = store?.entity('Call').ids.next() as string;
  const newLeg = store?.entity('Leg').ids.next() as string;
  await note('push', '/push', {
    protocol: 1,
    client: 'c7f2',
    push: 12,
    versions: { Call: 1, Leg: 1 },
    stream: '5f0a9c1e',
    commits: [
      [
        { object: 'Call', newDocumentState: { Id: newCall, Subject: 'Refund', _deleted: false } },
        { object: 'Leg', newDocumentState: { Id: newLeg, Kind: 'chat', CallId: newCall, _deleted: false } },
      ],
      [
        {
          object: 'Call',
          assumedMasterState: { Id: call, Note: null },
          newDocumentState: { Id: call, Note: 'Rang twice' },
        },
      ],
      [
        {
          object: 'Call',
          assumedMasterState: { Id: call, Subject: 'Early parcel' },
          newDocumentState: { Id: call, Subject: 'No parcel' },
        },
        {
          object: 'Leg',
          assumedMasterState: { Id: newLeg, Kind: 'chat' },
          newDocumentState: { Id: newLeg, Kind: 'voice' },
        },
      ],
      [
        {
          object: 'Call',
          assumedMasterState: { Id: newCall, Subject: 'Refund' },
          newDocumentState: { Id: newCall, Subject: 'x'.repeat(41) },
        },
      ],
    ],
  });
  const stream = await send('/stream', { ...pull(third.checkpoint), stream: '5f0a9c1e' });
  examples.set('stream', (await readEvents(stream, 1)).replace(/^: alive\n+/, ''));
  await note('gone', '/pull', pull('of another server'));

  const rx = (await note<{ checkpoint: { position: string } }>('rxdb-pull', '/Call/pull?limit=10')).checkpoint;
  const held = { Id: call, Subject: 'Late parcel', Note: 'Rang twice', _deleted: false };
  await note('rxdb-push', '/Call/push', [
    { assumedMasterState: held, newDocumentState: { ...held, Note: 'Rang three times' } },
    { assumedMasterState: { ...held, Subject: 'Old' }, newDocumentState: { ...held, Subject: 'New' } },
  ]);
  const events = await send('/Call/stream', undefined, { 'last-event-id': rx.position });
  examples.set('rxdb-stream', (await readEvents(events, 1)).replace(/^: alive\n+/, ''));
  await handle.close();
  await db.close();
  return examples;
}

import { openRxClient, type RxClient } from '../../instruments/rxdb-client.ts';
import { Visit } from '../../instruments/sync-fleet.ts';

let client: RxClient | undefined;
const opened = () => {
  if (client === undefined) throw new Error('the client is not open');
  return client;
};

/** What a test can have a page with an RxDB database do. */
const rxDesk = {
  async open(url: string) {
    client = await openRxClient({
      url,
      definition: Visit,
      listen: (address) => new EventSource(address) as never,
    });
    await client.replication.awaitInitialReplication();
  },
  rows: async () =>
    [...(await opened().rows()).values()].sort((left, right) => (String(left.Id) < String(right.Id) ? -1 : 1)),
  counts: () => opened().counts,
  inSync: () => opened().replication.awaitInSync(),
  isConnected: () => (opened().events as unknown as EventSource).readyState === EventSource.OPEN,
  async note(id: string, Note: string) {
    await (await opened().collection.findOne(id).exec(true)).incrementalPatch({ Note });
  },
};

export type RxDesk = typeof rxDesk;
Object.assign(globalThis, { rxDesk });

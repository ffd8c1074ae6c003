import { parseArgs } from 'node:util';
import { type Bounds, Mistake, readFlagsWith, readWholeNumber } from '../../board/flags.ts';
import { SESSION_OBJECT_NAMES } from './session-objects.ts';

/** Where the records of a server are kept. */
export type ServedStore =
  | { readonly kind: 'memory' }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

export interface ServeOptions {
  readonly store: ServedStore;
  readonly port: number;
  readonly host: string;
  /** The file of users and their tokens. */
  readonly tokenFile: string | undefined;
  /** The origins whose pages may ask. */
  readonly origins: readonly string[];
  /** The names of the objects that clients may ask for. */
  readonly objects: readonly string[];
}

export const SERVE_HELP = `Serves the sync of the session objects: clients of sojourn/replication and of RxDB agree through it.

  sojourn serve                        in memory: gone when it ends
  sojourn serve --data FOLDER          kept in a folder (npm i classic-level; SOJOURN_KEY encrypts it)
  sojourn serve --database URL         kept in PostgreSQL (npm i postgres), by any number of servers at once;
                                       better given as SOJOURN_DATABASE, as others can read the words of a command

  --port N           where it listens, 0 for any that is free (4000)
  --host NAME        on which address (127.0.0.1); others only with tokens
  --token-file FILE  lines of a user and a token of 16 characters or more; readable by its owner alone.
                     Or SOJOURN_TOKENS, with the same lines. Requests then need 'Authorization: Bearer TOKEN'
  --origin URL       an origin whose pages may ask; may be given more than once
  --objects A,B      the objects that clients may ask for (all session objects)
  -h, --help         this text

/healthz says whether it works, /metrics how much, in the form of Prometheus. One line a request goes to the output, as JSON
unless a terminal shows it. SIGTERM and SIGINT end it once what is under way is answered, the second at once.`;

const PORT = { lower: 0, upper: 65_535, standard: 4000 } as const satisfies Bounds;
const POSTGRES = /^postgres(ql)?:\/\//;

function readStore(data: string | undefined, database: string | undefined): ServedStore {
  if (data !== undefined && database !== undefined)
    throw new Mistake('--data and --database are both given: leave one out');
  if (data === '') throw new Mistake('--data takes a folder, such as ./data');
  if (data !== undefined) return { kind: 'folder', path: data };
  if (database === undefined) return { kind: 'memory' };
  // The address is not repeated: it holds a password.
  if (!POSTGRES.test(database)) throw new Mistake('--database takes an address as postgres://host/database');
  return { kind: 'postgres', url: database };
}

function readOrigin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new Mistake(`--origin takes an origin as https://desk.example, not '${text}'`);
}

function readObjects(text: string | undefined): readonly string[] {
  if (text === undefined) return SESSION_OBJECT_NAMES;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names)
    if (!SESSION_OBJECT_NAMES.includes(name))
      throw new Mistake(`--objects: there is no '${name}'; there are ${SESSION_OBJECT_NAMES.join(', ')}`);
  return [...new Set(names)];
}

/** What the words after `sojourn serve` ask for; undefined for help. Throws a `Mistake`. */
export function readServe(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): ServeOptions | undefined {
  const { values } = readFlagsWith(() =>
    parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        database: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        'token-file': { type: 'string' },
        origin: { type: 'string', multiple: true },
        objects: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }),
  );
  if (values.help === true) return undefined;
  const { data, database, port, host = '127.0.0.1', origin = [] } = values;
  const fromOutside = data === undefined && variables.SOJOURN_DATABASE !== '' ? variables.SOJOURN_DATABASE : undefined;
  return {
    store: readStore(data, database ?? fromOutside),
    port: port === undefined ? PORT.standard : readWholeNumber('port', port, PORT),
    host,
    tokenFile: values['token-file'],
    origins: origin.map(readOrigin),
    objects: readObjects(values.objects),
  };
}
